/** a·b, with broadcasting. */

import type { Primitive } from '../primitive.ts';
import { binary } from './elementwise.ts';

export const mul: Primitive<'mul'> = binary('mul', 'Mul', ({ inputs: [a, b] }, g, { mul, sumTo }) => [
  sumTo(mul(g, b!), a!.shape),
  sumTo(mul(g, a!), b!.shape),
]);
