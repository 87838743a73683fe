/** −x. */

import type { Primitive } from '../primitive.ts';
import { unary } from './elementwise.ts';

export const neg: Primitive<'neg'> = unary('Neg', (_, g, { neg }) => [neg(g)]);
