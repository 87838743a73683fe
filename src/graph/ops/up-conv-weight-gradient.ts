/**
 * Gradient of `upConv` by its weights: `[n, i, h, w]` and `[n, o, 2h, 2w]` to `[i, o, 2, 2]`,
 * r[i, o, d] = Σ_{n, p} x[n, i, p]·g[n, o, 2p + d]. Linear in each input.
 */
import type { Primitive } from '../primitive.ts';
import { imageShape, shapeError } from '../shape.ts';

export const upConvWeightGradient: Primitive<'upConvWeightGradient'> = {
  shape([x, g]) {
    const a = imageShape('upConvWeightGradient', x!);
    const b = imageShape('upConvWeightGradient', g!);
    if (a.n !== b.n || 2 * a.h !== b.h || 2 * a.w !== b.w)
      throw shapeError('upConvWeightGradient', 'a second image of twice the size', x!, g!);
    return [a.c, b.c, 2, 2];
  },
  gradient: ({ inputs: [x, g] }, upstream, { downConv, upConv }) => [
    downConv(g!, upstream),
    upConv(x!, upstream),
  ],
  emit(emitter, [x, g], { inputs }) {
    const { n, c: i, h, w } = imageShape('upConvWeightGradient', inputs[0]!.shape);
    const o = inputs[1]!.shape[1]!;
    // [n, o, 2h, 2w] → [n, h·w, (o, dy, dx)]: every 2×2 block becomes four channels of one pixel.
    const blocks = emitter.node('Transpose', [emitter.reshape(g!, [n, o, h, 2, w, 2])], {
      perm: [0, 2, 4, 1, 3, 5],
    });
    const columns = emitter.reshape(blocks, [n, h * w, 4 * o]);
    const product = emitter.node('MatMul', [emitter.reshape(x!, [n, i, h * w]), columns]);
    const summed = emitter.node('ReduceSum', [product, emitter.ints([0])], { keepdims: 0 });
    return emitter.reshape(summed, [i, o, 2, 2]);
  },
};
