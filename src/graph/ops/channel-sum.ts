/** Sum of each channel over the batch and all pixels: `[n, c, h, w]` to `[c]`. */
import type { Emitter, Primitive } from '../primitive.ts';
import { imageShape, type Shape } from '../shape.ts';

export const channelSum: Primitive<'channelSum'> = {
  shape: ([x]) => [imageShape('channelSum', x!).c],
  // The same number everywhere: an affine map with scale 0, which joins the other gradients of `x` of this kind.
  gradient: ({ inputs: [x] }, g, { channelAffine, zeros }) => [channelAffine(x!, zeros(g.shape), g)],
  emit: (emitter, [x], { inputs }) => sumOverPixels(emitter, x!, inputs[0]!.shape),
};

/** Plane by plane first: shorter sums lose fewer digits. */
export function sumOverPixels(emitter: Emitter, image: string, shape: Shape): string {
  const { n, c, h, w } = imageShape('channelSum', shape);
  const planes = emitter.node('ReduceSum', [emitter.reshape(image, [n, c, h * w]), emitter.ints([2])], {
    keepdims: 0,
  });
  return emitter.node('ReduceSum', [planes, emitter.ints([0])], { keepdims: 0 });
}
