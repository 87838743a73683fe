/**
 * Least-squares maps of a series: the main entry of the fits. One thread, any platform;
 * `runtime/node/fit-pool.ts` spreads the same kernel over threads.
 */
import { ShapeError } from '../core/errors.ts';
import { type Grid, gridDifference, voxelCount } from '../core/grid.ts';
import type { Mask, ParametricMap, SpinLockSeries } from '../core/volume.ts';
import { PARAMETERS } from '../signal/parameters.ts';
import { createVoxelMaps, fitVoxels, type VoxelMaps } from './fit-voxels.ts';
import { type FitOptions, type FitOptionsInput, resolveFitOptions } from './options.ts';
import { createFitPlan } from './plan.ts';
import { smoothSeries } from './smooth.ts';

/** Maps of one fit. All share one status array. */
export interface FitResult {
  /** Every choice made, for the record. */
  readonly options: FitOptions;
  readonly tslMs: readonly number[];
  /** The relaxation time in ms: `T1rho`, `T2` or `T2star`. */
  readonly time: ParametricMap;
  readonly s0: ParametricMap;
  readonly r2: ParametricMap;
  readonly residual: ParametricMap;
  readonly standardError: ParametricMap;
  /** Three-parameter fits only. */
  readonly offset?: ParametricMap;
  /** `VOXEL_STATUS` codes `[slice, row, column]`. */
  readonly status: Uint8Array;
  /** `FIT_QUALITY` bits `[slice, row, column]`. */
  readonly quality: Uint8Array;
}

export interface FitSeriesSettings {
  /** Only voxels with a label are fitted; the others are `masked`. */
  readonly mask?: Mask | undefined;
  /** Told the finished part, 0…1, now and then. */
  readonly onProgress?: ((fraction: number) => void) | undefined;
}

/** Voxels between two reports of progress: about 10 ms. */
const CHUNK = 65_536;

/**
 * Fits every voxel of a series.
 * @throws OptionError for impossible options, ShapeError `fit/mask-grid` for a mask on another grid.
 */
export function fitSeries(
  series: SpinLockSeries,
  options?: FitOptionsInput,
  settings: FitSeriesSettings = {},
): FitResult {
  const resolved = resolveFitOptions(options);
  const { mask, onProgress } = settings;
  assertMaskGrid(series.grid, mask);
  const plan = createFitPlan(series.tslMs, resolved);
  const { signal } = smoothSeries(series, resolved.smoothingPixels);
  const nVoxels = voxelCount(series.grid);
  const maps = createVoxelMaps(nVoxels, plan.nParameters);
  for (let begin = 0; begin < nVoxels; begin += CHUNK) {
    const end = Math.min(begin + CHUNK, nVoxels);
    fitVoxels(plan, { signal, nVoxels, begin, end, mask: mask?.labels }, maps);
    onProgress?.(end / nVoxels);
  }
  return namedMaps(series, resolved, maps);
}

/** @throws ShapeError `fit/mask-grid`. */
export function assertMaskGrid(grid: Grid, mask: Mask | undefined): void {
  const difference = mask && gridDifference(grid, mask.grid);
  if (difference)
    throw new ShapeError(
      'fit/mask-grid',
      `The mask lies on another grid than the images (${difference}): resample it to them.`,
    );
}

/** Gives the kernel's arrays their names and units. */
export function namedMaps(series: SpinLockSeries, options: FitOptions, maps: VoxelMaps): FitResult {
  const { mapName } = PARAMETERS[options.parameter];
  const { status, quality } = maps;
  const map = (name: string, unit: string, values: Float32Array): ParametricMap => ({
    grid: series.grid,
    name,
    unit,
    values,
    status,
  });
  return {
    options,
    tslMs: series.tslMs,
    time: map(mapName, 'ms', maps.timeMs),
    s0: map('S0', '1', maps.s0),
    r2: map('R2', '1', maps.r2),
    residual: map('residual', '1', maps.residual),
    standardError: map('stderr', 'ms', maps.standardErrorMs),
    ...(maps.offset.length > 0 ? { offset: map('offset', '1', maps.offset) } : {}),
    status,
    quality,
  };
}
