/**
 * Regions from DICOM (Segmentation, RT Structure Set) as a mask on the grid of the images. Regions lie in the patient,
 * not on a grid: each voxel belongs to the region that holds its centre. What overlaps goes to the first region.
 */
import { DataError } from '../../../core/errors.ts';
import { type Grid, voxelCount } from '../../../core/grid.ts';
import type { Mask } from '../../../core/volume.ts';
import type { WarningSink } from '../../../core/warnings.ts';
import { openDicom } from '../part10.ts';
import { text } from '../values.ts';
import { paintSegmentation } from './segmentation.ts';
import { paintStructureSet } from './structure-set.ts';

/** Sets the voxels of one region; one that is taken already stays. */
export type Paint = (voxel: number, label: number) => void;

/** Reads what a file's regions are called, and paints them. */
export type RegionPainter = (
  file: ReturnType<typeof openDicom>,
  grid: Grid,
  paint: Paint,
) => ReadonlyMap<number, string>;

const PAINTERS: Readonly<Record<string, RegionPainter>> = {
  SEG: paintSegmentation,
  RTSTRUCT: paintStructureSet,
};

/** DICOM files begin with 128 bytes of anything, then `DICM`. */
export const looksLikeDicom = (bytes: Uint8Array): boolean =>
  String.fromCharCode(...bytes.subarray(128, 132)) === 'DICM';

/**
 * @throws DataError `roi/modality` for another object, `mask/empty` where no region meets the images; FormatError for a
 *   damaged file.
 */
export function maskFromDicom(bytes: Uint8Array, name: string, grid: Grid, warnings: WarningSink): Mask {
  const file = openDicom(bytes, name, warnings);
  const modality = text(file.dataSet, 'Modality') ?? 'none';
  const painter = PAINTERS[modality];
  if (!painter)
    throw new DataError(
      'roi/modality',
      `${name} is DICOM of modality ${modality}; regions come from a Segmentation (SEG), a structure set (RTSTRUCT) or NIfTI.`,
    );
  const labels = new Uint16Array(voxelCount(grid));
  let nOverlapping = 0;
  const names = painter(file, grid, (voxel, label) => {
    if (labels[voxel] === 0) labels[voxel] = label;
    else if (labels[voxel] !== label) nOverlapping++;
  });
  if (nOverlapping > 0)
    warnings.add(
      'roi/overlap',
      name,
      `${nOverlapping} voxels lie in two regions; each counts for the first one only.`,
    );
  if (!labels.some((label) => label > 0))
    throw new DataError(
      'mask/empty',
      `${name}: none of its ${names.size} regions holds a voxel of the images; was it drawn on another scan?`,
    );
  return { grid, labels, names };
}
