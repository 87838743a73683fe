/**
 * Non-linear least squares of S = S0·exp(−R·t) by variable projection: for a given R the best S0 is linear, so one
 * unknown remains, and the optimum is where
 *
 *   h(R) = u₁·v − u·v₁ = 0,   u_j = Σ k^j·y·e,  v_j = Σ k^j·e²,  e = exp(−R·t)
 *
 * (k: times in units of the step). Where times share a step, e = x^k with x = exp(−R·step) and Newton's method runs
 * on x alone: no `exp`, one `log` at the end. Its start is the x whose mean exponent Σwkx^k/Σwx^k is that of the
 * signals, read off a table; w = e at a typical T makes this the least-squares condition itself, linearised there.
 *
 * Exact: a stationary point near enough to the curve is certified global (`decay-curve.ts`); every other voxel, and
 * every series without a common step, goes through a scan of the whole curve (`projection-scan.ts`).
 */
import type { DecayCurve } from './decay-curve.ts';
import { createProjectionScan } from './projection-scan.ts';
import { FIT_OFFSET, FIT_RATE_VARIANCE, FIT_S0, type RateBounds, type VoxelSolver } from './voxel-solver.ts';

const N_TABLE = 1024;
/** Two or three steps are usual; what has not settled after this many goes to the scan. */
const MAX_STEPS = 10;
/** Newton's next error is about the square of this, in units of 1/kMax: below float32 for T up to 20× the last time. */
const STEP_TOLERANCE = 1e-4;

/**
 * Solver for the curve's times. `firstTimeMs` carries the amplitude back to t = 0; `typicalMs` is where the starting
 * table is sharpest.
 */
export function createNllsSolver(
  curve: DecayCurve,
  bounds: RateBounds,
  firstTimeMs: number,
  typicalMs: number,
): VoxelSolver {
  const scan = createProjectionScan(curve, bounds, firstTimeMs);
  if (curve.stepMs === null) return scan;
  const { exponents, stepMs, certifiedCosine } = curve;
  const n = exponents.length;
  const kMax = exponents[n - 1]!;
  const gaps = Int32Array.from(exponents, (k, i) => (i === 0 ? 0 : k - exponents[i - 1]!));
  const weights = exponents.map((k) => Math.exp((-k * stepMs) / typicalMs));
  const table = startTable(exponents, weights);
  const tableScale = N_TABLE / kMax;
  const tolerance = (STEP_TOLERANCE / kMax) ** 2;
  const [xLow, xHigh] = [Math.exp(-bounds.high * stepMs), Math.exp(-bounds.low * stepMs)];
  const minSquaredCosine = certifiedCosine ** 2;

  return (signal, fit) => {
    let sum = 0;
    let moment = 0;
    let squares = 0;
    for (let i = 0; i < n; i++) {
      const y = signal[i]!;
      const wy = weights[i]! * y;
      sum += wy;
      moment += exponents[i]! * wy;
      squares += y * y;
    }
    const place = (moment / sum) * tableScale;
    if (!(place >= 0 && place < N_TABLE)) return scan(signal, fit);
    const cell = place | 0;
    let x = table[cell]! + (table[cell + 1]! - table[cell]!) * (place - cell);

    let u = 0;
    let v = 0;
    let v1 = 0;
    let v2 = 0;
    let change = 1;
    for (let step = 0; change > tolerance; step++) {
      if (step === MAX_STEPS) return scan(signal, fit);
      let u1 = 0;
      let u2 = 0;
      let power = 1;
      u = v = v1 = v2 = 0;
      for (let i = 0; i < n; i++) {
        for (let gap = gaps[i]!; gap > 0; gap--) power *= x;
        fit[i] = power;
        const k = exponents[i]!;
        const a = signal[i]! * power;
        const b = power * power;
        const ka = k * a;
        const kb = k * b;
        u += a;
        u1 += ka;
        u2 += k * ka;
        v += b;
        v1 += kb;
        v2 += k * kb;
      }
      const relative = (u1 * v - u * v1) / (u2 * v + u1 * v1 - 2 * u * v2);
      x -= x * relative;
      change = relative * relative;
    }
    // x outside the bounds, a negative amplitude or a far-off signal: anything but a certified optimum.
    if (!(x > xLow && x < xHigh && u > 0 && u * u >= minSquaredCosine * v * squares))
      return scan(signal, fit);

    const rate = -Math.log(x) / stepMs;
    const amplitude = u / v;
    for (let i = 0; i < n; i++) fit[i] = amplitude * fit[i]!;
    fit[n + FIT_S0] = firstTimeMs === 0 ? amplitude : amplitude * Math.exp(rate * firstTimeMs);
    fit[n + FIT_OFFSET] = 0;
    fit[n + FIT_RATE_VARIANCE] = v / (amplitude * amplitude * (v * v2 - v1 * v1) * stepMs * stepMs);
    return rate;
  };
}

/** x by mean exponent 0…kMax in `N_TABLE` cells: the inverse of a rising function, by bisection. */
function startTable(exponents: Float64Array, weights: Float64Array): Float64Array {
  const kMax = exponents[exponents.length - 1]!;
  const meanExponent = (x: number): number => {
    let [sum, moment] = [0, 0];
    exponents.forEach((k, i) => {
      const w = weights[i]! * x ** k;
      sum += w;
      moment += k * w;
    });
    return moment / sum;
  };
  return Float64Array.from({ length: N_TABLE + 1 }, (_, cell) => {
    let [low, high] = [0, 1.5];
    for (let i = 0; i < 50; i++) {
      const middle = (low + high) / 2;
      if (meanExponent(middle) < (kMax * cell) / N_TABLE) low = middle;
      else high = middle;
    }
    return high;
  });
}
