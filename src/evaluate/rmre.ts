/**
 * RMRE, the paper's eq. 7: the mean of |predicted − target|/target over the ROI of a slice, in percent. A cohort's
 * figure is the mean over slices.
 */
import { sliceSize } from '../core/grid.ts';
import type { Mask } from '../core/volume.ts';

/**
 * RMRE of every slice, %; NaN where a slice has no ROI. Maps are `[slice, row, column]` in ms; voxels without a value
 * in either map are left out.
 */
export function rmrePerSlice(predicted: Float32Array, target: Float32Array, roi: Mask): number[] {
  const n = sliceSize(roi.grid);
  return Array.from({ length: roi.grid.nSlices }, (_, k) => {
    let [sum, count] = [0, 0];
    for (let i = k * n; i < (k + 1) * n; i++) {
      if (roi.labels[i] === 0) continue;
      const relative = Math.abs(predicted[i]! - target[i]!) / target[i]!;
      if (!Number.isFinite(relative)) continue;
      sum += relative;
      count++;
    }
    return (100 * sum) / count;
  });
}
