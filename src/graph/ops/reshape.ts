/** The same elements in the same order under another shape. */
import type { Primitive } from '../primitive.ts';
import { shapeError, sizeOf } from '../shape.ts';

export const reshape: Primitive<'reshape'> = {
  shape([x], { shape }) {
    if (sizeOf(x!) !== sizeOf(shape)) throw shapeError('reshape', 'shapes of equal size', x!, shape);
    return shape;
  },
  gradient: ({ inputs: [x] }, g, { reshape }) => [reshape(g, x!.shape)],
  emit: (emitter, [x], { shape }) => emitter.reshape(x!, shape),
};
