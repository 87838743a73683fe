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
export function coarseAndTarget(series: SpinLockSeries, mask?: Mask): CoarseAndTarget {
  const nVoxels = voxelCount(series.grid);
  const last = series.tslMs.length - 1;
  const ends = new Float32Array(2 * nVoxels);
  ends.set(series.signal.subarray(0, nVoxels));
  ends.set(series.signal.subarray(last * nVoxels), nVoxels);
  const pair = { grid: series.grid, tslMs: [series.tslMs[0]!, series.tslMs[last]!], signal: ends };
  return { coarse: completeFit(pair, mask), target: completeFit(series, mask) };
}

const completeFit = (series: SpinLockSeries, mask: Mask | undefined): Float32Array =>
  fillForTraining(fitSeries(series, { cutoffMs: CUTOFF_MS }, { mask }).time, CUTOFF_MS);
