/**
 * A block of voxels on its way through a fit. Steps run over a whole block at a time, on flat arrays that stay in the
 * first-level cache: V8 keeps such loops in registers, which makes the fit twice as fast as voxel by voxel.
 *
 * A method of fitting is a solver: from signals to the rate of decay and how well the decay fits. What that means for
 * the map is judged alike for all methods in `fit-voxels.ts`.
 */
export interface VoxelBlock {
  /** Signals `[time, place]`, rising in time; `BLOCK_SIZE` places a time. */
  readonly signal: Float64Array;
  /** Solvers write: the rate 1/T in 1/ms within the bounds; 0: no decay; NaN: no positive signal. */
  readonly rate: Float64Array;
  /** Solvers write: decaying signal at time 0. */
  readonly s0: Float64Array;
  /** Solvers write: signal that does not decay. */
  readonly offset: Float64Array;
  /** Solvers write: Σ residual². */
  readonly squares: Float64Array;
  /** Solvers write: variance of the rate for noise of variance 1, 1/ms² per squared signal unit. */
  readonly rateVariance: Float64Array;
}

export const BLOCK_SIZE = 128;

export function createVoxelBlock(nTimes: number): VoxelBlock {
  const perVoxel = (): Float64Array => new Float64Array(BLOCK_SIZE);
  return {
    signal: new Float64Array(nTimes * BLOCK_SIZE),
    rate: perVoxel(),
    s0: perVoxel(),
    offset: perVoxel(),
    squares: perVoxel(),
    rateVariance: perVoxel(),
  };
}

/** Fits the first `count` voxels of a block. */
export type BlockSolver = (block: VoxelBlock, count: number) => void;

/** Limits of the rate in 1/ms that a solver keeps to. */
export interface RateBounds {
  readonly low: number;
  readonly high: number;
}

/**
 * Fits one voxel, for methods that gain nothing from blocks. `signal` holds its signals; into `fit` go the predicted
 * signals (places 0…N−1) and the values at the places below. Returns what `VoxelBlock.rate` holds.
 */
export type VoxelSolver = (signal: Float64Array, fit: Float64Array) => number;

/** Places in `fit` after the N predictions. */
export const FIT_S0 = 0;
export const FIT_OFFSET = 1;
export const FIT_RATE_VARIANCE = 2;
export const FIT_EXTRA = 3;

/** Fits place `place` of a block by a voxel solver. */
export type PlaceSolver = (block: VoxelBlock, place: number) => void;

export function solvePlace(nTimes: number, solve: VoxelSolver): PlaceSolver {
  const y = new Float64Array(nTimes);
  const fit = new Float64Array(nTimes + FIT_EXTRA);
  return (block, place) => {
    for (let i = 0; i < nTimes; i++) y[i] = block.signal[i * BLOCK_SIZE + place]!;
    block.rate[place] = solve(y, fit);
    let squares = 0;
    for (let i = 0; i < nTimes; i++) squares += (y[i]! - fit[i]!) ** 2;
    block.squares[place] = squares;
    block.s0[place] = fit[nTimes + FIT_S0]!;
    block.offset[place] = fit[nTimes + FIT_OFFSET]!;
    block.rateVariance[place] = fit[nTimes + FIT_RATE_VARIANCE]!;
  };
}

/** A voxel solver for whole blocks. */
export function solveEach(nTimes: number, solve: VoxelSolver): BlockSolver {
  const solveOne = solvePlace(nTimes, solve);
  return (block, count) => {
    for (let place = 0; place < count; place++) solveOne(block, place);
  };
}
