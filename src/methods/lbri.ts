import { laplacePhases } from './lbru.ts';
import type { LearnedMethod } from './method.ts';

/** Beyond the paper: refinement that sees the coarse map and the two images it came from, with uncertainty. */
export const lbri: LearnedMethod = {
  name: 'lbri',
  title: 'LBRI (ours)',
  inputs: ['coarse', 'image-short', 'image-long'],
  outputChannels: 2,
  needs: [],
  losses: laplacePhases,
};
