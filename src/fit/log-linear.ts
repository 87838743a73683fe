/**
 * Straight line through ln S against time, unweighted or with weights S² (the noise of ln S has SD σ/S, so this is the
 * first-order best line). Fast and closed, but not the least-squares optimum of the signals: the unweighted line gives
 * the weakest signals most say. Offered for comparison with older work. Signals ≤ 0 have no logarithm and are left out.
 */
import { FIT_OFFSET, FIT_RATE_VARIANCE, FIT_S0, type RateBounds, type VoxelSolver } from './voxel-block.ts';

/** Solver for `ln S = ln S0 − R·t`. */
export function createLogLinearSolver(
  timesMs: readonly number[],
  bounds: RateBounds,
  weighted: boolean,
): VoxelSolver {
  const n = timesMs.length;
  return (signal, fit) => {
    let [weight, meanT, meanLog, used] = [0, 0, 0, 0];
    for (let i = 0; i < n; i++) {
      const y = signal[i]!;
      if (y <= 0) continue;
      const w = weighted ? y * y : 1;
      used++;
      weight += w;
      meanT += w * timesMs[i]!;
      meanLog += w * Math.log(y);
    }
    if (used < 2) return Number.NaN;
    meanT /= weight;
    meanLog /= weight;
    let [spread, slope, variance] = [0, 0, 0];
    for (let i = 0; i < n; i++) {
      const y = signal[i]!;
      if (y <= 0) continue;
      const w = weighted ? y * y : 1;
      const dt = timesMs[i]! - meanT;
      spread += w * dt * dt;
      slope += w * dt * (Math.log(y) - meanLog);
      variance += ((w * dt) / y) ** 2;
    }
    const free = -slope / spread;
    if (!(free > 0)) return 0;
    const rate = Math.min(Math.max(free, bounds.low), bounds.high);
    const s0 = Math.exp(meanLog + rate * meanT);
    for (let i = 0; i < n; i++) fit[i] = s0 * Math.exp(-rate * timesMs[i]!);
    fit[n + FIT_S0] = s0;
    fit[n + FIT_OFFSET] = 0;
    fit[n + FIT_RATE_VARIANCE] = variance / (spread * spread);
    return rate;
  };
}
