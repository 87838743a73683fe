/**
 * Gradient of `conv2d` by its weights: `[n, i, h, w]` and `[n, o, h, w]` to `[o, i, k, k]`,
 * r[o, i, d] = Σ_{n, p} x[n, i, p + d]·g[n, o, p]. Linear in each input.
 */
import type { Primitive } from '../primitive.ts';
import { imageShape, shapeError } from '../shape.ts';

export const convWeightGradient: Primitive<'convWeightGradient'> = {
  shape([x, g], { kernel }) {
    const a = imageShape('convWeightGradient', x!);
    const b = imageShape('convWeightGradient', g!);
    if (a.n !== b.n || a.h !== b.h || a.w !== b.w)
      throw shapeError('convWeightGradient', 'images of one size', x!, g!);
    return [b.c, a.c, kernel, kernel];
  },
  gradient: ({ inputs: [x, g] }, upstream, { conv2d, flipKernel }) => [
    conv2d(g!, flipKernel(upstream)),
    conv2d(x!, upstream),
  ],
  // One matrix product per kernel position, between the gradient and the image shifted by that position.
  emit(emitter, [x, g], { inputs, attributes: { kernel } }) {
    const { n, c: i, h, w } = imageShape('convWeightGradient', inputs[0]!.shape);
    const o = inputs[1]!.shape[1]!;
    const half = (kernel - 1) / 2;
    const padded =
      half === 0 ? x! : emitter.node('Pad', [x!, emitter.ints([0, 0, half, half, 0, 0, half, half])]);
    const rows = emitter.reshape(g!, [n, o, h * w]);
    const products = Array.from({ length: kernel * kernel }, (_, position) => {
      const [dy, dx] = [Math.floor(position / kernel), position % kernel];
      const shifted =
        half === 0
          ? x!
          : emitter.node('Slice', [
              padded,
              emitter.ints([dy, dx]),
              emitter.ints([dy + h, dx + w]),
              emitter.ints([2, 3]),
            ]);
      const columns = emitter.node('Transpose', [emitter.reshape(shifted, [n, i, h * w])], {
        perm: [0, 2, 1],
      });
      return emitter.node('Unsqueeze', [emitter.node('MatMul', [rows, columns]), emitter.ints([3])]);
    });
    const stacked = products.length === 1 ? products[0]! : emitter.node('Concat', products, { axis: 3 });
    const summed = emitter.node('ReduceSum', [stacked, emitter.ints([0])], { keepdims: 0 });
    return emitter.reshape(summed, [o, i, kernel, kernel]);
  },
};
