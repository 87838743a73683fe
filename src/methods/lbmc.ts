import { l1Loss } from '../network/losses.ts';
import type { LearnedMethod } from './method.ts';

/** Learning-based mapping from contrasts: the two images in, map out, equation 2. */
export const lbmc: LearnedMethod = {
  name: 'lbmc',
  title: 'LBMC',
  inputs: ['image-short', 'image-long'],
  outputChannels: 1,
  needs: [],
  losses: ({ weighted }) => [{ loss: l1Loss({ weighted }), untilShare: 1 }],
};
