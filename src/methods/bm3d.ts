import { denoiseBm3d } from '../denoise/bm3d.ts';
import { msFromScaled } from '../training/planes.ts';
import type { FixedMethod } from './method.ts';

/**
 * "BM3D": the coarse map denoised. The paper gives no noise level, so it is estimated, where the map has values that are
 * not cut off.
 */
export const bm3d: FixedMethod = {
  name: 'bm3d',
  title: 'BM3D',
  predict: (planes, nRows, nColumns) => {
    const mask = planes.coarseCut.map((cut) => 1 - cut);
    return { mapMs: denoiseBm3d(planes.coarse.map(msFromScaled), nRows, nColumns, { mask }).values };
  },
};
