import { voxelCount } from '../core/grid.ts';
import type { Mask, SpinLockSeries } from '../core/volume.ts';
import { fillForTraining } from '../fit/fill-for-training.ts';
import { fitSeries } from '../fit/fit-series.ts';
import type { RangeMs } from '../signal/parameters.ts';

/** The two maps that every method starts from and is scored against, ms, `[slice, row, column]`. */
export interface CoarseAndTarget {
  /** Fit of the first and the last image. */
  readonly coarse: Float32Array;
  /** Fit of all images. */
  readonly target: Float32Array;
}

/** Cut-off range of liver T1rho, ms. */
export const CUTOFF_MS: RangeMs = [25, 65];

/** Fits both maps in the paper's convention: every pixel has a value, clamped to 25–65 ms. */
export const coarseAndTarget = (series: SpinLockSeries, mask?: Mask): CoarseAndTarget => ({
  coarse: coarseMap(series, mask),
  target: completeFit(series, mask, 0),
});

/** Fit of the first and the last image, smoothed by a Gaussian of `smoothingPixels` before. */
export function coarseMap(series: SpinLockSeries, mask?: Mask, smoothingPixels = 0): Float32Array {
  const nVoxels = voxelCount(series.grid);
  const last = series.tslMs.length - 1;
  const signal = new Float32Array(2 * nVoxels);
  signal.set(series.signal.subarray(0, nVoxels));
  signal.set(series.signal.subarray(last * nVoxels), nVoxels);
  const tslMs = [series.tslMs[0]!, series.tslMs[last]!];
  return completeFit({ grid: series.grid, tslMs, signal }, mask, smoothingPixels);
}

const completeFit = (series: SpinLockSeries, mask: Mask | undefined, smoothingPixels: number): Float32Array =>
  fillForTraining(fitSeries(series, { cutoffMs: CUTOFF_MS, smoothingPixels }, { mask }).time, CUTOFF_MS);
