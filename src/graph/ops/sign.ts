/** −1, 0 or 1; its gradient is zero. */

import type { Primitive } from '../primitive.ts';
import { unary } from './elementwise.ts';

export const sign: Primitive<'sign'> = unary('Sign', () => [null]);
