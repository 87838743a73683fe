/**
 * The two ways in which BM3D shrinks the coefficients of a group, and the weight each gives the group
 * (Dabov 2007, eq. 8–11, doi:10.1109/TIP.2007.901238). Unlike there, the group's mean (coefficient 0) is always
 * kept, so that a constant added to the image is a constant added to the result.
 */
import type { Shrink } from './collaborative-filter.ts';
import { BLOCK_AREA } from './transforms.ts';

/** Sets coefficients below `threshold` to 0; the weight is one over the number of those kept. */
export const hardThreshold =
  (threshold: number): Shrink =>
  ([group], nBlocks) => {
    const end = nBlocks * BLOCK_AREA;
    let nKept = 1;
    for (let i = 1; i < end; i++) {
      const value = group[i];
      if (value > threshold || value < -threshold) nKept++;
      else group[i] = 0;
    }
    return 1 / nKept;
  };

/**
 * Empirical Wiener filter: `groups[1]`, from the first pass, stands for the signal, W = b²/(b² + σ²); the weight is
 * one over the sum of W².
 */
export const wienerShrink =
  (sigma: number): Shrink =>
  ([noisy, basic], nBlocks) => {
    const end = nBlocks * BLOCK_AREA;
    const variance = sigma * sigma;
    let sumOfSquares = 1;
    for (let i = 1; i < end; i++) {
      const power = basic[i] * basic[i];
      const gain = power / (power + variance);
      noisy[i] *= gain;
      sumOfSquares += gain * gain;
    }
    return 1 / sumOfSquares;
  };
