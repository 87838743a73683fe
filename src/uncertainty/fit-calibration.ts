/**
 * Calibration from patients that the network never saw, in three steps that build on each other: σ is recalibrated;
 * intervals of pixels get their width by split conformal; the covariance of neighbouring errors, and conformal again,
 * give those of regions' means. Patients are the unit throughout: pixels of one patient are alike.
 */
import { DataError } from '../core/errors.ts';
import { createRandom } from '../core/random.ts';
import { meanAndSd, type Numbers } from '../core/statistics.ts';
import {
  type Calibration,
  INTERVAL_LEVELS,
  type IntervalFactor,
  type ReferenceCalibration,
} from './calibration.ts';
import { conformalFactor } from './conformal.ts';
import { type ErrorCovariance, estimateErrorCovariance } from './error-covariance.ts';
import { fitInputRanges } from './input-checks.ts';
import { laplaceNll, standardDeviationFromSigma } from './laplace.ts';
import { fitIsotonic, fitScale, type Recalibration, recalibrated } from './recalibration.ts';
import { regionMeanError, regionsOfPatient } from './region-means.ts';
import { type ErrorReference, type RegionSlice, referenceOf } from './region-slice.ts';

/** Fewer cannot say anything about a new patient. */
const FEWEST_PATIENTS = 4;

/**
 * @param dataSha256 identifies the calibration patients' files.
 * @throws DataError `calibration/few-patients` for fewer than four patients.
 */
export function fitCalibration(slices: readonly RegionSlice[], dataSha256: string): Calibration {
  const patients = [...Map.groupBy(slices, ({ patient }) => patient).values()];
  if (patients.length < FEWEST_PATIENTS)
    throw new DataError(
      'calibration/few-patients',
      `Calibration needs at least ${FEWEST_PATIENTS} patients, got ${patients.length}; 19 reach intervals of 95 %, 200 or more are better.`,
    );
  const nll = crossValidatedNll(patients);
  const kind = (['none', 'scale', 'isotonic'] as const).reduce((a, b) => (nll[b] < nll[a] ? b : a));
  const recalibration = fitKind(kind, slices);
  const sigma = (slice: RegionSlice): Float32Array =>
    slice.sigmaMs.map((s) => recalibrated(recalibration, s));
  const calibrated = patients.map((own) => own.map((slice) => ({ ...slice, sigmaMs: sigma(slice) })));
  const refinement = meanAndDeviation(calibrated.flat());
  const thresholdMs = refinement.meanMs + refinement.standardDeviationMs;
  const hasTruth = slices.every(({ truthMs }) => truthMs !== undefined);
  const hasFeatures = slices.every(({ features }) => features !== undefined);
  return {
    schemaVersion: 1,
    nPatients: patients.length,
    nSlices: slices.length,
    nPixels: slices.reduce((n, { sigmaMs }) => n + sigmaMs.length, 0),
    dataSha256,
    recalibration,
    nll,
    target: calibrateAgainst('target', calibrated, thresholdMs),
    ...(hasTruth && { truth: calibrateAgainst('truth', calibrated, thresholdMs) }),
    ...(hasFeatures && {
      inputs: fitInputRanges(patients.map((own) => own.map(({ features }) => features!))),
    }),
    refinement,
  };
}

function fitKind(kind: Recalibration['kind'], slices: readonly RegionSlice[]): Recalibration {
  if (kind === 'none') return { kind };
  const errors = join(slices, (s) => s.predictedMs.map((value, i) => value - s.targetMs[i]!));
  const sigmas = join(slices, (s) => s.sigmaMs);
  return kind === 'scale' ? fitScale(errors, sigmas) : fitIsotonic(errors, sigmas);
}

const N_PARTS = 5;

