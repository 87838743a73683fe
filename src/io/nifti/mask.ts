/** A label image (0 outside, 1… regions) as a mask on the grid of the images it belongs to. */
import { DataError, ShapeError } from '../../core/errors.ts';
import { type Grid, gridDifference } from '../../core/grid.ts';
import type { Mask } from '../../core/volume.ts';
import type { NiftiImage } from './read.ts';

export interface NiftiMaskOptions {
  /** The grid of the images; the mask must share it. */
  readonly grid: Grid;
  /** What the grid belongs to, for messages; default `the images`. */
  readonly gridName?: string;
  /** Names by label, where known. */
  readonly names?: ReadonlyMap<number, string>;
}

/** Scaled masks (slope 1/255) miss whole numbers by float32 rounding only. */
const LABEL_TOLERANCE = 1e-3;
const MAX_LABEL = 65_535;

/**
 * @throws ShapeError if the mask lies on another grid, DataError if it does not hold labels.
 */
export function maskFromNifti(image: NiftiImage, options: NiftiMaskOptions): Mask {
  const { grid, gridName = 'the images', names } = options;
  if (image.nVolumes !== 1)
    throw new DataError(
      'mask/volumes',
      `${image.name}: a mask is one image of labels; this file has ${image.nVolumes} volumes.`,
    );
  const difference = gridDifference(image.grid, grid);
  if (difference !== undefined)
    throw new ShapeError(
      'mask/grid',
      `The mask ${image.name} does not lie on the grid of ${gridName}: ${difference}; ` +
        'draw it on these images, or resample it to them.',
    );
  const labels = new Uint16Array(image.values.length);
  for (let i = 0; i < labels.length; i++) labels[i] = labelOf(image.values[i]!, image.name);
  return { grid, labels, ...(names && { names }) };
}

function labelOf(value: number, where: string): number {
  const label = Math.round(value);
  if (!(Math.abs(value - label) <= LABEL_TOLERANCE) || label < 0 || label > MAX_LABEL)
    throw new DataError(
      'mask/labels',
      `${where}: a mask holds whole labels from 0 to ${MAX_LABEL}, but one voxel is ${value}; ` +
        'turn probabilities into labels first.',
    );
  return label;
}
