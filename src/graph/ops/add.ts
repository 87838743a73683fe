/** a + b, with broadcasting. */

import type { Primitive } from '../primitive.ts';
import { binary } from './elementwise.ts';

export const add: Primitive<'add'> = binary('add', 'Add', ({ inputs: [a, b] }, g, { sumTo }) => [
  sumTo(g, a!.shape),
  sumTo(g, b!.shape),
]);