/** Which kind predicts the errors of patients that it was not fitted to. */
function crossValidatedNll(patients: readonly (readonly RegionSlice[])[]): Calibration['nll'] {
  const mean = (kind: Recalibration['kind']): number => {
    let [sum, n] = [0, 0];
    for (let part = 0; part < N_PARTS; part++) {
      const inPart = (_: unknown, i: number): boolean => i % N_PARTS === part;
      const left = patients.filter(inPart).flat();
      const rest = patients.filter((p, i) => !inPart(p, i)).flat();
      const fitted = fitKind(kind, rest);
      for (const { predictedMs, targetMs, sigmaMs } of left)
        for (let i = 0; i < sigmaMs.length; i++) {
          sum += laplaceNll(predictedMs[i]! - targetMs[i]!, recalibrated(fitted, sigmaMs[i]!));
          n++;
        }
    }
    return sum / n;
  };
  return { none: mean('none'), scale: mean('scale'), isotonic: mean('isotonic') };
}

function calibrateAgainst(
  reference: ErrorReference,
  patients: readonly (readonly RegionSlice[])[],
  thresholdMs: number,
): ReferenceCalibration {
  const error = (slice: RegionSlice): Float32Array => {
    const expected = referenceOf(slice, reference)!;
    return slice.predictedMs.map((value, i) => value - expected[i]!);
  };
  const shiftMs = mean(patients.map((own) => mean(own.map((slice) => mean(error(slice))))));
  const scores = patients.map((own) =>
    join(own, (slice) => {
      const errors = error(slice);
      return errors.map((e, i) => Math.abs(e - shiftMs) / slice.sigmaMs[i]!);
    }),
  );
  const covariance = estimateErrorCovariance(
    patients.map((own) =>
      own.map((slice) => ({
        ...slice,
        values: error(slice).map((e, i) => (e - shiftMs) / standardDeviationFromSigma(slice.sigmaMs[i]!)),
      })),
    ),
  );
  const by = { shiftMs, covariance, thresholdMs };
  return {
    shiftMs,
    pixels: intervalFactors(scores),
    covariance,
    regions: intervalFactors(regionScores(reference, patients, { ...by, isRefined: false })),
    refinedRegions: intervalFactors(regionScores(reference, patients, { ...by, isRefined: true })),
  };
}

/** |error of the mean| / SD of the mean, of the regions of each patient. */
function regionScores(
  reference: ErrorReference,
  patients: readonly (readonly RegionSlice[])[],
  by: {
    readonly shiftMs: number;
    readonly covariance: ErrorCovariance;
    readonly thresholdMs: number;
    readonly isRefined: boolean;
  },
): Float64Array[] {
  const random = createRandom('calibration regions');
  return patients.map((own) =>
    Float64Array.from(
      regionsOfPatient(own, by.thresholdMs, random.fork(own[0]!.patient))
        .filter(({ kind }) => (kind === 'refined') === by.isRefined)
        .map((region) => {
          const { errorMs, deviationMs } = regionMeanError(region, reference, by);
          return Math.abs(errorMs) / deviationMs;
        }),
    ),
  );
}

function intervalFactors(scores: readonly (Float32Array | Float64Array)[]): IntervalFactor[] {
  const all = Float64Array.from(scores.flatMap((own) => [...own]));
  const patients = Int32Array.from(scores.flatMap((own, p) => Array.from(own, () => p)));
  // Regions so uncertain that nothing of them stays teach nothing about means.
  if (all.length === 0) return INTERVAL_LEVELS.map((level) => ({ level, factor: null }));
  return INTERVAL_LEVELS.map((level) => {
    const { factor } = conformalFactor(all, patients, level);
    return { level, factor: Number.isFinite(factor) ? factor : null };
  });
}

function meanAndDeviation(slices: readonly RegionSlice[]): Calibration['refinement'] {
  const u = join(slices, ({ sigmaMs }) => sigmaMs.map(standardDeviationFromSigma));
  const { mean: meanMs, standardDeviation } = meanAndSd(u);
  return { meanMs, standardDeviationMs: standardDeviation };
}

function join(slices: readonly RegionSlice[], pick: (slice: RegionSlice) => Float32Array): Float32Array {
  const parts = slices.map(pick);
  const all = new Float32Array(parts.reduce((n, { length }) => n + length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}

const mean = (values: Numbers): number => meanAndSd(values).mean;
