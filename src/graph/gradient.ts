/**
 * Reverse-mode differentiation, from graph to graph: walks the values of a scalar from last to first, asks each
 * primitive's gradient rule for more values, and adds up what reaches the same value by several ways. The result is an
 * expression like any other and can be differentiated again.
 */
import * as build from './build.ts';
import { primitiveOf } from './ops/index.ts';
import { shapeError } from './shape.ts';
import { isOp, topologicalOrder, type Value } from './value.ts';

/**
 * The gradients of `scalar` by each of `by`, in the shapes of these.
 * @throws ShapeError `graph/shape` if `scalar` is not a scalar.
 */
export function gradients(scalar: Value, by: readonly Value[]): Value[] {
  if (scalar.shape.length > 0) throw shapeError('gradients', 'a scalar', scalar.shape);
  const order = topologicalOrder([scalar]);
  const active = valuesThatDependOn(by, order);
  const gradientOf = new Map<Value, Value>([[scalar, build.ones([])]]);
  for (const value of order.toReversed()) {
    const upstream = gradientOf.get(value);
    if (!upstream || !active.has(value)) continue;
    const parts = primitiveOf(value.op).gradient(value, upstream, build);
    value.inputs.forEach((input, i) => {
      const part = parts[i];
      if (!part || !active.has(input)) return;
      const sum = gradientOf.get(input);
      gradientOf.set(input, named(input, sum ? accumulate(sum, part) : part));
    });
  }
  return by.map((value) => gradientOf.get(value) ?? build.zeros(value.shape));
}

function valuesThatDependOn(by: readonly Value[], order: readonly Value[]): Set<Value> {
  const active = new Set(by);
  for (const value of order) if (value.inputs.some((input) => active.has(input))) active.add(value);
  return active;
}

const named = (of: Value, gradient: Value): Value =>
  of.label ? build.named(`gradient of ${of.label}`, gradient) : gradient;

/**
 * The sum of two gradients of one value. Two affine maps of the same image are one with the sums of their scales and
 * shifts: this is how the three gradients of batch normalisation (through the image, the mean and the mean square)
 * cost two passes over the image and not four.
 */
function accumulate(a: Value, b: Value): Value {
  // Parts that join must be next to each other, so also look one sum deep.
  if (isOp(a, 'add')) {
    const [first, second] = a.inputs as [Value, Value];
    if (sameAffine(first, b)) return build.add(joinAffine(first, b), second);
    if (sameAffine(second, b)) return build.add(first, joinAffine(second, b));
  }
  if (sameAffine(a, b)) return joinAffine(a, b);
  return sideBySide(a, b) ?? sideBySide(b, a) ?? build.add(a, b);
}

/** Two parts that fill one axis (the gradients of two slices) are put one after the other, not padded and added. */
function sideBySide(a: Value, b: Value): Value | null {
  if (!isOp(a, 'pad') || !isOp(b, 'pad') || a.attributes.axis !== b.attributes.axis) return null;
  const { axis } = a.attributes;
  const [first, second] = [a.inputs[0]!, b.inputs[0]!];
  const fits =
    a.attributes.before === 0 &&
    b.attributes.after === 0 &&
    b.attributes.before === first.shape[axis] &&
    a.attributes.after === second.shape[axis];
  return fits ? build.concat([first, second], axis) : null;
}

const sameAffine = (a: Value, b: Value): boolean =>
  isOp(a, 'channelAffine') && isOp(b, 'channelAffine') && a.inputs[0] === b.inputs[0];

function joinAffine(a: Value, b: Value): Value {
  const [x, scaleA, shiftA] = a.inputs as [Value, Value, Value?];
  const [, scaleB, shiftB] = b.inputs as [Value, Value, Value?];
  const shift = shiftA && shiftB ? build.add(shiftA, shiftB) : (shiftA ?? shiftB);
  return build.channelAffine(x, build.add(scaleA, scaleB), shift);
}
