/**
 * Sparsification: the error that remains when the most uncertain pixels are removed step by step, beside the best
 * possible order (the *oracle*, by relative error) and a random one (paper, Fig. 9; Ilg 2018, arXiv:1802.07095).
 *
 * AUSE is the area between curve and oracle, AURG that between the random level and the curve. Equally uncertain pixels
 * are removed in no particular order: each counts with the mean error of its equals, so no order of storage shows.
 */
import { DataError } from '../core/errors.ts';
import { argsort } from './argsort.ts';
import { forEachTie } from './ranks.ts';
import type { Values } from './roi-pixels.ts';

/** `pooled`: one ranking of all pixels; `per-slice`: a ranking in each slice, then the mean over slices. */
export type Pooling = 'pooled' | 'per-slice';

export interface SparsificationOptions {
  readonly pooling?: Pooling;
  /** Share of the pixels removed per step, the paper's 0.05 where absent. */
  readonly step?: number;
}

/** Errors in the unit of `error`; areas too, as the removed share has none. */
export interface Sparsification {
  readonly pooling: Pooling;
  /** Share removed at each point of the curves: 0, 0.05 … 0.95. */
  readonly removed: readonly number[];
  readonly byUncertainty: readonly number[];
  readonly oracle: readonly number[];
  /** What removal at random gives on average: the mean error, at every step. */
  readonly random: number;
  readonly ause: number;
  readonly aurg: number;
  /** AUSE of removal at random: what an uncertainty without information gets. */
  readonly auseOfRandom: number;
}

/**
 * @param error relative error of each pixel (or any error).
 * @param uncertainty of each pixel, any monotone measure.
 * @param offsets slices of the pixels, as in `RoiPixels`; only `per-slice` looks inside.
 * @throws DataError without pixels.
 */
export function sparsification(
  error: Values,
  uncertainty: Values,
  offsets: Uint32Array,
  options: SparsificationOptions = {},
): Sparsification {
  const { pooling = 'pooled', step = 0.05 } = options;
  if (error.length === 0) throw new DataError('sparsification/empty', 'There is no pixel to remove.');
  const nSteps = Math.ceil(1 / step - 1e-9);
  const removed = Array.from({ length: nSteps }, (_, k) => k * step);
  const parts = pooling === 'pooled' ? Uint32Array.of(0, error.length) : offsets;
  const byUncertainty = meanCurve(error, uncertainty, parts, removed);
  const oracle = meanCurve(error, error, parts, removed);
  const random = byUncertainty[0];
  const areaOfOracle = area(removed, oracle);
  const areaOfRandom = random * (removed.at(-1)! - removed[0]);
  const areaOfCurve = area(removed, byUncertainty);
  return {
    pooling,
    removed,
    byUncertainty,
    oracle,
    random,
    ause: areaOfCurve - areaOfOracle,
    aurg: areaOfRandom - areaOfCurve,
    auseOfRandom: areaOfRandom - areaOfOracle,
  };
}

/** The curve of removal by `key`, averaged over the parts. */
function meanCurve(error: Values, key: Values, parts: Uint32Array, removed: readonly number[]): number[] {
  const sums = removed.map(() => 0);
  for (let p = 0; p + 1 < parts.length; p++) {
    const curve = remainingErrors(
      error.subarray(parts[p], parts[p + 1]),
      key.subarray(parts[p], parts[p + 1]),
      removed,
    );
    curve.forEach((value, k) => {
      sums[k] += value;
    });
  }
  return sums.map((sum) => sum / (parts.length - 1));
}

/** Mean error of what is left after removing each share of the pixels, largest keys first; one pixel always stays. */
function remainingErrors(error: Values, key: Values, removed: readonly number[]): number[] {
  const order = argsort(key).reverse();
  const n = order.length;
  const remainingSum = new Float64Array(n + 1);
  forEachTie(key, order, (from, to) => {
    let sum = 0;
    for (let k = from; k < to; k++) sum += error[order[k]];
    remainingSum.fill(sum / (to - from), from, to);
  });
  for (let k = n - 1; k >= 0; k--) remainingSum[k] += remainingSum[k + 1];
  return removed.map((share) => {
    const first = Math.min(n - 1, Math.round(share * n));
    return remainingSum[first] / (n - first);
  });
}

/** Trapezoidal rule. */
function area(x: readonly number[], y: readonly number[]): number {
  let sum = 0;
  for (let k = 1; k < x.length; k++) sum += ((x[k] - x[k - 1]) * (y[k] + y[k - 1])) / 2;
  return sum;
}
