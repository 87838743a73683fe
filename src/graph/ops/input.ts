/** A tensor fed at each run: a batch, the weights, the learning rate. */
import type { Primitive } from '../primitive.ts';

/** The shape belongs to the value (`build.input` sets it), so there is no rule to derive it. */
export const input: Primitive<'input'> = {
  shape: () => [],
  gradient: () => [],
  emit: (emitter, _, value) => emitter.input(value.attributes.name, value.shape),
};
