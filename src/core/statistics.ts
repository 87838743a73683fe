/** Mean, standard deviation and quantiles of a few numbers: one definition for every table of the program. */

/** Numbers in a row. */
export type Numbers = readonly number[] | Float32Array | Float64Array;

export interface MeanAndSd {
  readonly n: number;
  /** NaN for no values. */
  readonly mean: number;
  /** Of the sample (divided by n − 1); NaN for fewer than two values. */
  readonly standardDeviation: number;
}

/** Mean and standard deviation, in two passes: exact where the mean is large beside the spread. */
export function meanAndSd(values: Numbers): MeanAndSd {
  const n = values.length;
  let sum = 0;
  for (let i = 0; i < n; i++) sum += values[i]!;
  const mean = sum / n;
  let squares = 0;
  for (let i = 0; i < n; i++) squares += (values[i]! - mean) ** 2;
  return { n, mean, standardDeviation: n > 1 ? Math.sqrt(squares / (n - 1)) : Number.NaN };
}

/**
 * Quantile by linear interpolation between neighbours, as NumPy's and R's default (type 7 of Hyndman and Fan, The
 * American Statistician 50, 1996, doi:10.1080/00031305.1996.10473566).
 * @param sorted Ascending.
 * @param p Fraction, 0…1.
 * @returns NaN for no values.
 */
export function quantileOfSorted(sorted: Numbers, p: number): number {
  const last = sorted.length - 1;
  if (last < 0) return Number.NaN;
  const at = p * last;
  const below = Math.floor(at);
  const above = Math.min(below + 1, last);
  return sorted[below]! + (sorted[above]! - sorted[below]!) * (at - below);
}
