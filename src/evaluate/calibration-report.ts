/**
 * What a calibrated model's uncertainty is worth on test patients, as one record: at pixels, slices and regions; against
 * the map of all images (the claim) and against the truth; raw and recalibrated; for each fibrosis stage, because a mean
 * can hide a group that it fails.
 */
import { createRandom, type Random } from '../core/random.ts';
import { meanAndSd, type Numbers } from '../core/statistics.ts';
import {
  type Calibration,
  calibrationAgainst,
  INTERVAL_LEVELS,
  type IntervalFactor,
} from '../uncertainty/calibration.ts';
import { laplaceIntervalFactor, sigmaFromStandardDeviation } from '../uncertainty/laplace.ts';
import { recalibrated } from '../uncertainty/recalibration.ts';
import { type ErrorReference, type RegionSlice, referenceOf } from '../uncertainty/region-slice.ts';
import { bootstrapByPatient } from './bootstrap.ts';
import { calibrationError } from './calibration-error.ts';
import { normalQuantile } from './distributions.ts';
import { type MapErrors, mapErrors } from './map-errors.ts';
import type { Estimate } from './patient-bootstrap.ts';
import { simulatePerfectCalibration } from './perfect-calibration.ts';
import { type PixelQuality, pixelQuality, type StatedSlice } from './pixel-quality.ts';
import { type RegionCoverage, regionCoverage } from './region-coverage.ts';

export interface CalibrationReport {
  readonly nPatients: number;
  readonly nSlices: number;
  readonly nPixels: number;
  readonly levels: readonly number[];
  /** Of the maps themselves, by data set. */
  readonly maps: readonly MapErrors[];
  readonly target: ReferenceReport;
  readonly truth?: ReferenceReport;
  /** The map of all images against the truth, with the standard error of its own fit: what users have without a network. */
  readonly fit?: PixelQuality;
}

export interface ReferenceReport {
  /** As the network states it, intervals of a Laplace. */
  readonly raw: PixelQuality;
  /** Recalibrated, intervals still of a Laplace. */
  readonly laplace: PixelQuality;
  /** Recalibrated and shifted, conformal intervals: what `rhomap map` writes. */
  readonly recalibrated: PixelQuality;
  readonly slices: { readonly raw: SliceQuality; readonly recalibrated: SliceQuality };
  readonly regions: readonly RegionCoverage[];
  readonly stages: readonly StageReport[];
}

/** Mean |error| of a slice's region against its mean uncertainty. */
export interface SliceQuality {
  readonly meanErrorMs: number;
  /** Mean u = √2·σ. */
  readonly meanUncertaintyMs: number;
  /** The paper's UCE (7 bins, u), and the same of σ, which is 0 for a perfect Laplace. */
  readonly uceStdMs: Estimate;
  readonly uceScaleMs: Estimate;
  /** What `uceScaleMs` would be if every slice's mean error were drawn around its σ as widely as here. */
  readonly perfectMs: number;
}

export interface StageReport {
  readonly stage: string;
  readonly nPatients: number;
  readonly pixels: PixelQuality;
  /** Coverage of means over all kinds of regions. */
  readonly regions: RegionCoverage;
}

export function evaluateCalibration(
  slices: readonly RegionSlice[],
  calibration: Calibration,
): CalibrationReport {
  const random = createRandom('calibration report');
  const hasTruth = calibration.truth !== undefined && slices.every(({ truthMs }) => truthMs);
  return {
    nPatients: new Set(slices.map(({ patient }) => patient)).size,
    nSlices: slices.length,
    nPixels: slices.reduce((n, { sigmaMs }) => n + sigmaMs.length, 0),
    levels: INTERVAL_LEVELS,
    maps: mapErrors(slices),
    target: evaluateAgainst('target', slices, calibration, random.fork('target')),
    ...(hasTruth && {
      truth: evaluateAgainst('truth', slices, calibration, random.fork('truth')),
      fit: fitQuality(slices, random.fork('fit')),
    }),
  };
}

