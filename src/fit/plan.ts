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
import { type BlockSolver, type RateBounds, solveEach, solvePlace } from './voxel-block.ts';

/** A fit ready to run. Holds scratch memory: one plan per thread. */
export interface FitPlan {
  readonly options: FitOptions;
  /** Position in the series of each time, in rising order of time. */
  readonly order: Int32Array;
  readonly bounds: RateBounds;
  readonly solve: BlockSolver;
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

function createSolver(timesMs: readonly number[], options: FitOptions, bounds: RateBounds): BlockSolver {
  const n = timesMs.length;
  const { method, noiseSigma } = options;
  if (method === 'log-linear' || method === 'weighted-log-linear')
    return solveEach(n, createLogLinearSolver(timesMs, bounds, method === 'weighted-log-linear'));

  const rician = method === 'rician' && noiseSigma !== null;
  if (n === 2) {
    const exact = createTwoPointSolver(timesMs, bounds);
    return solveEach(n, rician ? createRicianSolver(timesMs, bounds, noiseSigma, exact) : exact);
  }
  const offset = method === 'three-parameter';
  const range = { minRate: offset ? bounds.low : 0, maxRate: bounds.high, offset };
  const curve = createDecayCurve(timesMs, range);
  const careful = createProjectionScan(curve, bounds, timesMs[0]!);
  if (rician) return solveEach(n, createRicianSolver(timesMs, bounds, noiseSigma, careful));
  if (offset) return solveEach(n, careful);

  const { plausibleMs } = PARAMETERS[options.parameter];
  const times = { firstMs: timesMs[0]!, typicalMs: Math.sqrt(plausibleMs[0] * plausibleMs[1]) };
  return createNllsSolver(curve, bounds, times, solvePlace(n, careful));
}
