/** Sum of products of two images, channel by channel: twice `[n, c, h, w]` to `[c]`. */
import type { Primitive } from '../primitive.ts';
import { imageShape, sameShape, shapeError } from '../shape.ts';
import { sumOverPixels } from './channel-sum.ts';

export const channelDot: Primitive<'channelDot'> = {
  shape([a, b]) {
    if (!sameShape(a!, b!)) throw shapeError('channelDot', 'two equal shapes', a!, b!);
    return [imageShape('channelDot', a!).c];
  },
  gradient: ({ inputs: [a, b] }, g, { channelAffine }) => [channelAffine(b!, g), channelAffine(a!, g)],
  emit: (emitter, [a, b], { inputs }) =>
    sumOverPixels(emitter, emitter.node('Mul', [a!, b!]), inputs[0]!.shape),
};
