/**
 * Calibration: the few parameters of the virtual scanner that nobody has published are tuned, within the ranges that
 * are plausible, until the two rows of the paper's Table 2 that need no learning come out, coarse and BM3D, each with
 * its spread between slices, and the information floor leaves room below 3 %. No learned method is run or looked at.
 *
 * Damped Gauss–Newton: the derivatives come from finite differences once, then from Broyden's update (1965,
 * doi:10.1090/S0025-5718-1965-0198670-6), for an evaluation takes minutes. The same patients, bodies and noise come
 * back at every step (common random numbers), so the results are smooth in the parameters though the cohort is small.
 */
import type { CohortParameters } from '../cohort/parameters.ts';
import { changeParameters, type ParameterChanges } from '../cohort/preset.ts';
import type { CohortOptions } from '../cohort/simulate-patient.ts';
import { type MeasurePort, measureCohort, spreadOf } from './measure-cohort.ts';
import type { SliceMeasures } from './patient-measures.ts';

/** A parameter that is tuned. */
interface Unknown {
  readonly name: string;
  readonly group: keyof CohortParameters;
  readonly key: string;
  /** Plausible range; the search stays inside. */
  readonly range: readonly [number, number];
  /** Step of the finite difference: beyond the noise of so small a cohort. Also the unit of prior and update. */
  readonly step: number;
}

/** What is not known, and the range that published figures leave. */
const UNKNOWNS: readonly Unknown[] = [
  { name: 'SNR', group: 'noise', key: 'snr', range: [30, 70], step: 8 },
  { name: 'spread of SNR', group: 'noise', key: 'snrLogSdPatients', range: [0.2, 0.58], step: 0.08 },
  { name: 'ringing filter', group: 'readout', key: 'ringingFilter', range: [0, 0.6], step: 0.15 },
  { name: 'fast share', group: 'tissue', key: 'fastShare', range: [0.1, 0.15], step: 0.01 },
  { name: 'spread of the fast share', group: 'tissue', key: 'fastShareSd', range: [0.01, 0.05], step: 0.01 },
];

/** A figure to be met: its value and the tolerance that weighs it. */
interface Aim {
  readonly name: string;
  readonly value: number;
  readonly tolerance: number;
  readonly of: (slices: readonly SliceMeasures[]) => number;
}

/** Table 2 of the paper, %, and the floor that its learned rows presuppose at least. */
const AIMS: readonly Aim[] = [
  { name: 'coarse', value: 4.88, tolerance: 0.05, of: (s) => spreadOf(s, (m) => m.coarsePercent).mean },
  { name: 'coarse SD', value: 2.12, tolerance: 0.15, of: (s) => spreadOf(s, (m) => m.coarsePercent).sd },
  { name: 'BM3D', value: 4.82, tolerance: 0.05, of: (s) => spreadOf(s, (m) => m.bm3dPercent).mean },
  { name: 'BM3D SD', value: 2.45, tolerance: 0.3, of: (s) => spreadOf(s, (m) => m.bm3dPercent).sd },
  { name: 'floor', value: 2.5, tolerance: 0.1, of: (s) => spreadOf(s, (m) => m.floorPercent).mean },
];

/** One evaluation. */
export interface CalibrationStep {
  readonly step: number;
  readonly parameters: Readonly<Record<string, number>>;
  readonly results: Readonly<Record<string, number>>;
  /** Sum of squared deviations in tolerances, with the prior. */
  readonly misfit: number;
}

export interface Calibration {
  readonly parameters: CohortParameters;
  readonly best: CalibrationStep;
  readonly log: readonly CalibrationStep[];
}

/**
 * A parameter one step from its start counts as much as an aim missed by a twentieth of its tolerance: enough to decide
 * between parameters that the aims cannot tell apart, too little to keep an aim from being met.
 */
const PRIOR_WEIGHT = 0.05;

/**
 * Tunes `cohort.parameters` on cohorts of `cohort.nPatients`; 17, a fold's test set, keep it to minutes.
 * @param onStep told after every evaluation.
 */
