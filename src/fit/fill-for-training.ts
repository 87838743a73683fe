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
  const { values, status } = map;
  const filled = new Float32Array(values.length);
  for (let voxel = 0; voxel < values.length; voxel++) {
    const value = values[voxel]!;
    const code = status[voxel];
    if (code === VOXEL_STATUS['no-decay'] || code === VOXEL_STATUS['at-upper-cutoff']) filled[voxel] = highMs;
    else filled[voxel] = Number.isNaN(value) ? lowMs : Math.min(Math.max(value, lowMs), highMs);
  }
  return filled;
}
