/** The edge of the regions in a displayed slice as an SVG path along pixel borders, in picture pixels. */
import { sliceSize } from '../core/grid.ts';
import type { Mask } from '../core/volume.ts';
import type { SliceDisplay } from './slice-display.ts';

/** Lines wherever two neighbours carry different labels; straight runs are one line. */
export function roiOutline(mask: Mask, slice: number, display: SliceDisplay): string {
  const { width, height } = display;
  const offset = slice * sliceSize(mask.grid) + display.start;
  const label = (x: number, y: number): number =>
    x < 0 || y < 0 || x >= width || y >= height
      ? 0
      : mask.labels[offset + x * display.stepX + y * display.stepY]!;
  const lines: string[] = [];
  for (let y = 0; y <= height; y++)
    forRuns(
      width,
      (x) => label(x, y - 1) !== label(x, y),
      (from, to) => lines.push(`M${from} ${y}H${to}`),
    );
  for (let x = 0; x <= width; x++)
    forRuns(
      height,
      (y) => label(x - 1, y) !== label(x, y),
      (from, to) => lines.push(`M${x} ${from}V${to}`),
    );
  return lines.join('');
}

/** Calls `use` with each longest run [from, to) of 0…n−1 on which `holds`. */
function forRuns(n: number, holds: (i: number) => boolean, use: (from: number, to: number) => void): void {
  for (let i = 0; i < n; i++) {
    if (!holds(i)) continue;
    const from = i;
    while (i < n && holds(i)) i++;
    use(from, i);
  }
}
