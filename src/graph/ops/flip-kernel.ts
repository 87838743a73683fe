/** Weights `[o, i, k, k]` turned by 180° with input and output channels swapped: `[i, o, k, k]`. Its own inverse. */
import type { Primitive } from '../primitive.ts';
import { shapeError } from '../shape.ts';

export const flipKernel: Primitive<'flipKernel'> = {
  shape([w]) {
    if (w!.length !== 4) throw shapeError('flipKernel', 'weights [o, i, k, k]', w!);
    const [o, i, ...kernel] = w!;
    return [i!, o!, ...kernel];
  },
  gradient: (_, g, { flipKernel }) => [flipKernel(g)],
  emit(emitter, [w], { inputs }) {
    const swapped = emitter.node('Transpose', [w!], { perm: [1, 0, 2, 3] });
    if (inputs[0]!.shape[2] === 1) return swapped;
    // ONNX's way to say "from the last to the first": step −1, and an end far below the first element.
    const [from, to, axes, steps] = [
      [-1, -1],
      [-1000, -1000],
      [2, 3],
      [-1, -1],
    ].map(emitter.ints);
    return emitter.node('Slice', [swapped, from!, to!, axes!, steps!]);
  },
};
