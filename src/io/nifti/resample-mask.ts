/** A mask drawn on another grid (a scan of other slices, a finer matrix) on the grid of the images. */
import { applyAffine, invertAffine, multiplyAffine } from '../../core/affine.ts';
import { DataError, ShapeError } from '../../core/errors.ts';
import { describeSize, type Grid, gridDifference, sliceSize, voxelCount } from '../../core/grid.ts';
import type { Mask } from '../../core/volume.ts';
import type { WarningSink } from '../../core/warnings.ts';

/**
 * Each voxel gets the label at its centre; labels are never mixed. A mask on the same grid comes back as it is.
 * @throws DataError `mask/empty` where nothing of the mask meets the images; ShapeError `mask/grid` for another matrix that
 *   claims the voxels of the images.
 */
export function resampleMask(mask: Mask, grid: Grid, name: string, warnings: WarningSink): Mask {
  const difference = gridDifference(mask.grid, grid);
  if (difference === undefined) return mask;
  refuseCopiedHeader(mask.grid, grid, name);
  const { nColumns, nRows, nSlices } = mask.grid;
  const toMask = multiplyAffine(invertAffine(mask.grid.affine), grid.affine);
  const labels = new Uint16Array(voxelCount(grid));
  for (let voxel = 0; voxel < labels.length; voxel++) {
    const inSlice = voxel % sliceSize(grid);
    const place = [
      inSlice % grid.nColumns,
      Math.floor(inSlice / grid.nColumns),
      Math.floor(voxel / sliceSize(grid)),
    ] as const;
    const [i, j, k] = applyAffine(toMask, place).map(Math.round) as [number, number, number];
    if (i < 0 || j < 0 || k < 0 || i >= nColumns || j >= nRows || k >= nSlices) continue;
    labels[voxel] = mask.labels[(k * nRows + j) * nColumns + i]!;
  }
  if (!labels.some((label) => label > 0))
    throw new DataError(
      'mask/empty',
      `${name}: no region of this mask meets the images (${describeSize(mask.grid)} against ${describeSize(grid)} voxels); was it drawn on another scan?`,
    );
  warnings.add(
    'mask/resampled',
    name,
    `the mask lies on another grid than the images (${difference}); each voxel takes the label at its centre.`,
  );
  return { ...mask, grid, labels };
}

/** A mask that was cropped or scaled while the header of the images was kept does not say where it lies. */
function refuseCopiedHeader(own: Grid, grid: Grid, name: string): void {
  const hasOtherMatrix = own.nColumns !== grid.nColumns || own.nRows !== grid.nRows;
  if (!hasOtherMatrix || gridDifference({ ...grid, affine: own.affine }, grid) !== undefined) return;
  throw new ShapeError(
    'mask/grid',
    `${name} has the voxel size and the position of the images, but another matrix (${describeSize(own)} against ${describeSize(grid)} voxels): where it lies is not certain; draw it on these images, or resample it to them.`,
  );
}
