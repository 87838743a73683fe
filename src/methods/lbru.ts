import { laplaceLoss } from '../network/losses.ts';
import type { LearnedMethod, LossOptions, LossPhase } from './method.ts';

/** Learning-based refinement with uncertainty: coarse map in, map and scale out, equation 5. */
export const lbru: LearnedMethod = {
  name: 'lbru',
  title: 'LBRU',
  inputs: ['coarse'],
  outputChannels: 2,
  needs: [],
  losses: laplacePhases,
};

/** Share of the steps with the likelihood's map gradient replaced by that of equation 2. */
const WARM_UP_SHARE = 0.6;
/** The value that Seitzer et al. (arXiv:2203.09168) recommend. */
const BETA = 0.5;

/**
 * Ways to minimise equation 5. `plain`: as it stands; it can stall, because pixels that are hard at first get a large
 * scale and then hardly any gradient. `warm-up`: first with β = 1, which gives the map the gradient of equation 2
 * and still fits the scale, then as it stands. `beta`: β = 0.5 all the way.
 */
export function laplacePhases({ scale, weighted }: LossOptions): readonly LossPhase[] {
  if (scale === 'beta') return [{ loss: laplaceLoss({ beta: BETA, weighted }), untilShare: 1 }];
  const plain = { loss: laplaceLoss({ weighted }), untilShare: 1 };
  if (scale === 'plain') return [plain];
  return [{ loss: laplaceLoss({ beta: 1, weighted }), untilShare: WARM_UP_SHARE }, plain];
}
