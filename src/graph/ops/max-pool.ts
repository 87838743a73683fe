/** The largest of each 2×2 block: `[n, c, 2h, 2w]` to `[n, c, h, w]`. Equal largest values all get the gradient. */
import type { Primitive } from '../primitive.ts';
import { halvedImage } from './halve.ts';

export const maxPool: Primitive<'maxPool'> = {
  shape: ([x]) => halvedImage('maxPool', x!),
  gradient: (value, g, { maxPoolGradient }) => [maxPoolGradient(value.inputs[0]!, value, g)],
  emit: (emitter, inputs) => emitter.node('MaxPool', inputs, { kernel_shape: [2, 2], strides: [2, 2] }),
};
