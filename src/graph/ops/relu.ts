/** max(x, 0), with gradient 0 at 0. */

import type { Primitive } from '../primitive.ts';
import { unary } from './elementwise.ts';

/** The mask is taken from the output, so that the input need not be kept for the way back. */
export const relu: Primitive<'relu'> = unary('Relu', (value, g, { reluGradient }) => [
  reluGradient(value, g),
]);
