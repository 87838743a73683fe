/** Every pixel repeated in a 2×2 block: `[n, c, h, w]` to `[n, c, 2h, 2w]`. */
import type { Emitter, Primitive } from '../primitive.ts';
import { imageShape, type Shape } from '../shape.ts';

export const upsample: Primitive<'upsample'> = {
  shape([x]) {
    const { n, c, h, w } = imageShape('upsample', x!);
    return [n, c, 2 * h, 2 * w];
  },
  gradient: (_, g, { sumPool }) => [sumPool(g)],
  emit: (emitter, [x], { inputs }) => emitUpsample(emitter, x!, inputs[0]!.shape),
};

export function emitUpsample(emitter: Emitter, x: string, shape: Shape): string {
  const { n, c, h, w } = imageShape('upsample', shape);
  const apart = emitter.reshape(x, [n * c, h, 1, w, 1]);
  const repeated = emitter.node('Expand', [apart, emitter.ints([n * c, h, 2, w, 2])]);
  return emitter.reshape(repeated, [n, c, 2 * h, 2 * w]);
}
