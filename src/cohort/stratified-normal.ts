import type { Random } from '../core/random.ts';

/**
 * `n` standard normal numbers, one from each of n equally likely strata, in random order. A cohort of any size then
 * has nearly the spread that its parameters say: with plain draws the mean error of 17 patients would change by a
 * tenth from seed to seed, by the luck of their signal-to-noise ratios and fast shares alone.
 */
export function stratifiedNormals(n: number, random: Random): Float64Array {
  const out = Float64Array.from({ length: n }, (_, i) => inverseNormal((i + random.uniform()) / n));
  for (let i = n - 1; i > 0; i--) {
    const j = random.integer(i + 1);
    const kept = out[i]!;
    out[i] = out[j]!;
    out[j] = kept;
  }
  return out;
}

/** Quantile of the standard normal distribution, 0 < p < 1, by bisection of its distribution function. */
export function inverseNormal(p: number): number {
  let [low, high] = [-8, 8];
  for (let i = 0; i < 60; i++) {
    const middle = (low + high) / 2;
    if (normalDistribution(middle) < p) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
}

/** Distribution function: Φ(x) = ½ + φ(x)·(x + x³/3 + x⁵/15 + …), exact to rounding for |x| ≤ 8. */
function normalDistribution(x: number): number {
  let [term, sum] = [x, x];
  for (let k = 3; Math.abs(term) > 1e-17 * Math.abs(sum) && k < 400; k += 2) {
    term *= (x * x) / k;
    sum += term;
  }
  return 0.5 + (sum * Math.exp((-x * x) / 2)) / Math.sqrt(2 * Math.PI);
}
