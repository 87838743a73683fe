import { DataError } from '../core/errors.ts';
import type { VoxelStatus } from '../core/status.ts';

/** With one of these a voxel holds nothing that could be mapped. */
const WITHOUT_SIGNAL: readonly VoxelStatus[] = ['no-signal', 'not-finite', 'masked'];

/**
 * A map of nothing is no result.
 * @throws DataError `fit/no-values` where no voxel has a signal to map.
 */
export function refuseEmptyMap(status: Readonly<Record<VoxelStatus, number>>, name: string): void {
  const counts = Object.entries(status).filter(([, n]) => n > 0) as [VoxelStatus, number][];
  if (counts.some(([code]) => !WITHOUT_SIGNAL.includes(code))) return;
  const words = counts.map(([code, n]) => `${code} ${n}`).join(', ');
  throw new DataError(
    'fit/no-values',
    `${name}: no voxel has a signal to map (${words}); look at the images, and at the noise floor if one was given.`,
  );
}
