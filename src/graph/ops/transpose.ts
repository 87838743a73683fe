/** Axes in another order: axis `i` of the result is axis `order[i]` of the input. */
import type { Primitive } from '../primitive.ts';
import { shapeError } from '../shape.ts';

export const transpose: Primitive<'transpose'> = {
  shape([x], { order }) {
    const permutation = [...order].sort((a, b) => a - b).every((axis, i) => axis === i);
    if (order.length !== x!.length || !permutation) throw shapeError('transpose', `axes ${order}`, x!);
    return order.map((axis) => x![axis]!);
  },
  gradient({ attributes: { order } }, g, { transpose }) {
    return [
      transpose(
        g,
        order.map((_, axis) => order.indexOf(axis)),
      ),
    ];
  },
  emit: (emitter, [x], { attributes }) => emitter.node('Transpose', [x!], { perm: attributes.order }),
};
