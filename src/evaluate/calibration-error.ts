/**
 * Uncertainty calibration error and the reliability diagram behind it: uncertainties are put into bins of equal width,
 * and in each bin the mean error should equal the mean uncertainty (paper, eq. 8–10; Laves 2020, arXiv:2006.11584).
 * Every sample is in a bin, the smallest too, which Laves' published binning drops.
 */
import { DataError, OptionError, ShapeError } from '../core/errors.ts';
import { argsort } from './argsort.ts';
import {
  meanBySlice,
  type Reference,
  type RoiPixels,
  referenceMs,
  sigmaOf,
  type Values,
} from './roi-pixels.ts';
import {
  type SliceErrorDefinition,
  sliceErrorsMs,
  sliceUncertaintiesMs,
  type UncertaintyDefinition,
} from './slice-error.ts';

/** The paper's number of bins. */
export const N_BINS = 7;

/** A point of the reliability diagram. */
export interface CalibrationBin {
  readonly lower: number;
  readonly upper: number;
  readonly nSamples: number;
  /** Means over the bin; NaN in an empty bin. */
  readonly meanUncertainty: number;
  readonly meanError: number;
}

export interface CalibrationError {
  /** Σ (samples in bin / samples) · |mean error − mean uncertainty|, unit of the inputs. */
  readonly value: number;
  readonly bins: readonly CalibrationBin[];
}

/** Calibration error of any pairs of uncertainty and error (slices or pixels), one unit for both. */
export function calibrationError(
  uncertainty: Values,
  error: Values,
  nBins: number = N_BINS,
): CalibrationError {
  const n = assertPairs(uncertainty, error, nBins);
  let [low, high] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (let i = 0; i < n; i++) {
    low = Math.min(low, uncertainty[i]);
    high = Math.max(high, uncertainty[i]);
  }
  const width = (high - low) / nBins;
  const counts = new Float64Array(nBins);
  const uncertaintySums = new Float64Array(nBins);
  const errorSums = new Float64Array(nBins);
  for (let i = 0; i < n; i++) {
    // The largest sample closes the last bin; equal uncertainties (width 0) share the first.
    const bin = width > 0 ? Math.min(nBins - 1, Math.floor((uncertainty[i] - low) / width)) : 0;
    counts[bin]++;
    uncertaintySums[bin] += uncertainty[i];
    errorSums[bin] += error[i];
  }
  let value = 0;
  for (let b = 0; b < nBins; b++) value += Math.abs(errorSums[b] - uncertaintySums[b]) / n;
  const bins = Array.from(counts, (nSamples, b) => ({
    lower: low + b * width,
    upper: b === nBins - 1 ? high : low + (b + 1) * width,
    nSamples,
    meanUncertainty: uncertaintySums[b] / nSamples,
    meanError: errorSums[b] / nSamples,
  }));
  return { value, bins };
}

export interface SliceCalibrationOptions {
  /** `std` (primary, as in the paper), `scale`, or `variance`: Laves' variance 2σ² against squared error, ms². */
  readonly uncertainty?: UncertaintyDefinition | 'variance';
  /** Not used by `variance`. */
  readonly error?: SliceErrorDefinition;
  readonly reference?: Reference;
  readonly nBins?: number;
}

/**
 * Calibration error over slice values, the paper's UCE by default: mean u = √2·σ against mean absolute pixel error.
 * Choose a variant by its meaning, never by its result: a perfectly calibrated Laplace has mean |error| = σ, so it
 * scores 0 with `scale` and about 0.41·σ with `std`.
 */
export function sliceCalibrationError(
  pixels: RoiPixels,
  options: SliceCalibrationOptions = {},
): CalibrationError {
  const { uncertainty = 'std', error = 'pixel-mean', reference = 'target', nBins = N_BINS } = options;
  if (uncertainty !== 'variance')
    return calibrationError(
      sliceUncertaintiesMs(pixels, uncertainty),
      sliceErrorsMs(pixels, { definition: error, reference }),
      nBins,
    );
  const expected = referenceMs(pixels, reference);
  const sigma = sigmaOf(pixels);
  return calibrationError(
    meanBySlice(pixels.offsets, (i) => 2 * sigma[i] ** 2),
    meanBySlice(pixels.offsets, (i) => (pixels.predictedMs[i] - expected[i]) ** 2),
    nBins,
  );
}

/**
 * Expected normalised calibration error (Levi 2019, arXiv:1905.11659): bins of equal *count* by σ; mean over bins of
 * |RMV − RMSE| / RMV, with RMV² the mean Laplace variance 2σ² and RMSE² the mean squared error. No unit.
 */
export function expectedNormalisedCalibrationError(
  sigma: Values,
  error: Values,
  nBins: number = N_BINS,
): number {
  const n = assertPairs(sigma, error, nBins);
  const order = argsort(sigma);
  const used = Math.min(nBins, n);
  let sum = 0;
  for (let b = 0; b < used; b++) {
    let [variance, squared] = [0, 0];
    for (let k = Math.floor((b * n) / used); k < Math.floor(((b + 1) * n) / used); k++) {
      variance += 2 * sigma[order[k]] ** 2;
      squared += error[order[k]] ** 2;
    }
    sum += Math.abs(Math.sqrt(variance) - Math.sqrt(squared)) / Math.sqrt(variance);
  }
  return sum / used;
}

function assertPairs(uncertainty: Values, error: Values, nBins: number): number {
  if (!Number.isInteger(nBins) || nBins < 1)
    throw new OptionError(
      'calibration/bins',
      `The number of bins must be a positive whole number, got ${nBins}.`,
    );
  if (uncertainty.length !== error.length)
    throw new ShapeError(
      'calibration/size',
      `Every uncertainty needs its error, got ${uncertainty.length} and ${error.length}.`,
    );
  if (uncertainty.length === 0) throw new DataError('calibration/empty', 'There is no sample to judge.');
  if (!uncertainty.every(Number.isFinite) || !error.every(Number.isFinite))
    throw new DataError(
      'calibration/not-finite',
      'Uncertainties and errors must be finite; leave out the rest.',
    );
  return uncertainty.length;
}
