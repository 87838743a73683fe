/**
 * Non-linear least squares of S = S0·exp(−R·t) by variable projection: for a given R the best S0 is linear, so one
 * unknown remains, and the optimum is where
 *
 *   h(R) = u₁·v − u·v₁ = 0,   u_j = Σ k^j·y·e,  v_j = Σ k^j·e²,  e = exp(−R·t)
 *
 * (k: times in units of their step). Newton's method runs on x = exp(−R·step), e = x^k: whole powers need no `exp`, and
 * one `log` ends the fit. Times without a common step take their longest delay for it, and an `exp` each. The start is the x whose mean exponent Σwkx^k/Σwx^k is that of the
 * signals, read off a table; w = e at a typical T makes this the least-squares condition itself, linearised there.
 *
 * Exact: a stationary point near enough to the curve is certified global (`decay-curve.ts`); every other voxel goes
 * through a scan of the whole curve (`projection-scan.ts`).
 */
import type { DecayCurve } from './decay-curve.ts';
import {
  BLOCK_SIZE,
  type BlockSolver,
  type PlaceSolver,
  type RateBounds,
  type VoxelBlock,
} from './voxel-block.ts';

const N_TABLE = 512;
/** Newton steps for every voxel before the closing ones, which look whether more are needed. */
const FIRST_STEPS = 1;
/** What has not settled after this many more goes to the scan. */
const MAX_STEPS = 10;
/** Newton's next error is about the square of this, in units of 1/kMax: below float32 for T up to 20× the last time. */
const STEP_TOLERANCE = 1e-4;

/** What the steps need to know of the times; `typicalMs` is the T where the start is sharpest. */
interface PowerSeries {
  readonly nTimes: number;
  readonly stepMs: number;
  readonly firstTimeMs: number;
  readonly exponents: Float64Array;
  /** Exponents are whole: powers by multiplication. */
  readonly isStepped: boolean;
  /** Exponent less the one before, where whole. */
  readonly gaps: Int32Array;
  readonly weights: Float64Array;
  /** Scratch for `fillPowers`. */
  readonly powers: Float64Array;
  readonly table: Float64Array;
  readonly xLow: number;
  readonly xHigh: number;
  readonly minSquaredCosine: number;
}

/** Solver for three times or more; `careful` takes the voxels that it does not settle. */
export function createNllsSolver(
  curve: DecayCurve,
  bounds: RateBounds,
  times: { readonly firstMs: number; readonly typicalMs: number },
  careful: PlaceSolver,
): BlockSolver {
  const { exponents, delaysMs } = curve;
  // Without a common step the longest delay is the unit.
  const stepMs = curve.stepMs ?? delaysMs[delaysMs.length - 1]!;
  const weights = exponents.map((k) => Math.exp((-k * stepMs) / times.typicalMs));
  const series: PowerSeries = {
    nTimes: exponents.length,
    stepMs,
    firstTimeMs: times.firstMs,
    exponents,
    isStepped: curve.stepMs !== null,
    gaps: Int32Array.from(exponents, (k, i) => (i === 0 ? 0 : k - exponents[i - 1]!)),
    weights,
    powers: new Float64Array(exponents.length),
    table: startTable(exponents, weights),
    xLow: Math.exp(-bounds.high * stepMs),
    xHigh: Math.exp(-bounds.low * stepMs),
    minSquaredCosine: curve.certifiedCosine ** 2,
  };
  const x = new Float64Array(BLOCK_SIZE);
  return (block, count) => {
    start(series, block, count, x);
    for (let step = 0; step < FIRST_STEPS; step++) newtonStep(series, block, count, x);
    finish(series, block, count, x);
    for (let place = 0; place < count; place++) if (x[place] === UNSETTLED) careful(block, place);
  };
}

/** In place of an x: the voxel is left to the careful solver. */
const UNSETTLED = -1;

function start(series: PowerSeries, { signal }: VoxelBlock, count: number, x: Float64Array): void {
  const { nTimes, exponents, weights, table } = series;
  const scale = N_TABLE / exponents[nTimes - 1]!;
  for (let place = 0; place < count; place++) {
    let sum = 0;
    let moment = 0;
    for (let i = 0; i < nTimes; i++) {
      const y = weights[i]! * signal[i * BLOCK_SIZE + place]!;
      sum += y;
      moment += exponents[i]! * y;
    }
    const position = (moment / sum) * scale;
    const cell = position >= 0 && position < N_TABLE ? position | 0 : N_TABLE >> 1;
    x[place] = table[cell]! + (table[cell + 1]! - table[cell]!) * (position - cell);
  }
}

