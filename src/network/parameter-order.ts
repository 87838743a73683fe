/** The flat parameter vector in kernel order, as a blocked training step keeps it, from NumPy's order and back. */
import { hasKernelOrder, kernelOrderIndices } from '../graph/lowering/kernel-order.ts';
import { forEachParameter, type Network } from './network.ts';

/** Every parameter that has a kernel order, brought into it. Adam works number by number, so m and v go the same way. */
export function toKernelOrder(network: Network, flat: Float32Array, block: number): Float32Array {
  const result = flat.slice();
  forEachKernel(network, block, (offset, indices) => {
    for (let i = 0; i < indices.length; i++) result[offset + i] = flat[offset + indices[i]!]!;
  });
  return result;
}

export function toPlainOrder(network: Network, flat: Float32Array, block: number): Float32Array {
  const result = flat.slice();
  forEachKernel(network, block, (offset, indices) => {
    for (let i = 0; i < indices.length; i++) result[offset + indices[i]!] = flat[offset + i]!;
  });
  return result;
}

function forEachKernel(
  network: Network,
  block: number,
  visit: (offset: number, indices: Int32Array) => void,
): void {
  forEachParameter(network, ({ shape }, offset) => {
    if (hasKernelOrder(shape, block)) visit(offset, kernelOrderIndices(shape, block));
  });
}
