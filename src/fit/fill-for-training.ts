import { VOXEL_STATUS } from '../core/status.ts';
import type { ParametricMap } from '../core/volume.ts';
import type { RangeMs } from '../signal/parameters.ts';

/**
 * A map's values as a network can take them, by the paper's convention that a voxel without a fit counts as cut off:
 * `no-decay` becomes the upper cut-off, every other voxel without a value the lower one. For training and prediction
 * alone; maps for users keep NaN and status.
 *
 * @returns `[slice, row, column]`, ms, finite everywhere and within the cut-off.
 */
export function fillForTraining(
  map: Pick<ParametricMap, 'values' | 'status'>,
  [lowMs, highMs]: RangeMs,
): Float32Array {
  return map.values.map((value, voxel) => {
    const status = map.status[voxel];
    if (status === VOXEL_STATUS['no-decay'] || status === VOXEL_STATUS['at-upper-cutoff']) return highMs;
    return Number.isNaN(value) ? lowMs : Math.min(Math.max(value, lowMs), highMs);
  });
}
