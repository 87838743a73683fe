import { ShapeError } from './errors.ts';
import { assertGrid, type Grid, voxelCount } from './grid.ts';

/** A spin-lock series: images of one anatomy at several spin-lock times, on one grid. */
export interface SpinLockSeries {
  readonly grid: Grid;
  /** Spin-lock times in ms, one per image, in the order of `signal`. */
  readonly tslMs: readonly number[];
  /** Magnitude signal `[tsl, slice, row, column]`, arbitrary units. */
  readonly signal: Float32Array;
}

/** A parametric map: values with a unit on a grid; NaN where there is none, `status` says why (`status.ts`). */
export interface ParametricMap {
  readonly grid: Grid;
  /** Field name, e.g. `T1rho`, `S0`, `uncertainty`. */
  readonly name: string;
  /** UCUM unit: `ms`, `1` for none. */
  readonly unit: string;
  /** `[slice, row, column]`. */
  readonly values: Float32Array;
  /** `VOXEL_STATUS` codes `[slice, row, column]`. */
  readonly status: Uint8Array;
}

/** Regions on a grid: label 0 is outside, 1… are regions. */
export interface Mask {
  readonly grid: Grid;
  /** `[slice, row, column]`. */
  readonly labels: Uint16Array;
  /** Names by label, where known. */
  readonly names?: ReadonlyMap<number, string>;
}

/**
 * Checks and builds a series.
 * @throws ShapeError if the signal's length is not TSLs × voxels.
 */
export function createSpinLockSeries(
  grid: Grid,
  tslMs: readonly number[],
  signal: Float32Array,
): SpinLockSeries {
  assertGrid(grid, 'spin-lock series');
  const expected = tslMs.length * voxelCount(grid);
  if (signal.length !== expected)
    throw new ShapeError(
      'series/size',
      `A series of ${tslMs.length} TSLs on this grid needs ${expected} values, got ${signal.length}.`,
    );
  return { grid, tslMs, signal };
}

/** The image of one TSL, a view `[slice, row, column]` into the series' signal. */
export function imageAt(series: SpinLockSeries, tslIndex: number): Float32Array {
  const n = voxelCount(series.grid);
  return series.signal.subarray(tslIndex * n, (tslIndex + 1) * n);
}
