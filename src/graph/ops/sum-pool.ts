/** The sum of each 2×2 block, the adjoint of `upsample`: `[n, c, 2h, 2w]` to `[n, c, h, w]`. */
import type { Primitive } from '../primitive.ts';
import { imageShape } from '../shape.ts';
import { halvedImage } from './halve.ts';

export const sumPool: Primitive<'sumPool'> = {
  shape: ([x]) => halvedImage('sumPool', x!),
  gradient: (_, g, { upsample }) => [upsample(g)],
  emit(emitter, [x], { inputs }) {
    const { n, c, h, w } = imageShape('sumPool', inputs[0]!.shape);
    const blocks = emitter.reshape(x!, [n * c, h / 2, 2, w / 2, 2]);
    const summed = emitter.node('ReduceSum', [blocks, emitter.ints([2, 4])], { keepdims: 0 });
    return emitter.reshape(summed, [n, c, h / 2, w / 2]);
  },
};
