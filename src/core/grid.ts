import { type Affine, applyAffine, determinant } from './affine.ts';
import { ShapeError } from './errors.ts';

/**
 * The voxel grid that images, maps and masks share. Arrays on it are flat, order `[slice, row, column]`, column
 * fastest (NIfTI's memory order), so voxel (column i, row j, slice k) is at `(k·nRows + j)·nColumns + i`.
 */
export interface Grid {
  readonly nColumns: number;
  readonly nRows: number;
  readonly nSlices: number;
  readonly affine: Affine;
}

export const voxelCount = (grid: Grid): number => grid.nColumns * grid.nRows * grid.nSlices;

/** Voxels of one slice. */
export const sliceSize = (grid: Grid): number => grid.nColumns * grid.nRows;

/** Scanners round positions to about 1e-3 mm; half a percent of a typical voxel is well below any real shift. */
export const GRID_TOLERANCE_MM = 0.01;

/** Throws `ShapeError` unless sizes are positive integers and the affine spans three dimensions. */
export function assertGrid(grid: Grid, where: string): void {
  for (const n of [grid.nColumns, grid.nRows, grid.nSlices])
    if (!Number.isSafeInteger(n) || n < 1)
      throw new ShapeError(
        'grid/size',
        `${where}: a grid needs positive whole sizes, got ${describeSize(grid)}.`,
      );
  if (grid.affine.length !== 16 || !grid.affine.every(Number.isFinite) || determinant(grid.affine) === 0)
    throw new ShapeError('grid/affine', `${where}: the affine does not span three dimensions.`);
}

export const describeSize = (grid: Grid): string => `${grid.nColumns}×${grid.nRows}×${grid.nSlices}`;

/** Why two grids differ, in words for an error message; `undefined` where they agree. */
export function gridDifference(
  a: Grid,
  b: Grid,
  toleranceMm: number = GRID_TOLERANCE_MM,
): string | undefined {
  if (a.nColumns !== b.nColumns || a.nRows !== b.nRows || a.nSlices !== b.nSlices)
    return `size ${describeSize(a)} against ${describeSize(b)}`;
  let worst = 0;
  for (const i of [0, a.nColumns - 1])
    for (const j of [0, a.nRows - 1])
      for (const k of [0, a.nSlices - 1]) {
        const [p, q] = [applyAffine(a.affine, [i, j, k]), applyAffine(b.affine, [i, j, k])];
        worst = Math.max(worst, Math.hypot(p[0] - q[0], p[1] - q[1], p[2] - q[2]));
      }
  return worst <= toleranceMm ? undefined : `corners up to ${worst.toPrecision(3)} mm apart`;
}
