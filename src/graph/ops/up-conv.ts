/**
 * Transposed 2×2 convolution with stride 2, `[n, i, h, w]` and weights `[i, o, 2, 2]` to `[n, o, 2h, 2w]`:
 * y[o, 2p + d] = Σ_i w[i, o, d]·x[i, p]. An optional third input `[o]` is added to every pixel.
 */
import type { Primitive } from '../primitive.ts';
import { imageShape, sameShape, shapeError } from '../shape.ts';

export const upConv: Primitive<'upConv'> = {
  shape([x, w, bias]) {
    const { n, c, h, w: width } = imageShape('upConv', x!);
    const [i, o, ...kernel] = w!;
    if (i !== c || !sameShape(kernel, [2, 2])) throw shapeError('upConv', `weights [${c}, o, 2, 2]`, x!, w!);
    if (bias && !sameShape(bias, [o!]))
      throw shapeError('upConv', 'a bias of one number per channel', w!, bias);
    return [n, o!, 2 * h, 2 * width];
  },
  gradient: ({ inputs: [x, w, bias] }, g, { downConv, upConvWeightGradient, channelSum }) => [
    downConv(g, w!),
    upConvWeightGradient(x!, g),
    ...(bias ? [channelSum(g)] : []),
  ],
  // A 1×1 convolution to four values per pixel, then these laid out as 2×2 blocks: faster than ConvTranspose.
  emit(emitter, [x, w, bias], { inputs }) {
    const [i, o] = inputs[1]!.shape as [number, number];
    const rows = emitter.reshape(emitter.node('Transpose', [w!], { perm: [1, 2, 3, 0] }), [4 * o, i, 1, 1]);
    const four = emitter.node('Conv', [x!, rows], { kernel_shape: [1, 1] });
    const y = emitter.node('DepthToSpace', [four], { blocksize: 2, mode: 'CRD' });
    return bias ? emitter.node('Add', [y, emitter.reshape(bias, [o, 1, 1])]) : y;
  },
};
