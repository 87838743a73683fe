/** Repeats missing axes and axes of length 1 up to a shape. */
import type { Primitive } from '../primitive.ts';
import { broadcastShapes, sameShape, shapeError } from '../shape.ts';

export const broadcast: Primitive<'broadcast'> = {
  shape([x], { shape }) {
    if (!sameShape(broadcastShapes('broadcast', x!, shape), shape))
      throw shapeError('broadcast', 'a shape that contains the other', x!, shape);
    return shape;
  },
  gradient: ({ inputs: [x] }, g, { sumTo }) => [sumTo(g, x!.shape)],
  emit: (emitter, [x], { shape }) => emitter.node('Expand', [x!, emitter.ints(shape)]),
};
