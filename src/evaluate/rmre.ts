/**
 * ROI mean relative error: the paper's eq. 7, the mean over slices of each slice's mean relative error.
 *
 * Against the *target* it has a floor that no method can pass, and the exact truth scores worse than the coarse map,
 * because coarse map and target share noise; hence the same number against the *truth* (docs/explanation/metrics.md).
 */
import { sliceSize } from '../core/grid.ts';
import { type MeanAndSd, meanAndSd, type Numbers } from '../core/statistics.ts';
import type { Mask } from '../core/volume.ts';
import { meanBySlice, type Reference, type RoiPixels, referenceMs } from './roi-pixels.ts';

/** All in percent. */
export interface Rmre extends MeanAndSd {
  readonly reference: Reference;
  /** One value a slice, in the slices' order; `mean` and `standardDeviation` are over these. */
  readonly perSlice: Float64Array;
}

/** @throws ShapeError if the truth is asked for and not there. */
export function roiMeanRelativeError(pixels: RoiPixels, reference: Reference = 'target'): Rmre {
  const relative = relativeErrors(pixels, reference);
  const perSlice = meanBySlice(pixels.offsets, (i) => 100 * relative[i]);
  return { reference, perSlice, ...meanAndSd(perSlice) };
}

/** |predicted − reference| / reference of each pixel, a fraction. */
export function relativeErrors(pixels: RoiPixels, reference: Reference = 'target'): Float64Array {
  const expected = referenceMs(pixels, reference);
  return Float64Array.from(pixels.predictedMs, (value, i) => Math.abs(value - expected[i]) / expected[i]);
}

/** Mean of |value − reference| / reference over the pixels of one slice's region, %. */
export function meanRelativeErrorPercent(values: Numbers, reference: Numbers): number {
  let sum = 0;
  for (let i = 0; i < reference.length; i++) sum += Math.abs(values[i]! - reference[i]!) / reference[i]!;
  return (100 * sum) / reference.length;
}

/**
 * RMRE of every slice of one volume, %; NaN where a slice has no ROI. Maps are `[slice, row, column]` in ms; voxels
 * without a value in either map are left out.
 */
export function rmrePerSlice(predicted: Float32Array, target: Float32Array, roi: Mask): number[] {
  const n = sliceSize(roi.grid);
  return Array.from({ length: roi.grid.nSlices }, (_, k) => {
    let [sum, count] = [0, 0];
    for (let i = k * n; i < (k + 1) * n; i++) {
      if (roi.labels[i] === 0) continue;
      const relative = Math.abs(predicted[i] - target[i]) / target[i];
      if (!Number.isFinite(relative)) continue;
      sum += relative;
      count++;
    }
    return (100 * sum) / count;
  });
}
