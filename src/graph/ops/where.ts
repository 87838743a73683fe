/** `a` where the condition holds, else `b`. */
import type { Primitive } from '../primitive.ts';
import { broadcastShapes } from '../shape.ts';

export const where: Primitive<'where'> = {
  shape: ([condition, a, b]) => broadcastShapes('where', condition!, broadcastShapes('where', a!, b!)),
  gradient: ({ inputs: [condition, a, b] }, g, { where, sumTo }) => [
    null,
    sumTo(where(condition!, g, 0), a!.shape),
    sumTo(where(condition!, 0, g), b!.shape),
  ],
  elementwise: true,
  emit: (emitter, inputs) => emitter.node('Where', inputs),
};
