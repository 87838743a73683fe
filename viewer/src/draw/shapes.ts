/** Which pixels a tool touches, in pixels of the displayed picture: pixel (x, y) covers x…x+1 and y…y+1. */
import { boxAround } from './box.ts';

export interface Point {
  readonly x: number;
  readonly y: number;
}

export interface PictureSize {
  readonly width: number;
  readonly height: number;
}

export type Visit = (x: number, y: number) => void;

/** A round brush drawn from one point to another: pixels whose centre is within the radius of the line. */
export function visitStroke(size: PictureSize, from: Point, to: Point, radius: number, visit: Visit): void {
  const reach = Math.max(radius, 0.5);
  const { left, top, right, bottom } = boxAround(size, from, to, reach);
  const [dx, dy] = [to.x - from.x, to.y - from.y];
  const lengthSquared = dx * dx + dy * dy;
  for (let y = top; y < bottom; y++)
    for (let x = left; x < right; x++) {
      const [px, py] = [x + 0.5 - from.x, y + 0.5 - from.y];
      const t = lengthSquared > 0 ? Math.max(0, Math.min(1, (px * dx + py * dy) / lengthSquared)) : 0;
      const isUnder = x === Math.floor(to.x) && y === Math.floor(to.y);
      if (isUnder || (px - t * dx) ** 2 + (py - t * dy) ** 2 <= reach * reach) visit(x, y);
    }
}

/** Pixels whose centre lies inside a closed polygon (even–odd rule). */
export function visitPolygon(size: PictureSize, corners: readonly Point[], visit: Visit): void {
  if (corners.length < 3) return;
  const ys = corners.map(({ y }) => y);
  const [top, bottom] = [Math.max(0, Math.floor(Math.min(...ys))), Math.ceil(Math.max(...ys))];
  for (let y = top; y < Math.min(size.height, bottom); y++) {
    const crossings = crossingsAt(corners, y + 0.5);
    for (let i = 0; i + 1 < crossings.length; i += 2) {
      const first = Math.max(0, Math.ceil(crossings[i]! - 0.5));
      const last = Math.min(size.width - 1, Math.ceil(crossings[i + 1]! - 0.5) - 1);
      for (let x = first; x <= last; x++) visit(x, y);
    }
  }
}

/** Where the polygon's edges cross a horizontal line, from the left. */
function crossingsAt(corners: readonly Point[], y: number): number[] {
  const found: number[] = [];
  corners.forEach((a, i) => {
    const b = corners[(i + 1) % corners.length]!;
    if (a.y <= y === b.y <= y) return;
    found.push(a.x + ((y - a.y) / (b.y - a.y)) * (b.x - a.x));
  });
  return found.sort((a, b) => a - b);
}

/** Pixels that hang together with the first by edges and for which `belongs` holds. */
export function visitFlood(
  { width, height }: PictureSize,
  start: Point,
  belongs: (x: number, y: number) => boolean,
  visit: Visit,
): void {
  const [x0, y0] = [Math.floor(start.x), Math.floor(start.y)];
  const isInside = (x: number, y: number): boolean => x >= 0 && y >= 0 && x < width && y < height;
  if (!isInside(x0, y0) || !belongs(x0, y0)) return;
  const seen = new Uint8Array(width * height);
  const waiting = [y0 * width + x0];
  seen[waiting[0]!] = 1;
  while (waiting.length > 0) {
    const at = waiting.pop()!;
    const [x, y] = [at % width, Math.floor(at / width)];
    visit(x, y);
    for (const [nx, ny] of [
      [x - 1, y],
      [x + 1, y],
      [x, y - 1],
      [x, y + 1],
    ] as const) {
      const next = ny * width + nx;
      if (!isInside(nx, ny) || seen[next] || !belongs(nx, ny)) continue;
      seen[next] = 1;
      waiting.push(next);
    }
  }
}
