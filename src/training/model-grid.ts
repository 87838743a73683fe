/**
 * The matrix on which a network sees a slice: the slice's own field of view at about the spacing that the network was
 * trained with, and sizes that the network can halve. The spacing gives way by at most half a step of the sizes (3 % at
 * 256 pixels), so that nothing has to be padded or cut off.
 */
import { voxelSizeMm } from '../core/affine.ts';
import { UnsupportedError } from '../core/errors.ts';
import type { Grid } from '../core/grid.ts';

export interface Matrix {
  readonly nRows: number;
  readonly nColumns: number;
}

export interface TrainedGrid {
  /** Edge of the square training images, pixels. */
  readonly imageSize: number;
  /** Their spacing, mm; where it is `null`, slices take the training images' matrix whatever their spacing. */
  readonly pixelMm: number | null;
  /** Sizes must be divisible by this. */
  readonly divisor: number;
}

/** Four times the paper's matrix: more is a mistake of units, and would take gigabytes. */
const MOST_PIXELS = 1024;

/** @throws UnsupportedError `map/matrix` where the field of view would need more than 1024 pixels. */
export function modelMatrix(grid: Grid, { imageSize, pixelMm, divisor }: TrainedGrid): Matrix {
  if (pixelMm === null) return { nRows: imageSize, nColumns: imageSize };
  const [columnMm, rowMm] = voxelSizeMm(grid.affine);
  const size = (n: number, mm: number): number =>
    divisor * Math.max(1, Math.round((n * mm) / pixelMm / divisor));
  const matrix = { nRows: size(grid.nRows, rowMm), nColumns: size(grid.nColumns, columnMm) };
  if (Math.max(matrix.nRows, matrix.nColumns) > MOST_PIXELS)
    throw new UnsupportedError(
      'map/matrix',
      `The field of view is ${Math.round(grid.nColumns * columnMm)}×${Math.round(grid.nRows * rowMm)} mm, far more than the ${Math.round(imageSize * pixelMm)} mm that the model was trained with; check the voxel size of the images.`,
    );
  return matrix;
}