export async function calibrateCohort(
  cohort: CohortOptions,
  measure: MeasurePort,
  onStep: (step: CalibrationStep) => void,
  nIterations = 4,
): Promise<Calibration> {
  const log: CalibrationStep[] = [];
  const start = UNKNOWNS.map((u) => startOf(cohort.parameters, u));
  const evaluate = async (
    values: readonly number[],
  ): Promise<{ residuals: number[]; step: CalibrationStep }> => {
    const parameters = withValues(cohort.parameters, values);
    const slices = await measureCohort(measure, { ...cohort, parameters }, cohort.nPatients, {
      bm3d: true,
      floorDraws: 6,
      contents: false,
    });
    const results = AIMS.map((aim) => aim.of(slices));
    const residuals = [
      ...AIMS.map((aim, i) => (results[i]! - aim.value) / aim.tolerance),
      ...UNKNOWNS.map((u, i) => (PRIOR_WEIGHT * (values[i]! - start[i]!)) / u.step),
    ];
    const step: CalibrationStep = {
      step: log.length,
      parameters: named(UNKNOWNS, values),
      results: named(AIMS, results),
      misfit: residuals.reduce((s, r) => s + r * r, 0),
    };
    log.push(step);
    onStep(step);
    return { residuals, step };
  };

  // Forward differences, one evaluation a parameter; backward where the step would leave the range.
  let values = start;
  let current = await evaluate(values);
  const columns: number[][] = [];
  for (const [u, { step, range }] of UNKNOWNS.entries()) {
    const move = values[u]! + step > range[1] ? -step : step;
    const moved = await evaluate(values.with(u, values[u]! + move));
    columns.push(moved.residuals.map((r, i) => (r - current.residuals[i]!) / move));
  }
  for (let iteration = 0; iteration < nIterations; iteration++) {
    const next = clampAll(stepFrom(values, current.residuals, columns));
    const tried = await evaluate(next);
    // A step that fails still tells of the derivatives: the next one starts from the same place, but elsewhere.
    updateDerivatives(
      columns,
      next.map((v, u) => v - values[u]!),
      tried.residuals.map((r, i) => r - current.residuals[i]!),
    );
    if (tried.step.misfit < current.step.misfit) [values, current] = [next, tried];
  }
  return { parameters: withValues(cohort.parameters, values), best: current.step, log };
}

/** Broyden's update: the least change of the derivatives that explains the residuals' last change. */
function updateDerivatives(columns: number[][], moved: readonly number[], changed: readonly number[]): void {
  // In units of each parameter's step, so that no parameter's scale counts.
  const scaled = moved.map((d, u) => d / UNKNOWNS[u]!.step);
  const length = scaled.reduce((s, d) => s + d * d, 0);
  if (length === 0) return;
  const surprise = changed.map((c, i) => c - columns.reduce((s, column, u) => s + column[i]! * moved[u]!, 0));
  for (const [u, column] of columns.entries())
    for (let i = 0; i < column.length; i++)
      column[i] = column[i]! + (surprise[i]! * scaled[u]!) / (length * UNKNOWNS[u]!.step);
}

const startOf = (parameters: CohortParameters, { group, key }: Unknown): number =>
  (parameters[group] as unknown as Record<string, number>)[key]!;

function withValues(parameters: CohortParameters, values: readonly number[]): CohortParameters {
  const changes: Record<string, Record<string, number>> = {};
  for (const [i, { group, key }] of UNKNOWNS.entries())
    changes[group] = { ...changes[group], [key]: values[i]! };
  return changeParameters(parameters, changes as ParameterChanges);
}

const named = (
  list: readonly { readonly name: string }[],
  values: readonly number[],
): Record<string, number> =>
  Object.fromEntries(list.map(({ name }, i) => [name, Number(values[i]!.toFixed(4))]));

const clampAll = (values: readonly number[]): number[] =>
  values.map((v, i) => Math.min(UNKNOWNS[i]!.range[1], Math.max(UNKNOWNS[i]!.range[0], v)));

/** Gauss–Newton step: minimises |residuals + J·d|² with a little damping, columns of J given. */
function stepFrom(values: readonly number[], residuals: readonly number[], columns: number[][]): number[] {
  const n = values.length;
  const dot = (a: readonly number[], b: readonly number[]): number => a.reduce((s, v, i) => s + v * b[i]!, 0);
  const rows = columns.map((a, r) => [
    ...columns.map((b, c) => dot(a, b) * (r === c ? 1.01 : 1)),
    -dot(a, residuals),
  ]);
  for (let c = 0; c < n; c++)
    for (let r = 0; r < n; r++) {
      if (r === c) continue;
      const factor = rows[r]![c]! / rows[c]![c]!;
      for (let k = c; k <= n; k++) rows[r]![k] = rows[r]![k]! - factor * rows[c]![k]!;
    }
  return values.map((v, i) => v + rows[i]![n]! / rows[i]![i]!);
}
