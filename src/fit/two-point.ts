/**
 * Two times, in closed form whatever the method. A decay is a direction (1, q) in the plane of the two signals, with
 * q = exp(−R·Δt), and turns one way as R rises. So it passes through both signals at R = ln(y₁/y₂)/Δt, and where that
 * lies beyond a bound, the best decay within the bounds is the one at the bound.
 */
import { FIT_OFFSET, FIT_RATE_VARIANCE, FIT_S0, type RateBounds, type VoxelSolver } from './voxel-block.ts';

/** Least squares of two signals; negative ones, as noise about zero gives them, too. */
export function createTwoPointSolver(timesMs: readonly number[], bounds: RateBounds): VoxelSolver {
  const first = timesMs[0]!;
  const delay = timesMs[1]! - first;
  const lowestShare = Math.exp(-bounds.high * delay);

  /** The decay of a rate that passes through neither signal; amplitude by least squares. */
  const decayOf = (rate: number, share: number, signal: Float64Array, fit: Float64Array): number => {
    const squares = 1 + share * share;
    const amplitude = (signal[0]! + signal[1]! * share) / squares;
    fit[0] = amplitude;
    fit[1] = amplitude * share;
    fit[2 + FIT_S0] = amplitude * Math.exp(rate * first);
    fit[2 + FIT_OFFSET] = 0;
    fit[2 + FIT_RATE_VARIANCE] = squares / (amplitude * delay * share) ** 2;
    return rate;
  };

  return (signal, fit) => {
    const y1 = signal[0]!;
    const y2 = signal[1]!;
    if (y2 >= y1) return y1 + y2 > 0 ? 0 : Number.NaN;
    // Falls at once to nothing, or below: no decay is fast enough.
    if (y2 <= y1 * lowestShare)
      return y1 + y2 * lowestShare > 0 ? decayOf(bounds.high, lowestShare, signal, fit) : Number.NaN;
    const rate = Math.log(y1 / y2) / delay;
    if (rate < bounds.low) return decayOf(bounds.low, Math.exp(-bounds.low * delay), signal, fit);
    fit[0] = y1;
    fit[1] = y2;
    fit[2 + FIT_S0] = first === 0 ? y1 : y1 * Math.exp(rate * first);
    fit[2 + FIT_OFFSET] = 0;
    fit[2 + FIT_RATE_VARIANCE] = (1 / (y1 * y1) + 1 / (y2 * y2)) / (delay * delay);
    return rate;
  };
}
