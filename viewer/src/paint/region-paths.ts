/** The regions of one displayed slice as paths in picture pixels: areas by runs of a row, outlines along pixel edges. */
import { type Grid, type SliceDisplay, sliceSize } from '../../../src/index.ts';
import type { Box } from '../draw/box.ts';

export interface RegionPath {
  readonly label: number;
  readonly area: Path2D;
  readonly outline: Path2D;
}

/** Of the pixels of a box; what is outside of it counts as it is, so that a box's outlines go on beyond it. */
export function regionPaths(
  labels: Uint16Array,
  grid: Grid,
  slice: number,
  display: SliceDisplay,
  box: Box,
): RegionPath[] {
  const { width, height, start, stepX, stepY } = display;
  const offset = slice * sliceSize(grid) + start;
  const found = new Map<number, RegionPath>();
  const pathOf = (label: number): RegionPath => {
    const known = found.get(label);
    if (known) return known;
    const fresh = { label, area: new Path2D(), outline: new Path2D() };
    found.set(label, fresh);
    return fresh;
  };
  for (let y = box.top; y < box.bottom; y++)
    for (let x = box.left; x < box.right; ) {
      const at = offset + x * stepX + y * stepY;
      const label = labels[at]!;
      if (label === 0) {
        x++;
        continue;
      }
      let end = x + 1;
      while (end < box.right && labels[offset + end * stepX + y * stepY] === label) end++;
      const path = pathOf(label);
      path.area.rect(x, y, end - x, 1);
      // A run that the box cuts off has no end there.
      const isSame = (i: number): boolean =>
        i >= 0 && i < width && labels[offset + i * stepX + y * stepY] === label;
      if (!isSame(x - 1)) line(path.outline, x, y, x, y + 1);
      if (!isSame(end)) line(path.outline, end, y, end, y + 1);
      edges(path.outline, x, end, y, (i) => y > 0 && labels[offset + i * stepX + (y - 1) * stepY] === label);
      edges(
        path.outline,
        x,
        end,
        y + 1,
        (i) => y + 1 < height && labels[offset + i * stepX + (y + 1) * stepY] === label,
      );
      x = end;
    }
  // Where outlines meet, the same one lies on top however much of them is drawn.
  return [...found.values()].sort((a, b) => a.label - b.label);
}

/** Pixels of a box for which something holds, as an area. */
export function areaOf(box: Box, holds: (x: number, y: number) => boolean): Path2D {
  const area = new Path2D();
  for (let y = box.top; y < box.bottom; y++)
    for (let x = box.left; x < box.right; x++) {
      if (!holds(x, y)) continue;
      let end = x + 1;
      while (end < box.right && holds(end, y)) end++;
      area.rect(x, y, end - x, 1);
      x = end;
    }
  return area;
}

/** Horizontal edges along a row's border, where the neighbour across it is not of the region. */
function edges(path: Path2D, from: number, to: number, y: number, isSame: (x: number) => boolean): void {
  for (let x = from; x < to; ) {
    if (isSame(x)) {
      x++;
      continue;
    }
    let end = x + 1;
    while (end < to && !isSame(end)) end++;
    line(path, x, y, end, y);
    x = end;
  }
}

function line(path: Path2D, x0: number, y0: number, x1: number, y1: number): void {
  path.moveTo(x0, y0);
  path.lineTo(x1, y1);
}
