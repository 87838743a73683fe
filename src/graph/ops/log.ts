/** Natural logarithm. */

import type { Primitive } from '../primitive.ts';
import { unary } from './elementwise.ts';

export const log: Primitive<'log'> = unary('Log', ({ inputs: [x] }, g, { div }) => [div(g, x!)]);
