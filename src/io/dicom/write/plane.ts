import { type Affine, applyAffine, type Vector3, voxelSizeMm } from '../../../core/affine.ts';
import type { Grid } from '../../../core/grid.ts';
import type { Attributes } from './attributes.ts';

/** Where slice `k` of a grid lies. RAS becomes LPS here, as `geometry.ts` turns it back on reading. */
export function planeAttributes(grid: Grid, k: number): Attributes {
  const { affine, nRows, nColumns } = grid;
  const [columnMm, rowMm, sliceMm] = voxelSizeMm(affine);
  return {
    SpacingBetweenSlices: sliceMm,
    ImagePositionPatient: lps(applyAffine(affine, [0, 0, k])),
    ImageOrientationPatient: [...lps(direction(affine, 0, columnMm)), ...lps(direction(affine, 1, rowMm))],
    Rows: nRows,
    Columns: nColumns,
    // Between rows first, then between columns.
    PixelSpacing: [rowMm, columnMm],
  };
}

const direction = (a: Affine, axis: 0 | 1, length: number): Vector3 => [
  a[axis]! / length,
  a[4 + axis]! / length,
  a[8 + axis]! / length,
];

/** Adding 0 turns −0 into 0. */
const lps = ([x, y, z]: Vector3): Vector3 => [-x + 0, -y + 0, z + 0];
