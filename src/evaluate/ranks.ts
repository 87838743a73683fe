/** Ranks and rank correlation. */
import { regression } from './agreement.ts';
import { argsort } from './argsort.ts';
import { pairMoments } from './pair-moments.ts';
import type { Values } from './roi-pixels.ts';

/** Ranks from 1 for the smallest; equal values share the mean of their ranks. */
export function ranks(values: Values): Float64Array {
  const order = argsort(values);
  const out = new Float64Array(values.length);
  forEachTie(values, order, (from, to) => {
    for (let k = from; k < to; k++) out[order[k]] = (from + to + 1) / 2;
  });
  return out;
}

/** Calls `visit` with each run [from, to) of equal values in `order`. */
export function forEachTie(
  values: Values,
  order: Uint32Array,
  visit: (from: number, to: number) => void,
): void {
  for (let from = 0; from < order.length; ) {
    let to = from + 1;
    while (to < order.length && values[order[to]] === values[order[from]]) to++;
    visit(from, to);
    from = to;
  }
}

/** Spearman's rank correlation, −1 to 1; NaN if one side is constant. For uncertainty: against |error|. */
export function spearman(a: Values, b: Values): number {
  return regression(pairMoments(ranks(a), ranks(b))).pearsonR;
}
