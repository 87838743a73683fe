/** eˣ. */

import type { Primitive } from '../primitive.ts';
import { unary } from './elementwise.ts';

export const exp: Primitive<'exp'> = unary('Exp', (value, g, { mul }) => [mul(g, value)]);
