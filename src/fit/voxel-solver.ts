/**
 * What every method of fitting offers: it looks at one voxel's signals and says how fast they decay. How well they do,
 * and what that means for the map, is judged alike for all methods in `fit-voxels.ts`.
 */

/**
 * Fits one voxel. `signal` holds its signals in rising order of time; into `fit` go the predicted signals (places
 * 0…N−1) and, at the places below, the amplitude and how noise enters the rate.
 * @returns the rate 1/T in 1/ms within the bounds; 0: the signal does not decay; NaN: there is no positive signal.
 */
export type VoxelSolver = (signal: Float64Array, fit: Float64Array) => number;

/** Places in `fit` after the N predictions. */
export const FIT_S0 = 0;
export const FIT_OFFSET = 1;
/** Variance of the rate for noise of variance 1, 1/ms² per squared signal unit. */
export const FIT_RATE_VARIANCE = 2;
export const FIT_EXTRA = 3;

/** Limits of the rate in 1/ms that a solver keeps to. */
export interface RateBounds {
  readonly low: number;
  readonly high: number;
}
