/** A small picture of a subject's map: the slice with most of the region, cut to the body, the region outlined. */
import { sliceSize } from '../../core/grid.ts';
import type { ParametricMap } from '../../core/volume.ts';
import { bodyCrop } from '../patient/crop.ts';
import { encodePng, pngDataUri } from '../png.ts';
import { sliceDisplay } from '../slice-display.ts';
import { slicePixels } from '../slice-pixels.ts';

export interface Thumbnail {
  /** `data:` address of a PNG. */
  readonly uri: string;
  readonly width: number;
  readonly height: number;
  /** From 0. */
  readonly slice: number;
}

/** Longest side, pixels: a thousand such pictures stay within the page's size. */
const SIDE = 96;

/**
 * @param map T1rho in ms.
 * @param region not 0 inside, `[slice, row, column]`; the middle slice is shown where there is none.
 */
export function thumbnail(
  map: ParametricMap,
  region: ArrayLike<number> | undefined,
  range: readonly [number, number],
): Thumbnail {
  const slice = sliceToShow(map, region);
  const crop = bodyCrop(map);
  const inside = Uint8Array.from({ length: map.values.length }, (_, i) => (region?.[i] ? 1 : 0));
  const small = shrink(
    { ...map, grid: crop.grid, values: crop.cut(map.values), status: crop.cut(map.status) },
    crop.cut(inside),
    slice,
  );
  const display = sliceDisplay(small.map.grid);
  const { rgba } = slicePixels(small.map, 0, display, { range, colours: 'viridis', marksCutoffs: true });
  const { width, height, start, stepX, stepY } = display;
  const isInside = (x: number, y: number): boolean =>
    x >= 0 && y >= 0 && x < width && y < height && small.inside[start + x * stepX + y * stepY] === 1;
  for (let y = 0; y < height; y++)
    for (let x = 0; x < width; x++) {
      const isEdge =
        isInside(x, y) &&
        !(isInside(x - 1, y) && isInside(x + 1, y) && isInside(x, y - 1) && isInside(x, y + 1));
      if (isEdge) rgba.fill(255, 4 * (y * width + x), 4 * (y * width + x) + 3);
    }
  return { uri: pngDataUri(encodePng(width, height, rgba)), width, height, slice };
}

function sliceToShow({ grid }: ParametricMap, region: ArrayLike<number> | undefined): number {
  const counts = new Array<number>(grid.nSlices).fill(0);
  for (let i = 0; i < (region?.length ?? 0); i++) if (region![i]) counts[Math.floor(i / sliceSize(grid))]!++;
  const most = Math.max(...counts);
  return most > 0 ? counts.indexOf(most) : Math.floor(grid.nSlices / 2);
}

/** One slice with every n-th pixel. */
function shrink(
  map: ParametricMap,
  inside: Uint8Array,
  slice: number,
): { readonly map: ParametricMap; readonly inside: Uint8Array } {
  const { grid } = map;
  const every = Math.max(1, Math.ceil(Math.max(grid.nColumns, grid.nRows) / SIDE));
  const [nColumns, nRows] = [Math.ceil(grid.nColumns / every), Math.ceil(grid.nRows / every)];
  const from = Int32Array.from(
    { length: nColumns * nRows },
    (_, i) =>
      slice * sliceSize(grid) + Math.floor(i / nColumns) * every * grid.nColumns + (i % nColumns) * every,
  );
  return {
    map: {
      ...map,
      grid: { ...grid, nColumns, nRows, nSlices: 1 },
      values: Float32Array.from(from, (i) => map.values[i]!),
      status: Uint8Array.from(from, (i) => map.status[i]!),
    },
    inside: Uint8Array.from(from, (i) => inside[i]!),
  };
}
