/**
 * Why a voxel has the value it has. A voxel without a value is NaN in the map and says why here; never a bare NaN,
 * never 0 for a failure. The numbers are stored in `status.nii.gz` and must not change.
 */
export const VOXEL_STATUS = {
  ok: 0,
  'at-lower-cutoff': 1,
  'at-upper-cutoff': 2,
  'no-signal': 3,
  'no-decay': 4,
  'not-finite': 5,
  masked: 6,
} as const;

export type VoxelStatus = keyof typeof VOXEL_STATUS;

export const VOXEL_STATUS_NAMES: readonly VoxelStatus[] = Object.keys(VOXEL_STATUS) as VoxelStatus[];
