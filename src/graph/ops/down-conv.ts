/**
 * 2×2 convolution with stride 2, the adjoint of `upConv`: `[n, o, 2h, 2w]` and weights `[i, o, 2, 2]` to
 * `[n, i, h, w]`, r[i, p] = Σ_{o, d} w[i, o, d]·y[o, 2p + d].
 */
import type { Primitive } from '../primitive.ts';
import { imageShape, sameShape, shapeError } from '../shape.ts';

export const downConv: Primitive<'downConv'> = {
  shape([y, w]) {
    const { n, c, h, w: width } = imageShape('downConv', y!);
    const [i, ...rest] = w!;
    if (!sameShape(rest, [c, 2, 2]) || h % 2 !== 0 || width % 2 !== 0)
      throw shapeError('downConv', `an image of even size and weights [i, ${c}, 2, 2]`, y!, w!);
    return [n, i!, h / 2, width / 2];
  },
  gradient: ({ inputs: [y, w] }, g, { upConv, upConvWeightGradient }) => [
    upConv(g, w!),
    upConvWeightGradient(g, y!),
  ],
  emit: (emitter, inputs) => emitter.node('Conv', inputs, { kernel_shape: [2, 2], strides: [2, 2] }),
};
