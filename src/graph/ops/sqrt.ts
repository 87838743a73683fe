/** √x. */

import type { Primitive } from '../primitive.ts';
import { unary } from './elementwise.ts';

export const sqrt: Primitive<'sqrt'> = unary('Sqrt', (value, g, { div, mul }) => [div(mul(g, 0.5), value)]);
