/** `scale`·x + `shift` with one scale and (optionally) one shift per channel: `[n, c, h, w]`, `[c]`, `[c]`. */
import type { Primitive } from '../primitive.ts';
import { imageShape, sameShape, shapeError } from '../shape.ts';

export const channelAffine: Primitive<'channelAffine'> = {
  shape([x, scale, shift]) {
    const { c } = imageShape('channelAffine', x!);
    for (const vector of shift ? [scale!, shift] : [scale!])
      if (!sameShape(vector, [c])) throw shapeError('channelAffine', 'one number per channel', x!, vector);
    return x!;
  },
  gradient: ({ inputs: [x, scale, shift] }, g, { channelAffine, channelDot, channelSum }) => [
    channelAffine(g, scale!),
    channelDot(g, x!),
    ...(shift ? [channelSum(g)] : []),
  ],
  emit(emitter, [x, scale, shift], { inputs }) {
    const c = inputs[1]!.shape[0]!;
    const scaled = emitter.node('Mul', [x!, emitter.reshape(scale!, [c, 1, 1])]);
    return shift ? emitter.node('Add', [scaled, emitter.reshape(shift, [c, 1, 1])]) : scaled;
  },
};
