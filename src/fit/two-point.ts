/** Two times: the decay passes through both signals, R = ln(y₁/y₂)/(t₂ − t₁), whatever the method. */
import { FIT_OFFSET, FIT_RATE_VARIANCE, FIT_S0, type RateBounds, type VoxelSolver } from './voxel-block.ts';

/**
 * Closed form for two times. Signals that no decay within the bounds passes through go to `fallback`, the
 * least-squares solver.
 */
export function createTwoPointSolver(
  timesMs: readonly number[],
  bounds: RateBounds,
  fallback: VoxelSolver,
): VoxelSolver {
  const first = timesMs[0]!;
  const delay = timesMs[1]! - first;
  return (signal, fit) => {
    const y1 = signal[0]!;
    const y2 = signal[1]!;
    if (!(y1 > 0 && y2 > 0)) return fallback(signal, fit);
    const rate = Math.log(y1 / y2) / delay;
    if (rate <= 0) return 0;
    if (rate < bounds.low || rate > bounds.high) return fallback(signal, fit);
    fit[0] = y1;
    fit[1] = y2;
    fit[2 + FIT_S0] = first === 0 ? y1 : y1 * Math.exp(rate * first);
    fit[2 + FIT_OFFSET] = 0;
    fit[2 + FIT_RATE_VARIANCE] = (1 / (y1 * y1) + 1 / (y2 * y2)) / (delay * delay);
    return rate;
  };
}
