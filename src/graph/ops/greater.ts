/** Whether a > b, element by element. */

import type { Primitive } from '../primitive.ts';
import { binary } from './elementwise.ts';

export const greater: Primitive<'greater'> = {
  ...binary('greater', 'Greater', () => [null, null]),
  type: 'bool',
};
