/** The elements `start` … `end` − 1 of one axis. */
import type { Primitive } from '../primitive.ts';
import { shapeError } from '../shape.ts';

export const slice: Primitive<'slice'> = {
  shape([x], { axis, start, end }) {
    const length = x![axis];
    if (length === undefined || start < 0 || start >= end || end > length)
      throw shapeError('slice', `elements ${start} to ${end} of axis ${axis}`, x!);
    return x!.map((n, i) => (i === axis ? end - start : n));
  },
  gradient: ({ inputs: [x], attributes: { axis, start, end } }, g, { pad }) => [
    pad(g, axis, start, x!.shape[axis]! - end),
  ],
  emit: (emitter, [x], { attributes: { axis, start, end } }) =>
    emitter.node('Slice', [x!, emitter.ints([start]), emitter.ints([end]), emitter.ints([axis])]),
};
