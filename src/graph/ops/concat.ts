/** Values one after the other along one axis. */
import type { Primitive } from '../primitive.ts';
import { shapeError } from '../shape.ts';

export const concat: Primitive<'concat'> = {
  shape(inputs, { axis }) {
    const [first] = inputs;
    const fits = inputs.every(
      (s) => s.length === first!.length && s.every((n, i) => i === axis || n === first![i]),
    );
    if (!fits || first![axis] === undefined)
      throw shapeError('concat', `shapes that differ in axis ${axis} only`, ...inputs);
    const total = inputs.reduce((sum, s) => sum + s[axis]!, 0);
    return first!.map((n, i) => (i === axis ? total : n));
  },
  gradient({ inputs, attributes: { axis } }, g, { slice }) {
    let start = 0;
    return inputs.map((x) => {
      const end = start + x.shape[axis]!;
      const part = slice(g, axis, start, end);
      start = end;
      return part;
    });
  },
  emit: (emitter, inputs, { attributes }) => emitter.node('Concat', inputs, { axis: attributes.axis }),
};
