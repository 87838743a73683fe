/** a / b, with broadcasting. */

import type { Primitive } from '../primitive.ts';
import { binary } from './elementwise.ts';

export const div: Primitive<'div'> = binary('div', 'Div', (value, g, { div, mul, neg, sumTo }) => {
  const [a, b] = value.inputs;
  const byA = div(g, b!);
  // d(a/b)/db = −(a/b)/b: the quotient is at hand.
  return [sumTo(byA, a!.shape), sumTo(neg(mul(byA, value)), b!.shape)];
});
