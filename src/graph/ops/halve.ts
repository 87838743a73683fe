/** The shape rule of the primitives that make one pixel of each 2×2 block. */
import { imageShape, type Shape, shapeError } from '../shape.ts';

export function halvedImage(op: string, shape: Shape): Shape {
  const { n, c, h, w } = imageShape(op, shape);
  if (h % 2 !== 0 || w % 2 !== 0) throw shapeError(op, 'an image of even height and width', shape);
  return [n, c, h / 2, w / 2];
}
