/**
 * The gradient of y = maxPool(x): `g` `[n, c, h, w]` goes to those pixels of x `[n, c, 2h, 2w]` that are the largest of
 * their block. Linear in `g`; its gradients by x and y are zero.
 */
import type { Primitive } from '../primitive.ts';
import { sameShape, shapeError } from '../shape.ts';
import { halvedImage } from './halve.ts';
import { emitUpsample } from './upsample.ts';

export const maxPoolGradient: Primitive<'maxPoolGradient'> = {
  shape([x, y, g]) {
    if (!sameShape(halvedImage('maxPoolGradient', x!), y!) || !sameShape(y!, g!))
      throw shapeError('maxPoolGradient', 'an image and two of half its size', x!, y!, g!);
    return x!;
  },
  gradient: ({ inputs: [x, y] }, upstream, { equal, sumPool, upsample, where }) => [
    null,
    null,
    sumPool(where(equal(x!, upsample(y!)), upstream, 0)),
  ],
  emit(emitter, [x, y, g], value) {
    const repeat = (tensor: string): string => emitUpsample(emitter, tensor, value.inputs[1]!.shape);
    const isLargest = emitter.node('Equal', [x!, repeat(y!)]);
    return emitter.node('Where', [isLargest, repeat(g!), emitter.floats(Float32Array.of(0))]);
  },
};
