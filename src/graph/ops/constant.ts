/** A tensor that is part of the model. */
import type { Primitive } from '../primitive.ts';

/** The shape belongs to the value (`build.constant` sets it), so there is no rule to derive it. */
export const constant: Primitive<'constant'> = {
  shape: () => [],
  gradient: () => [],
  emit: (emitter, _, value) => emitter.floats(value.attributes.data, value.shape, value.attributes.name),
};
