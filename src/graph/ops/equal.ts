/** Whether a = b, element by element. */

import type { Primitive } from '../primitive.ts';
import { binary } from './elementwise.ts';

export const equal: Primitive<'equal'> = { ...binary('equal', 'Equal', () => [null, null]), type: 'bool' };
