/** Zeros before and after one axis. */
import type { Primitive } from '../primitive.ts';
import { shapeError } from '../shape.ts';

export const pad: Primitive<'pad'> = {
  shape([x], { axis, before, after }) {
    if (x![axis] === undefined || before < 0 || after < 0)
      throw shapeError('pad', `an axis ${axis} and lengths of at least 0`, x!);
    return x!.map((n, i) => (i === axis ? n + before + after : n));
  },
  gradient: ({ inputs: [x], attributes: { axis, before } }, g, { slice }) => [
    slice(g, axis, before, before + x!.shape[axis]!),
  ],
  emit(emitter, [x], { inputs, attributes: { axis, before, after } }) {
    const at = (length: number): number[] => inputs[0]!.shape.map((_, i) => (i === axis ? length : 0));
    return emitter.node('Pad', [x!, emitter.ints([...at(before), ...at(after)])]);
  },
};
