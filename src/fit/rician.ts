/**
 * Maximum likelihood for magnitude noise of known σ. Least squares takes the noise floor for signal and reads high
 * where signals sink below about 3σ; the Rician likelihood does not.
 *
 * Expectation–maximisation: given a decay, the expected real part of each signal is y·I₁(z)/I₀(z), z = yA/σ²; least
 * squares on those raises the likelihood, if slowly. Newton steps on (ln S0, R) are taken wherever they raise it too.
 */
import { besselRatio, ricianLogDensity, ricianMean } from '../signal/rician.ts';
import { FIT_EXTRA, FIT_RATE_VARIANCE, FIT_S0, type RateBounds, type VoxelSolver } from './voxel-block.ts';

const MAX_ROUNDS = 200;
/** Relative change of amplitude and rate at which the optimum counts as reached. */
const TOLERANCE = 1e-9;

const settled = (before: number, after: number): boolean => Math.abs(after - before) <= TOLERANCE * after;

/** Solver for the Rician likelihood, from a least-squares solver for the same times. */
export function createRicianSolver(
  timesMs: readonly number[],
  bounds: RateBounds,
  sigma: number,
  leastSquares: VoxelSolver,
): VoxelSolver {
  const n = timesMs.length;
  const variance = sigma * sigma;
  const realPart = new Float64Array(n);
  const linear = new Float64Array(n + FIT_EXTRA);
  const step = new Float64Array(3);

  const logLikelihood = (signal: Float64Array, s0: number, rate: number): number => {
    let sum = 0;
    for (let i = 0; i < n; i++)
      sum += ricianLogDensity(
        Math.max(signal[i]!, Number.MIN_VALUE),
        s0 * Math.exp(-rate * timesMs[i]!),
        sigma,
      );
    return sum;
  };

  /** Newton step in (ln S0, R) into `step`, and the variance of R; false where the likelihood is not concave. */
  const newtonStep = (signal: Float64Array, s0: number, rate: number): boolean => {
    let [g0, g1, h00, h01, h11] = [0, 0, 0, 0, 0];
    for (let i = 0; i < n; i++) {
      const t = timesMs[i]!;
      const a = s0 * Math.exp(-rate * t);
      const y = signal[i]!;
      const z = (y * a) / variance;
      const ratio = besselRatio(z);
      const first = (a * (y * ratio - a)) / variance;
      // d²/d(ln a)², with I₁/I₀ differentiated: 1 − ratio/z − ratio².
      const second = first - (a * a) / variance + z * z * (1 - ratio * ratio) - z * ratio;
      g0 += first;
      g1 -= t * first;
      h00 += second;
      h01 -= t * second;
      h11 += t * t * second;
    }
    const determinant = h00 * h11 - h01 * h01;
    if (!(h00 < 0 && determinant > 0)) return false;
    step[0] = (h01 * g1 - h11 * g0) / determinant;
    step[1] = (h01 * g0 - h00 * g1) / determinant;
    step[2] = -h00 / determinant;
    return true;
  };

  return (signal, fit) => {
    let rate = leastSquares(signal, linear);
    if (!(rate > 0)) return rate;
    let s0 = linear[n + FIT_S0]!;
    for (let round = 0; round < MAX_ROUNDS; round++) {
      const [oldS0, oldRate] = [s0, rate];
      if (newtonStep(signal, s0, rate)) {
        const [nextS0, nextRate] = [s0 * Math.exp(step[0]!), rate + step[1]!];
        const inside = nextRate > bounds.low && nextRate < bounds.high;
        if (inside && logLikelihood(signal, nextS0, nextRate) >= logLikelihood(signal, s0, rate)) {
          [s0, rate] = [nextS0, nextRate];
          if (settled(oldS0, s0) && settled(oldRate, rate)) break;
          continue;
        }
      }
      for (let i = 0; i < n; i++)
        realPart[i] =
          signal[i]! * besselRatio((Math.max(signal[i]!, 0) * s0 * Math.exp(-rate * timesMs[i]!)) / variance);
      rate = leastSquares(realPart, linear);
      if (!(rate > 0)) return rate;
      s0 = linear[n + FIT_S0]!;
      if (settled(oldS0, s0) && settled(oldRate, rate)) break;
    }
    for (let i = 0; i < n; i++) fit[i] = ricianMean(s0 * Math.exp(-rate * timesMs[i]!), sigma);
    fit.set(linear.subarray(n), n);
    fit[n + FIT_S0] = s0;
    if (newtonStep(signal, s0, rate)) fit[n + FIT_RATE_VARIANCE] = step[2]! / variance;
    return rate;
  };
}
