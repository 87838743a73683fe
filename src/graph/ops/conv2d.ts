/**
 * Convolution of an image `[n, i, h, w]` with a square odd kernel `[o, i, k, k]`, zeros at the border, stride 1: the
 * result `[n, o, h, w]` has the input's size. An optional third input `[o]` is added to every pixel.
 *
 * As in every deep-learning library this is a correlation: y[o, p] = Σ_{i, d} w[o, i, d]·x[i, p + d].
 */
import type { Primitive } from '../primitive.ts';
import { imageShape, sameShape, shapeError } from '../shape.ts';

export const conv2d: Primitive<'conv2d'> = {
  shape([x, w, bias]) {
    const { n, c, h, w: width } = imageShape('conv2d', x!);
    const [o, i, k, k2] = w!;
    if (w!.length !== 4 || i !== c || k !== k2 || k! % 2 === 0)
      throw shapeError('conv2d', `weights [o, ${c}, k, k] with k odd`, x!, w!);
    if (bias && !sameShape(bias, [o!]))
      throw shapeError('conv2d', 'a bias of one number per channel', w!, bias);
    return [n, o!, h, width];
  },
  // The gradient by the image is itself such a convolution, with the kernel turned round and its channels swapped.
  gradient: ({ inputs: [x, w, bias] }, g, { conv2d, convWeightGradient, flipKernel, channelSum }) => [
    conv2d(g, flipKernel(w!)),
    convWeightGradient(x!, g, w!.shape[2]!),
    ...(bias ? [channelSum(g)] : []),
  ],
  emit(emitter, inputs, value) {
    const k = value.inputs[1]!.shape[2]!;
    const half = (k - 1) / 2;
    return emitter.node('Conv', inputs, { kernel_shape: [k, k], pads: [half, half, half, half] });
  },
};
