/** Maps cut to the part of the image that holds the body, so that the liver is as large as the page allows. */
import { applyAffine } from '../../core/affine.ts';
import { type Grid, sliceSize } from '../../core/grid.ts';
import { VOXEL_STATUS } from '../../core/status.ts';
import type { ParametricMap } from '../../core/volume.ts';

export interface Crop {
  readonly grid: Grid;
  /** Cuts an array `[slice, row, column]` of the whole grid. */
  cut<A extends Float32Array | Uint8Array | Uint16Array>(values: A): A;
}

const MARGIN = 4;

/** Around every voxel with signal, in any slice; the whole image where there is none. */
export function bodyCrop({ grid, status }: ParametricMap): Crop {
  const perSlice = sliceSize(grid);
  let [top, bottom, left, right] = [grid.nRows, -1, grid.nColumns, -1];
  status.forEach((code, p) => {
    if (code === VOXEL_STATUS['no-signal']) return;
    const [row, column] = [Math.floor((p % perSlice) / grid.nColumns), p % grid.nColumns];
    [top, bottom] = [Math.min(top, row), Math.max(bottom, row)];
    [left, right] = [Math.min(left, column), Math.max(right, column)];
  });
  if (bottom < 0) [top, bottom, left, right] = [0, grid.nRows - 1, 0, grid.nColumns - 1];
  const [row, column] = [Math.max(0, top - MARGIN), Math.max(0, left - MARGIN)];
  const nRows = Math.min(grid.nRows, bottom + 1 + MARGIN) - row;
  const nColumns = Math.min(grid.nColumns, right + 1 + MARGIN) - column;
  const [x, y, z] = applyAffine(grid.affine, [column, row, 0]);
  const affine = grid.affine.map((value, i) => ({ 3: x, 7: y, 11: z })[i] ?? value);
  return {
    grid: { ...grid, nRows, nColumns, affine },
    cut<A extends Float32Array | Uint8Array | Uint16Array>(values: A): A {
      const out = values.slice(0, nRows * nColumns * grid.nSlices) as A;
      for (let k = 0; k < grid.nSlices; k++)
        for (let r = 0; r < nRows; r++) {
          const from = k * perSlice + (row + r) * grid.nColumns + column;
          out.set(values.subarray(from, from + nColumns), (k * nRows + r) * nColumns);
        }
      return out;
    },
  };
}
