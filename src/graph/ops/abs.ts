/** |x|, with gradient 0 at 0. */

import type { Primitive } from '../primitive.ts';
import { unary } from './elementwise.ts';

export const abs: Primitive<'abs'> = unary('Abs', ({ inputs: [x] }, g, { mul, sign }) => [mul(g, sign(x!))]);
