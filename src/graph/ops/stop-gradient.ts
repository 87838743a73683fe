/** The value itself, through which no gradient flows (the detached sigma of a β-weighted likelihood). */

import type { Primitive } from '../primitive.ts';
import { unary } from './elementwise.ts';

export const stopGradient: Primitive<'stopGradient'> = unary('Identity', () => [null]);
