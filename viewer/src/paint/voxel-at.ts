import { type Grid, type SliceDisplay, sliceSize } from '../../../src/index.ts';
import type { Place } from '../state/view.svelte.ts';

/** Place in `[slice, row, column]` of a pixel of the displayed picture; `undefined` outside of it. */
export function voxelAt(
  grid: Grid,
  { width, height, start, stepX, stepY }: SliceDisplay,
  place: Place,
): number | undefined {
  const [x, y] = [Math.floor(place.x), Math.floor(place.y)];
  if (x < 0 || y < 0 || x >= width || y >= height) return undefined;
  return place.slice * sliceSize(grid) + start + x * stepX + y * stepY;
}
