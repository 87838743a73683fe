/** Moving whole rows of memory. Gather does it with all threads; ONNX Runtime's Transpose and Slice use one. */
import type { Emitter } from '../primitive.ts';
import { type Shape, sizeOf } from '../shape.ts';

/** Row `rows[i]` of a tensor of rows becomes row `i`. */
export function gatherRows(
  emitter: Emitter,
  tensor: string,
  rowLength: number,
  total: number,
  rows: readonly number[],
): string {
  if (rows.length * rowLength === total && rows.every((row, i) => row === i)) return tensor;
  return emitter.node('Gather', [
    emitter.reshape(tensor, [total / rowLength, rowLength]),
    emitter.ints(rows),
  ]);
}

/** The transposition of a tensor of shape `factors`; its last axes, which stay where they are, are a row. */
export function transposeRows(
  emitter: Emitter,
  tensor: string,
  factors: Shape,
  order: readonly number[],
): string {
  const fixed = order.findLastIndex((axis, i) => axis !== i) + 1;
  const rowLength = sizeOf(factors.slice(fixed));
  return gatherRows(
    emitter,
    tensor,
    rowLength,
    sizeOf(factors),
    transposedIndices(factors.slice(0, fixed), order),
  );
}

/** For each element of the transposed array, its index in the array. */
function transposedIndices(shape: Shape, order: readonly number[]): number[] {
  let indices = [0];
  for (const axis of order.slice(0, shape.length)) {
    const stride = sizeOf(shape.slice(axis + 1));
    indices = indices.flatMap((base) => Array.from({ length: shape[axis]! }, (_, i) => base + i * stride));
  }
  return indices;
}
