/** Sum over some axes, which disappear. */
import type { Primitive } from '../primitive.ts';
import { shapeError } from '../shape.ts';

export const sum: Primitive<'sum'> = {
  shape([x], { axes }) {
    if (axes.some((axis) => axis < 0 || axis >= x!.length)) throw shapeError('sum', `axes ${axes}`, x!);
    return x!.filter((_, axis) => !axes.includes(axis));
  },
  gradient({ inputs: [x], attributes: { axes } }, g, { broadcast, reshape }) {
    const kept = x!.shape.map((length, axis) => (axes.includes(axis) ? 1 : length));
    return [broadcast(reshape(g, kept), x!.shape)];
  },
  emit: (emitter, [x], { attributes }) =>
    emitter.node('ReduceSum', [x!, emitter.ints(attributes.axes)], { keepdims: 0 }),
};
