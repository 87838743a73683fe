import type { FitPlan } from './plan.ts';
import { BLOCK_SIZE, createVoxelBlock } from './voxel-block.ts';

/** One decay, in float64. */
export interface SignalFit {
  /** Within the bounds, not clamped at the cut-off; NaN where there is no signal, infinite where it does not decay. */
  readonly timeMs: number;
  readonly s0: number;
}

/** Fits the signals of a single voxel, in the order of the plan's times: for simulations and checks, not for maps. */
export function fitSignal({ order, solve }: FitPlan, signal: ArrayLike<number>): SignalFit {
  const block = createVoxelBlock(order.length);
  order.forEach((image, i) => {
    block.signal[i * BLOCK_SIZE] = signal[image]!;
  });
  solve(block, 1);
  return { timeMs: 1 / block.rate[0]!, s0: block.s0[0]! };
}
