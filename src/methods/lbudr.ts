import { fixedScaleLoss } from '../network/losses.ts';
import type { SlicePlanes } from '../training/planes.ts';
import type { LearnedMethod } from './method.ts';

/** Learning-based uncertainty-driven refinement: as LBR, with pixels weighted by a finished LBRU's scale, equation 6. */
export const lbudr: LearnedMethod = {
  name: 'lbudr',
  title: 'LBUDR',
  inputs: ['coarse'],
  outputChannels: 1,
  needs: ['lbru'],
  losses: ({ weighted }) => [{ loss: fixedScaleLoss({ weighted }), untilShare: 1 }],
};

/**
 * S̄ of equation 6 (paper, section 2.4): S where a pixel is of interest; the largest S of the body where the target is at a
 * cut-off *and* S is extremely low, because there the network is certain of what nobody wants to know.
 * @param logScale S of the finished network, `[row, column]`.
 * @param threshold what counts as extremely low; `null` leaves S as it is (the ablation of the paper's discussion).
 */
export function processLogScale(
  logScale: Float32Array,
  planes: Pick<SlicePlanes, 'targetCut' | 'air'>,
  threshold: number | null,
): Float32Array {
  if (threshold === null) return logScale.slice();
  let largest = Number.NEGATIVE_INFINITY;
  logScale.forEach((s, p) => {
    if (planes.air[p] === 0) largest = Math.max(largest, s);
  });
  return logScale.map((s, p) => (planes.targetCut[p] === 1 && s < threshold ? largest : s));
}
