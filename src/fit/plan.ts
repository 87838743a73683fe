/** From times and options to a solver: what is the same for every voxel is worked out once. */
import { OptionError } from '../core/errors.ts';
import { PARAMETERS } from '../signal/parameters.ts';
import { createDecayCurve } from './decay-curve.ts';
import { createLogLinearSolver } from './log-linear.ts';
import { createNllsSolver } from './nlls.ts';
import type { FitOptions } from './options.ts';
import { createProjectionScan } from './projection-scan.ts';
import { createRicianSolver } from './rician.ts';
import { createTwoPointSolver } from './two-point.ts';
import type { RateBounds, VoxelSolver } from './voxel-solver.ts';

/** A fit ready to run. Holds scratch memory: one plan per thread. */
export interface FitPlan {
  readonly options: FitOptions;
  /** Position in the series of each time, in rising order of time. */
  readonly order: Int32Array;
  readonly bounds: RateBounds;
  readonly solve: VoxelSolver;
  /** Free parameters: 2, or 3 with an offset. */
  readonly nParameters: number;
}

/**
 * Prepares a fit. `tslMs` in any order, each time once (`validateTslMs` checks what users give).
 * @throws OptionError `fit/too-few-times` if the method has more parameters than there are times.
 */
export function createFitPlan(tslMs: readonly number[], options: FitOptions): FitPlan {
  const nParameters = options.method === 'three-parameter' ? 3 : 2;
  if (tslMs.length < nParameters)
    throw new OptionError(
      'fit/too-few-times',
      `The ${options.method} fit needs at least ${nParameters} times, got ${tslMs.length}.`,
    );
  const order = Int32Array.from(tslMs.keys()).sort((a, b) => tslMs[a]! - tslMs[b]!);
  const timesMs = Array.from(order, (i) => tslMs[i]!);
  const bounds = { low: 1 / options.boundsMs[1], high: 1 / options.boundsMs[0] };
  return { options, order, bounds, solve: createSolver(timesMs, options, bounds), nParameters };
}

function createSolver(timesMs: readonly number[], options: FitOptions, bounds: RateBounds): VoxelSolver {
  const first = timesMs[0]!;
  if (options.method === 'three-parameter') {
    const curve = createDecayCurve(timesMs, { minRate: bounds.low, maxRate: bounds.high, offset: true });
    return createProjectionScan(curve, bounds, first);
  }
  if (options.method === 'log-linear') return createLogLinearSolver(timesMs, bounds, false);
  if (options.method === 'weighted-log-linear') return createLogLinearSolver(timesMs, bounds, true);
  const curve = createDecayCurve(timesMs, { minRate: 0, maxRate: bounds.high });
  const { plausibleMs } = PARAMETERS[options.parameter];
  const typicalMs = Math.sqrt(plausibleMs[0] * plausibleMs[1]);
  const nlls = createNllsSolver(curve, bounds, first, typicalMs);
  const leastSquares = timesMs.length === 2 ? createTwoPointSolver(timesMs, bounds, nlls) : nlls;
  if (options.method === 'nlls' || options.noiseSigma === null) return leastSquares;
  return createRicianSolver(timesMs, bounds, options.noiseSigma, leastSquares);
}
