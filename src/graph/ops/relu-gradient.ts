/** `g` where `y` > 0, else 0: the gradient of y = relu(x). Linear in `g`; its gradient by `y` is zero. */
import type { Primitive } from '../primitive.ts';
import { sameShape, shapeError } from '../shape.ts';

export const reluGradient: Primitive<'reluGradient'> = {
  shape([y, g]) {
    if (!sameShape(y!, g!)) throw shapeError('reluGradient', 'two equal shapes', y!, g!);
    return y!;
  },
  gradient: ({ inputs: [y] }, upstream, { reluGradient }) => [null, reluGradient(y!, upstream)],
  emit: (emitter, [y, g]) =>
    emitter.node('Where', [
      emitter.node('Greater', [y!, emitter.floats(Float32Array.of(0))]),
      g!,
      emitter.floats(Float32Array.of(0)),
    ]),
};
