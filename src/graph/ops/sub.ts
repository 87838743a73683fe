/** a − b, with broadcasting. */

import type { Primitive } from '../primitive.ts';
import { binary } from './elementwise.ts';

export const sub: Primitive<'sub'> = binary('sub', 'Sub', ({ inputs: [a, b] }, g, { neg, sumTo }) => [
  sumTo(g, a!.shape),
  neg(sumTo(g, b!.shape)),
]);
