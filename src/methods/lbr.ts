import { l1Loss } from '../network/losses.ts';
import type { LearnedMethod } from './method.ts';

/** Learning-based refinement: coarse map in, map out, equation 2. */
export const lbr: LearnedMethod = {
  name: 'lbr',
  title: 'LBR',
  inputs: ['coarse'],
  outputChannels: 1,
  needs: [],
  losses: ({ weighted }) => [{ loss: l1Loss({ weighted }), untilShare: 1 }],
};
