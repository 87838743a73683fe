/**
 * Weights in the order of the blocked kernels: `[o, i, k, k]` as `[o/B, i/B, k, k, Bi, Bo]`. What a network spends most
 * on weights is bringing 4-byte numbers from one order to another, so a training step keeps its flat vectors in this
 * order throughout; every way from there to a kernel and back to the gradient moves whole rows of B or B² numbers.
 *
 * In an expression that order is nothing special: a parameter is `fromKernelOrder` of a slice of the flat vector, made
 * of reshapes and a transpose, which the standard lowering computes and the blocked one recognises.
 */
import { reshape, transpose } from '../build.ts';
import { NUMPY_LAYOUT, type ParameterLayout } from '../parameter-layout.ts';
import type { Shape } from '../shape.ts';
import { sameShape, sizeOf } from '../shape.ts';
import { isOp, type Value } from '../value.ts';

/** Whether weights of this shape have a kernel order; 2×2 ones (of `upConv`) have not. */
export const hasKernelOrder = (shape: Shape, block: number): boolean =>
  shape.length === 4 &&
  shape[2] === shape[3] &&
  shape[2]! % 2 === 1 &&
  shape[0]! % block === 0 &&
  shape[1]! % block === 0;

const FROM_KERNEL = [0, 5, 1, 4, 2, 3];
const TO_KERNEL = [0, 2, 4, 5, 3, 1];

const kernelShape = ([o, i, k]: Shape, B: number): number[] => [o! / B, i! / B, k!, k!, B, B];

/** Flat vectors with every kernel that has such an order in it, and all else in NumPy's. */
export const kernelLayout = (block: number): ParameterLayout => ({
  unflatten: (flat, shape) =>
    hasKernelOrder(shape, block) ? fromKernelOrder(flat, shape, block) : NUMPY_LAYOUT.unflatten(flat, shape),
  indices: (shape) => (hasKernelOrder(shape, block) ? kernelOrderIndices(shape, block) : null),
});

/** Weights of a shape from a flat value in kernel order. */
const fromKernelOrder = (flat: Value, shape: Shape, block: number): Value =>
  reshape(transpose(reshape(flat, kernelShape(shape, block)), FROM_KERNEL), shape);

/** The flat value in kernel order that `fromKernelOrder` was given to make `value`, or null. */
export function kernelSource(value: Value, block: number): Value | null {
  const [moved] = value.inputs;
  const parts = moved?.inputs[0];
  const isUnblocking =
    hasKernelOrder(value.shape, block) &&
    isOp(value, 'reshape') &&
    isOp(moved!, 'transpose') &&
    String(moved.attributes.order) === String(FROM_KERNEL) &&
    sameShape(parts!.shape, kernelShape(value.shape, block));
  return isUnblocking && isOp(parts!, 'reshape') ? parts.inputs[0]! : null;
}

/** The weights that the gradient of `fromKernelOrder` brings into kernel order to make `value`, or null. */
export function kernelTarget(value: Value, block: number): Value | null {
  const [moved] = value.inputs;
  if (
    !isOp(value, 'reshape') ||
    !isOp(moved!, 'transpose') ||
    String(moved.attributes.order) !== String(TO_KERNEL)
  )
    return null;
  const [parts] = moved.inputs;
  const [weights] = parts!.inputs;
  const isBlocking =
    isOp(parts!, 'reshape') &&
    hasKernelOrder(weights!.shape, block) &&
    sameShape(moved.shape, kernelShape(weights!.shape, block));
  return isBlocking ? weights! : null;
}

/** For each element in kernel order, its index in NumPy's order. */
function kernelOrderIndices(shape: Shape, block: number): Int32Array {
  const [o, i, k] = shape as [number, number, number];
  const indices = new Int32Array(sizeOf(shape));
  let at = 0;
  for (let ob = 0; ob < o; ob += block)
    for (let ib = 0; ib < i; ib += block)
      for (let d = 0; d < k * k; d++)
        for (let ii = ib; ii < ib + block; ii++)
          for (let oo = ob; oo < ob + block; oo++) indices[at++] = (oo * i + ii) * k * k + d;
  return indices;
}
