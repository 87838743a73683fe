/**
 * In which order a flat vector holds the numbers of a parameter. A training step is written for any order, and handed
 * the one that its lowering works in without moving weights about (`layoutOf` in `lowering/lower.ts`).
 */
import { reshape } from './build.ts';
import type { Shape } from './shape.ts';
import type { Value } from './value.ts';

export interface ParameterLayout {
  /** The parameter of this shape as an expression of its flat value. */
  unflatten(flat: Value, shape: Shape): Value;
  /** For each number of the flat value its index in NumPy's order; null where that is the order. */
  indices(shape: Shape): Int32Array | null;
}

export const NUMPY_LAYOUT: ParameterLayout = { unflatten: reshape, indices: () => null };
