/**
 * Convolution of an image `[n, i, h, w]` with a square odd kernel `[o, i, k, k]`, zeros at the border, stride 1: the
 * result `[n, o, h, w]` has the input's size. An optional third input `[o]` is added to every pixel.
 *
 * As in every deep-learning library this is a correlation: y[o, p] = Σ_{i, d} w[o, i, d]·x[i, p + d].
 */
import type { Primitive } from '../primitive.ts';
import { imageShape, sameShape, shapeError } from '../shape.ts';
import { isOp, type Value } from '../value.ts';

const withoutScale = (g: Value): [Value, Value?] =>
  isOp(g, 'channelAffine') && g.inputs.length === 2 ? [g.inputs[0]!, g.inputs[1]!] : [g];

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
  // A gradient that arrives as a scaled image (from `batchNorm`) is left unscaled: the weights, which are few, take the
  // scale instead.
  gradient({ inputs: [x, w, bias] }, upstream, build) {
    const { channelSum, conv2d, convWeightGradient, flipKernel, mul, reshape } = build;
    const [g, scale] = withoutScale(upstream);
    const scaled = (weights: Value): Value =>
      scale ? mul(weights, reshape(scale, [scale.shape[0]!, 1, 1, 1])) : weights;
    return [
      conv2d(g, flipKernel(scaled(w!))),
      scaled(convWeightGradient(x!, g, w!.shape[2]!)),
      ...(bias ? [channelSum(upstream)] : []),
    ];
  },
  emit(emitter, inputs, value) {
    const k = value.inputs[1]!.shape[2]!;
    const half = (k - 1) / 2;
    return emitter.node('Conv', inputs, { kernel_shape: [k, k], pads: [half, half, half, half] });
  },
};
