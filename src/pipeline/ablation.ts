/**
 * What each kind of error does: the cohort with one of them switched off at a time, on the same patients with the same
 * random numbers. Tells which part of the coarse error is structure that the two given images could reveal, and
 * which part is beyond any method (the floor).
 */
import { changeParameters, type ParameterChanges } from '../cohort/preset.ts';
import type { CohortOptions } from '../cohort/simulate-patient.ts';
import { type MeasurePort, measureCohort, type Spread, spreadOf } from './measure-cohort.ts';

interface Ablation {
  readonly name: string;
  readonly changes: ParameterChanges;
}

export const ABLATIONS: readonly Ablation[] = [
  { name: 'everything', changes: {} },
  { name: 'no fast component', changes: { tissue: { fastShare: 0, fastShareSd: 0 } } },
  { name: 'the same fast share everywhere', changes: { tissue: { fastShareSd: 0, fastShareTexture: 0 } } },
  { name: 'no ΔB0', changes: { fields: { b0Scale: 0, centreFrequencySdHz: 0 } } },
  { name: 'b1 = 1', changes: { fields: { b1Mean: [1, 1], b1Sd: [0, 0] } } },
  { name: 'ideal pulses', changes: { spinLock: { pulse90Ms: 0.001 } } },
  {
    name: 'no variation between images',
    changes: { variation: { gainSdFirst: 0, gainSdLast: 0, smoothSd: 0, bloodSd: 0, cardiacSd: 0 } },
  },
  { name: 'no motion', changes: { motion: { probability: 0 } } },
  { name: 'no texture of T1rho', changes: { tissue: { regionalSd: 0, textureSd: 0 } } },
  { name: 'no blur by the echo train', changes: { readout: { echoTrainMs: 0 } } },
  { name: 'no noise', changes: { noise: { snr: 10_000 } } },
];

export interface AblationRow {
  readonly name: string;
  readonly coarse: Spread;
  readonly shifted: Spread;
  readonly biasMs: Spread;
  readonly floor: Spread;
}

export async function ablateCohort(
  cohort: CohortOptions,
  measure: MeasurePort,
  nPatients: number,
  onRow: (row: AblationRow) => void,
): Promise<AblationRow[]> {
  const rows: AblationRow[] = [];
  for (const { name, changes } of ABLATIONS) {
    const parameters = changeParameters(cohort.parameters, changes);
    const slices = await measureCohort(measure, { ...cohort, parameters }, nPatients, {
      bm3d: false,
      floorDraws: 4,
      contents: false,
    });
    const row: AblationRow = {
      name,
      coarse: spreadOf(slices, (s) => s.coarsePercent),
      shifted: spreadOf(slices, (s) => s.shiftedPercent),
      biasMs: spreadOf(slices, (s) => s.biasMs),
      floor: spreadOf(slices, (s) => s.floorPercent),
    };
    rows.push(row);
    onRow(row);
  }
  return rows;
}

/** The table as Markdown. */
export function ablationMarkdown(rows: readonly AblationRow[]): string {
  const cell = ({ mean, sd }: Spread): string => `${mean.toFixed(2)} ± ${sd.toFixed(2)}`;
  return [
    '| cohort | coarse RMRE, % | without its mean bias, % | coarse − target, ms | floor, % |',
    '|---|---|---|---|---|',
    ...rows.map(
      (r) => `| ${r.name} | ${cell(r.coarse)} | ${cell(r.shifted)} | ${cell(r.biasMs)} | ${cell(r.floor)} |`,
    ),
    '',
  ].join('\n');
}
