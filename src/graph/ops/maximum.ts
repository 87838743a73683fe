/** The larger of a and b, with broadcasting. Where they are equal the gradient goes to b. */

import type { Primitive } from '../primitive.ts';
import { binary } from './elementwise.ts';

export const maximum: Primitive<'maximum'> = binary(
  'maximum',
  'Max',
  ({ inputs: [a, b] }, g, { greater, where, sumTo }) => {
    const first = greater(a!, b!);
    return [sumTo(where(first, g, 0), a!.shape), sumTo(where(first, 0, g), b!.shape)];
  },
);