function evaluateAgainst(
  reference: ErrorReference,
  slices: readonly RegionSlice[],
  calibration: Calibration,
  random: Random,
): ReferenceReport {
  const { shiftMs, pixels } = calibrationAgainst(calibration, reference)!;
  const better = slices.map((slice) => ({
    ...slice,
    sigmaMs: slice.sigmaMs.map((sigma) => recalibrated(calibration.recalibration, sigma)),
  }));
  const laplace = INTERVAL_LEVELS.map(laplaceIntervalFactor);
  const conformal = pixels.map(factorOrNone);
  const stages = Map.groupBy(better, ({ stage }) => stage);
  return {
    raw: pixelQuality(stated(slices, reference), laplace, random.fork('raw')),
    laplace: pixelQuality(stated(better, reference), laplace, random.fork('laplace')),
    recalibrated: pixelQuality(stated(better, reference, shiftMs), conformal, random.fork('recalibrated')),
    slices: {
      raw: sliceQuality(stated(slices, reference), random.fork('raw slices')),
      recalibrated: sliceQuality(stated(better, reference), random.fork('recalibrated slices')),
    },
    regions: regionCoverage(better, reference, calibration, random.fork('regions')),
    stages: [...stages.keys()].sort().map((stage) => {
      const own = stages.get(stage)!;
      return {
        stage,
        nPatients: new Set(own.map(({ patient }) => patient)).size,
        pixels: pixelQuality(stated(own, reference, shiftMs), conformal, random.fork(stage)),
        regions: regionCoverage(own, reference, calibration, random.fork(`${stage} regions`))[0]!,
      };
    }),
  };
}

/** A level out of reach covers nothing. */
const factorOrNone = ({ factor }: IntervalFactor): number => factor ?? Number.NaN;

const stated = (slices: readonly RegionSlice[], reference: ErrorReference, shiftMs = 0): StatedSlice[] =>
  slices.map((slice) => {
    const expected = referenceOf(slice, reference)!;
    const errorMs = slice.predictedMs.map((value, i) => value - shiftMs - expected[i]!);
    return { patient: slice.patient, errorMs, sigmaMs: slice.sigmaMs };
  });

function sliceQuality(slices: readonly StatedSlice[], random: Random): SliceQuality {
  const sigma = Float64Array.from(slices, ({ sigmaMs }) => mean(sigmaMs));
  const error = Float64Array.from(slices, ({ errorMs }) => mean(errorMs.map(Math.abs)));
  const patients = slices.map(({ patient }) => patient);
  const uce = (factor: number): Estimate => {
    const of = (chosen: readonly number[]): number =>
      calibrationError(
        Float64Array.from(chosen, (s) => factor * sigma[s]!),
        Float64Array.from(chosen, (s) => error[s]!),
      ).value;
    if (new Set(patients).size < 2) return { value: of([...patients.keys()]) };
    const { estimate, percentile } = bootstrapByPatient(patients, of, { random, nRepeats: 500 });
    return { value: estimate, interval: percentile };
  };
  return {
    meanErrorMs: mean(error),
    meanUncertaintyMs: Math.SQRT2 * mean(sigma),
    uceStdMs: uce(Math.SQRT2),
    uceScaleMs: uce(1),
    perfectMs: simulatePerfectCalibration(sigma, error, { random, nRepeats: 300 }).mean,
  };
}

/** At pixels where the fit has a standard error; intervals of a normal distribution. */
function fitQuality(slices: readonly RegionSlice[], random: Random): PixelQuality {
  const known = slices.map(({ patient, targetMs, truthMs, targetErrorMs }): StatedSlice => {
    const used = [...targetErrorMs.keys()].filter((i) => targetErrorMs[i]! > 0);
    return {
      patient,
      errorMs: Float32Array.from(used, (i) => targetMs[i]! - truthMs![i]!),
      sigmaMs: Float32Array.from(used, (i) => sigmaFromStandardDeviation(targetErrorMs[i]!)),
    };
  });
  const factors = INTERVAL_LEVELS.map((level) => Math.SQRT2 * normalQuantile((1 + level) / 2));
  return pixelQuality(
    known.filter(({ errorMs }) => errorMs.length > 0),
    factors,
    random,
  );
}

const mean = (values: Numbers): number => meanAndSd(values).mean;
