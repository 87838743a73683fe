/**
 * The part of a study in which its regions lie. Numbers of regions are the same there as in the whole, and cost what the
 * regions hold, not what the images hold: a few times a second while somebody draws.
 */
import { type Grid, type Mask, type ParametricMap, sliceSize } from '../../../src/index.ts';

/** Rows and slices that hold labels, ends excluded. */
export interface Extent {
  readonly slices: readonly [from: number, to: number];
  readonly rows: readonly [from: number, to: number];
}

/** `undefined` where no voxel has a label. */
export function extentOf({ nColumns, nRows, nSlices }: Grid, labels: Uint16Array): Extent | undefined {
  let [firstSlice, lastSlice, firstRow, lastRow] = [nSlices, -1, nRows, -1];
  for (let line = 0, at = 0; line < nSlices * nRows; line++) {
    const end = at + nColumns;
    while (at < end && labels[at] === 0) at++;
    if (at === end) continue;
    at = end;
    const [slice, row] = [Math.floor(line / nRows), line % nRows];
    firstSlice = Math.min(firstSlice, slice);
    lastSlice = slice;
    firstRow = Math.min(firstRow, row);
    lastRow = Math.max(lastRow, row);
  }
  return lastSlice < 0 ? undefined : { slices: [firstSlice, lastSlice + 1], rows: [firstRow, lastRow + 1] };
}

/** A grid's part. Its affine is the whole one's: for numbers, not for places. */
export const partOfGrid = (grid: Grid, { slices, rows }: Extent): Grid => ({
  ...grid,
  nRows: rows[1] - rows[0],
  nSlices: slices[1] - slices[0],
});

export function partOf<A extends Float32Array | Uint8Array | Uint16Array>(
  values: A,
  grid: Grid,
  { slices, rows }: Extent,
): A {
  const { nColumns } = grid;
  const perSlice = (rows[1] - rows[0]) * nColumns;
  const part = values.slice(0, perSlice * (slices[1] - slices[0])) as A;
  for (let k = slices[0]; k < slices[1]; k++) {
    const from = k * sliceSize(grid) + rows[0] * nColumns;
    part.set(values.subarray(from, from + perSlice), (k - slices[0]) * perSlice);
  }
  return part;
}

export const partOfMap = (map: ParametricMap, extent: Extent): ParametricMap => ({
  ...map,
  grid: partOfGrid(map.grid, extent),
  values: partOf(map.values, map.grid, extent),
  status: partOf(map.status, map.grid, extent),
});

export const partOfMask = (mask: Mask, extent: Extent): Mask => ({
  ...mask,
  grid: partOfGrid(mask.grid, extent),
  labels: partOf(mask.labels, mask.grid, extent),
});
