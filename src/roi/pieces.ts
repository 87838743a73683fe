/** How many pieces a region falls into in each slice, and how large they are. Neighbours share an edge. */
import type { Grid } from '../core/grid.ts';
import { sliceSize } from '../core/grid.ts';

/** Sizes of the pieces of the voxels that `belongs` names in one slice, largest first. */
export function pieceSizes(grid: Grid, slice: number, belongs: (voxel: number) => boolean): number[] {
  const n = sliceSize(grid);
  const start = slice * n;
  const open = new Uint8Array(n);
  for (let p = 0; p < n; p++) open[p] = belongs(start + p) ? 1 : 0;
  const sizes: number[] = [];
  for (let p = 0; p < n; p++) {
    if (open[p] === 0) continue;
    open[p] = 0;
    const stack = [p];
    let size = 0;
    for (let at = stack.pop(); at !== undefined; at = stack.pop()) {
      size++;
      for (const next of neighbours(at, grid)) {
        if (open[next] === 0) continue;
        open[next] = 0;
        stack.push(next);
      }
    }
    sizes.push(size);
  }
  return sizes.sort((a, b) => b - a);
}

function neighbours(p: number, { nColumns, nRows }: Grid): number[] {
  const [row, column] = [Math.floor(p / nColumns), p % nColumns];
  return [
    ...(row > 0 ? [p - nColumns] : []),
    ...(row < nRows - 1 ? [p + nColumns] : []),
    ...(column > 0 ? [p - 1] : []),
    ...(column < nColumns - 1 ? [p + 1] : []),
  ];
}
