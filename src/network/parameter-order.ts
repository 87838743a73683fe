/** Flat parameter vectors from NumPy's order to that of a layout, as a training step keeps them, and back. */
import type { ParameterLayout } from '../graph/parameter-layout.ts';
import { forEachParameter, type Network } from './network.ts';

/** A copy in the layout's order. Adam works number by number, so m and v go the same way as θ. */
export function toLayout(network: Network, flat: Float32Array, layout: ParameterLayout): Float32Array {
  const result = flat.slice();
  forEachMoved(network, layout, (offset, indices) => {
    for (let i = 0; i < indices.length; i++) result[offset + i] = flat[offset + indices[i]!]!;
  });
  return result;
}

/** A copy in NumPy's order. */
export function fromLayout(network: Network, flat: Float32Array, layout: ParameterLayout): Float32Array {
  const result = flat.slice();
  forEachMoved(network, layout, (offset, indices) => {
    for (let i = 0; i < indices.length; i++) result[offset + indices[i]!] = flat[offset + i]!;
  });
  return result;
}

function forEachMoved(
  network: Network,
  layout: ParameterLayout,
  visit: (offset: number, indices: Int32Array) => void,
): void {
  forEachParameter(network, ({ shape }, offset) => {
    const indices = layout.indices(shape);
    if (indices) visit(offset, indices);
  });
}
