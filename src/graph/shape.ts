/** Shapes of tensors, and the errors that name an operation and every shape it was given. */
import { ShapeError } from '../core/errors.ts';

/** Lengths of the axes, slowest first; a scalar is `[]`. */
export type Shape = readonly number[];

export const sizeOf = (shape: Shape): number => shape.reduce((product, length) => product * length, 1);

export const sameShape = (a: Shape, b: Shape): boolean =>
  a.length === b.length && a.every((length, axis) => length === b[axis]);

export const formatShape = (shape: Shape): string => `[${shape.join(', ')}]`;

/** The error of an operation that cannot take these shapes; `need` says what it takes. */
export function shapeError(op: string, need: string, ...shapes: readonly Shape[]): ShapeError {
  const given = shapes.map(formatShape).join(' and ');
  return new ShapeError('graph/shape', `${op} needs ${need}, but was given ${given}.`);
}

/**
 * NumPy's broadcasting: shapes are aligned at their last axis, and a missing axis or one of length 1 is repeated.
 * @throws ShapeError `graph/shape` naming `op` and both shapes.
 */
export function broadcastShapes(op: string, a: Shape, b: Shape): Shape {
  const rank = Math.max(a.length, b.length);
  return Array.from({ length: rank }, (_, axis) => {
    const m = a[axis - rank + a.length] ?? 1;
    const n = b[axis - rank + b.length] ?? 1;
    if (m !== n && m !== 1 && n !== 1) throw shapeError(op, 'shapes that broadcast', a, b);
    return m === 1 ? n : m;
  });
}

/** The axes of `from` over which a value of shape `to` was repeated to reach it. */
export function repeatedAxes(from: Shape, to: Shape): number[] {
  const missing = from.length - to.length;
  return from.flatMap((length, axis) => {
    const kept = axis >= missing && (to[axis - missing] === length || length === 1);
    return kept ? [] : [axis];
  });
}

/** Checks an image `[n, c, h, w]` and names its axes. */
export function imageShape(op: string, shape: Shape): { n: number; c: number; h: number; w: number } {
  if (shape.length !== 4) throw shapeError(op, 'an image [n, c, h, w]', shape);
  const [n, c, h, w] = shape as [number, number, number, number];
  return { n, c, h, w };
}
