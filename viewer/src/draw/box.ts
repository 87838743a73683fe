/** A part of the displayed picture in pixels: columns left ≤ x < right, rows top ≤ y < bottom. */
import type { PictureSize, Point } from './shapes.ts';

export interface Box {
  readonly left: number;
  readonly top: number;
  readonly right: number;
  readonly bottom: number;
}

export const wholeOf = ({ width, height }: PictureSize): Box => ({
  left: 0,
  top: 0,
  right: width,
  bottom: height,
});

/** All pixels that a round brush may touch on its way, and `margin` more on each side. */
export function boxAround(size: PictureSize, from: Point, to: Point, margin: number): Box {
  return {
    left: Math.max(0, Math.floor(Math.min(from.x, to.x) - margin)),
    top: Math.max(0, Math.floor(Math.min(from.y, to.y) - margin)),
    right: Math.min(size.width, Math.ceil(Math.max(from.x, to.x) + margin)),
    bottom: Math.min(size.height, Math.ceil(Math.max(from.y, to.y) + margin)),
  };
}

/** The smallest box that holds both. */
export const unionOf = (a: Box, b: Box): Box => ({
  left: Math.min(a.left, b.left),
  top: Math.min(a.top, b.top),
  right: Math.max(a.right, b.right),
  bottom: Math.max(a.bottom, b.bottom),
});

export const grown = (box: Box, by: number, size: PictureSize): Box => ({
  left: Math.max(0, box.left - by),
  top: Math.max(0, box.top - by),
  right: Math.min(size.width, box.right + by),
  bottom: Math.min(size.height, box.bottom + by),
});