/** One step of Newton's method on h in ln x, to first order: x ← x·(1 − h/h′). */
function newtonStep(series: PowerSeries, { signal }: VoxelBlock, count: number, x: Float64Array): void {
  const { nTimes, exponents, powers } = series;
  for (let place = 0; place < count; place++) {
    const base = x[place]!;
    fillPowers(series, base, powers);
    let u = 0;
    let u1 = 0;
    let u2 = 0;
    let v = 0;
    let v1 = 0;
    let v2 = 0;
    for (let i = 0; i < nTimes; i++) {
      const power = powers[i]!;
      const k = exponents[i]!;
      const ye = signal[i * BLOCK_SIZE + place]! * power;
      const ee = power * power;
      u += ye;
      u1 += k * ye;
      u2 += k * k * ye;
      v += ee;
      v1 += k * ee;
      v2 += k * k * ee;
    }
    x[place] = base - (base * (u1 * v - u * v1)) / (u2 * v + u1 * v1 - 2 * u * v2);
  }
}

/** x^k for every exponent k. */
function fillPowers(
  { nTimes, exponents, gaps, isStepped }: PowerSeries,
  x: number,
  powers: Float64Array,
): void {
  if (isStepped) {
    let power = 1;
    for (let i = 0; i < nTimes; i++) {
      for (let gap = gaps[i]!; gap > 0; gap--) power *= x;
      powers[i] = power;
    }
  } else {
    const logX = Math.log(x);
    for (let i = 0; i < nTimes; i++) powers[i] = Math.exp(exponents[i]! * logX);
  }
}

/** Steps until each voxel has settled, the certificate, and the results. */
function finish(series: PowerSeries, block: VoxelBlock, count: number, x: Float64Array): void {
  const { nTimes, exponents, powers, stepMs, firstTimeMs, xLow, xHigh, minSquaredCosine } = series;
  const { signal, rate, s0, squares, rateVariance } = block;
  const tolerance = STEP_TOLERANCE / exponents[nTimes - 1]!;
  for (let place = 0; place < count; place++) {
    let base = x[place]!;
    let u = 0;
    let u1 = 0;
    let v = 0;
    let v1 = 0;
    let v2 = 0;
    let yy = 0;
    let relative = 1;
    for (let step = 0; step < MAX_STEPS && Math.abs(relative) > tolerance; step++) {
      fillPowers(series, base, powers);
      let u2 = 0;
      u = u1 = v = v1 = v2 = yy = 0;
      for (let i = 0; i < nTimes; i++) {
        const power = powers[i]!;
        const k = exponents[i]!;
        const y = signal[i * BLOCK_SIZE + place]!;
        const ye = y * power;
        const ee = power * power;
        u += ye;
        u1 += k * ye;
        u2 += k * k * ye;
        v += ee;
        v1 += k * ee;
        v2 += k * k * ee;
        yy += y * y;
      }
      relative = (u1 * v - u * v1) / (u2 * v + u1 * v1 - 2 * u * v2);
      base -= base * relative;
    }
    // Not settled, outside the bounds, a negative amplitude or a far-off signal: anything but a certified optimum.
    const certified =
      Math.abs(relative) <= tolerance &&
      base > xLow &&
      base < xHigh &&
      u > 0 &&
      u * u >= minSquaredCosine * v * yy;
    if (!certified) {
      x[place] = UNSETTLED;
      continue;
    }
    // The sums belong to the x before the last step; its first-order effect on the amplitude is known.
    const amplitude = (u - relative * u1) / (v - 2 * relative * v1);
    fillPowers(series, base, powers);
    let sum = 0;
    for (let i = 0; i < nTimes; i++) {
      const power = powers[i]!;
      const residual = signal[i * BLOCK_SIZE + place]! - amplitude * power;
      sum += residual * residual;
    }
    const found = -Math.log(base) / stepMs;
    rate[place] = found;
    s0[place] = firstTimeMs === 0 ? amplitude : amplitude * Math.exp(found * firstTimeMs);
    squares[place] = sum;
    rateVariance[place] = v / (amplitude * amplitude * (v * v2 - v1 * v1) * stepMs * stepMs);
  }
}

/** x by mean exponent 0…kMax in `N_TABLE` cells: the inverse of a rising function, by bisection. */
function startTable(exponents: Float64Array, weights: Float64Array): Float64Array {
  const kMax = exponents[exponents.length - 1]!;
  const meanExponent = (x: number): number => {
    const logX = Math.log(x);
    let sum = 0;
    let moment = 0;
    for (let i = 0; i < exponents.length; i++) {
      const w = weights[i]! * Math.exp(exponents[i]! * logX);
      sum += w;
      moment += exponents[i]! * w;
    }
    return moment / sum;
  };
  return Float64Array.from({ length: N_TABLE + 1 }, (_, cell) => {
    let [low, high] = [0, 1.5];
    for (let i = 0; i < 24; i++) {
      const middle = (low + high) / 2;
      if (meanExponent(middle) < (kMax * cell) / N_TABLE) low = middle;
      else high = middle;
    }
    return high;
  });
}
