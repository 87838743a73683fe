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
  return between(sorted[below]!, sorted[Math.min(below + 1, last)]!, at - below);
}

/**
 * As `quantileOfSorted`, of values in any order: selects (Hoare's FIND, Communications of the ACM 4, 1961,
 * doi:10.1145/366622.366647) where sorting would take many times as long. NaN counts as largest, as in a sorted array.
 * @param values are reordered.
 */
export function quantileInPlace(values: Float32Array | Float64Array, p: number): number {
  const last = values.length - 1;
  if (last < 0) return Number.NaN;
  const at = p * last;
  const below = Math.floor(at);
  const lastNumber = moveNanToEnd(values);
  if (below > lastNumber) return Number.NaN;
  select(values, below, lastNumber);
  if (at === below) return values[below]!;
  let above = below < lastNumber ? Number.POSITIVE_INFINITY : Number.NaN;
  for (let i = below + 1; i <= lastNumber; i++) if (values[i]! < above) above = values[i]!;
  return between(values[below]!, above, at - below);
}

/** At `share` of the way; infinite neighbours that have no share do not matter. */
const between = (low: number, high: number, share: number): number =>
  share === 0 || low === high ? low : low + (high - low) * share;

/** Returns the place of the last number; −1 where there is none. */
function moveNanToEnd(values: Float32Array | Float64Array): number {
  let last = values.length - 1;
  for (let i = 0; i <= last; ) {
    if (Number.isNaN(values[i])) {
      values[i] = values[last]!;
      values[last--] = Number.NaN;
    } else i++;
  }
  return last;
}

/** Puts the value at `place` that sorting `values[0…right]` would put there; smaller ones before it, larger ones after. */
function select(values: Float32Array | Float64Array, place: number, right: number): void {
  let left = 0;
  while (left < right) {
    const pivot = values[place]!;
    let [i, j] = [left, right];
    while (i <= j) {
      while (values[i]! < pivot) i++;
      while (values[j]! > pivot) j--;
      if (i > j) break;
      const kept = values[i]!;
      values[i++] = values[j]!;
      values[j--] = kept;
    }
    if (j < place) left = i;
    if (place < i) right = j;
  }
}
