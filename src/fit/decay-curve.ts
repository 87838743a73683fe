/**
 * The curve on which a least-squares fit projects. With variable projection, fitting S0·exp(−R·t) means finding the
 * point of the curve p(R) = e(R)/|e(R)|, e_i = exp(−R·(t_i − t_0)), at the smallest angle to the signal vector. All that
 * depends on the times alone is worked out once per series, here:
 * - the common step of the times, if there is one: e is then powers of one number and needs no `exp`;
 * - points of the curve at equal arc length, for a scan that overlooks no valley;
 * - the certificate: how close a signal must be to the curve so that a stationary point is surely the global optimum.
 *
 * Variable projection: Golub & Pereyra 1973, doi:10.1137/0710036. Reach of a set: Federer 1959, doi:10.2307/1993504.
 */
export interface DecayCurve {
  /** Times after the first, ms, rising from 0. */
  readonly delaysMs: Float64Array;
  /** Common step in ms, or `null`: then exponents are delays over the longest one. */
  readonly stepMs: number | null;
  /** Whole multiples of the step. */
  readonly exponents: Float64Array;
  /** The mean is taken out of curve and signals: the fit has an offset. */
  readonly centred: boolean;
  /** Rates in 1/ms from the lowest to the highest sought, at equal arc length. */
  readonly scanRates: Float64Array;
  /** Unit vectors p at the scan rates, `[rate, time]`. */
  readonly scanPoints: Float64Array;
  /** A stationary point with at least this cosine to the signal is the global optimum. */
  readonly certifiedCosine: number;
}

const N_DENSE = 500;
const N_SCAN = 65;

/** Times may deviate from the common step by this part of it: far below what moves T by 1e-6. */
const STEP_TOLERANCE = 1e-9;
/** Longer exponents cost more multiplications than `exp` does. */
const MAX_EXPONENT = 64;
/** The radius is found on a grid; this margin covers what lies between its points. */
const CERTIFICATE_MARGIN = 0.9;

export interface DecayCurveOptions {
  /** Rates sought, 1/ms; 0 is no decay. */
  readonly minRate: number;
  readonly maxRate: number;
  /** With a free offset the curve is that of e(R) less its mean. */
  readonly offset?: boolean;
}

/** Curve of rising `timesMs`. */
export function createDecayCurve(timesMs: readonly number[], options: DecayCurveOptions): DecayCurve {
  const centred = options.offset ?? false;
  const delaysMs = Float64Array.from(timesMs, (t) => t - timesMs[0]!);
  const stepMs = commonStep(delaysMs);
  const unit = stepMs ?? delaysMs[delaysMs.length - 1]!;
  const exponents = delaysMs.map((t) => (stepMs === null ? t / unit : Math.round(t / unit)));
  const curve = (rate: number): Float64Array => unitDecay(delaysMs, rate, centred);
  const scanRates = equalArcRates(curve, options, delaysMs[delaysMs.length - 1]!);
  const scanPoints = Float64Array.from([...scanRates].flatMap((rate) => [...curve(rate)]));
  const radius = CERTIFICATE_MARGIN * certifiedRadius(delaysMs, scanRates, scanPoints);
  return {
    delaysMs,
    stepMs,
    exponents,
    centred,
    scanRates,
    scanPoints,
    certifiedCosine: 1 - radius ** 2 / 2,
  };
}

function commonStep(delaysMs: Float64Array): number | null {
  const shortest = delaysMs[1]!;
  for (let parts = 1; parts <= 10; parts++) {
    const step = shortest / parts;
    const fits = delaysMs.every((t) => Math.abs(t / step - Math.round(t / step)) < STEP_TOLERANCE);
    if (fits && delaysMs[delaysMs.length - 1]! / step <= MAX_EXPONENT) return step;
  }
  return null;
}

function unitDecay(delaysMs: Float64Array, rate: number, centred: boolean): Float64Array {
  const e = delaysMs.map((t) => Math.exp(-rate * t));
  const mean = centred ? e.reduce((sum, value) => sum + value, 0) / e.length : 0;
  const direction = e.map((value) => value - mean);
  const norm = Math.hypot(...direction);
  return direction.map((value) => value / norm);
}

/** `N_SCAN` rates that divide the curve evenly: its bends lie where the times put them, not evenly in rate. */
function equalArcRates(
  curve: (rate: number) => Float64Array,
  { minRate, maxRate }: DecayCurveOptions,
  longestMs: number,
): Float64Array {
  const lowest = Math.log(minRate > 0 ? minRate : 1e-4 / longestMs);
  const spread = Math.log(maxRate) - lowest;
  const rates = Array.from({ length: N_DENSE }, (_, i) => Math.exp(lowest + (spread * i) / (N_DENSE - 1)));
  if (minRate === 0) rates.unshift(0);
  const arc = [0];
  let previous = curve(rates[0]!);
  for (const rate of rates.slice(1)) {
    const point = curve(rate);
    arc.push(arc[arc.length - 1]! + distance(point, previous));
    previous = point;
  }
  const total = arc[arc.length - 1]!;
  const rateAt = (length: number): number => rates[arc.findIndex((a) => a >= length)]!;
  const scan = Float64Array.from({ length: N_SCAN }, (_, g) =>
    rateAt((total * Math.min(g, N_SCAN - 1.5)) / (N_SCAN - 1)),
  );
  scan[0] = minRate;
  scan[N_SCAN - 1] = maxRate;
  return scan;
}

/**
 * Largest radius such that a signal within it, perpendicular to the curve at a, has no nearer point b of the curve:
 * the ball about a + v with radius |v| stays clear of b while |v| ≤ |b − a|² / 2·dist(b − a, tangent at a).
 */
function certifiedRadius(delaysMs: Float64Array, rates: Float64Array, points: Float64Array): number {
  const n = delaysMs.length;
  const point = (g: number): Float64Array => points.subarray(g * n, (g + 1) * n);
  let radius = 1;
  rates.forEach((_, g) => {
    const a = point(g);
    const slope = a.map((value, i) => -delaysMs[i]! * value);
    const along = dot(slope, a);
    const tangent = slope.map((value, i) => value - along * a[i]!);
    const norm = Math.hypot(...tangent);
    for (let other = 0; other < rates.length; other++) {
      if (other === g) continue;
      let squared = 0;
      let forward = 0;
      for (let i = 0; i < n; i++) {
        const chord = points[other * n + i]! - a[i]!;
        squared += chord * chord;
        forward += (chord * tangent[i]!) / norm;
      }
      const off = Math.sqrt(Math.max(squared - forward ** 2, Number.MIN_VALUE));
      radius = Math.min(radius, squared / (2 * off));
    }
  });
  return radius;
}

function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i]! * b[i]!;
  return sum;
}

const distance = (a: Float64Array, b: Float64Array): number => Math.hypot(...a.map((x, i) => x - b[i]!));
