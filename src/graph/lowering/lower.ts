/**
 * A program is an expression with names for what it gives; lowering writes it as an ONNX model. There are two
 * lowerings: `standard` asks each primitive for standard operators (here), `blocked` uses ONNX Runtime's fast kernels for
 * CPUs where it can (`blocked.ts`).
 */
import type { OnnxModel } from '../onnx/model.ts';
import { NUMPY_LAYOUT, type ParameterLayout } from '../parameter-layout.ts';
import { topologicalOrder, type Value } from '../value.ts';
import { lowerBlocked } from './blocked.ts';
import { createEmitter, emitStandard, type ModelEmitter } from './emitter.ts';
import { expandAll } from './expand.ts';
import { kernelLayout } from './kernel-order.ts';

/** What a model gives, by name. Its inputs are the `input` values that these depend on. */
export interface Program {
  readonly name: string;
  readonly outputs: Readonly<Record<string, Value>>;
}

export type Lowering = { readonly kind: 'standard' } | { readonly kind: 'blocked'; readonly block: number };

export const STANDARD: Lowering = { kind: 'standard' };

/** The order of flat parameters that a lowering works in. */
export const layoutOf = (lowering: Lowering): ParameterLayout =>
  lowering.kind === 'standard' ? NUMPY_LAYOUT : kernelLayout(lowering.block);

export function lower(program: Program, lowering: Lowering): OnnxModel {
  const emitter = createEmitter();
  const values = expandAll(Object.values(program.outputs));
  const tensorOf =
    lowering.kind === 'standard'
      ? lowerStandard(emitter, values)
      : lowerBlocked(emitter, values, lowering.block);
  Object.keys(program.outputs).forEach((name, i) => {
    const value = values[i]!;
    emitter.output(name, tensorOf(value), { type: value.type, dims: value.shape });
  });
  return emitter.model({ name: program.name });
}

/** Emits all values; the result gives the tensor of each. */
function lowerStandard(emitter: ModelEmitter, outputs: readonly Value[]): (value: Value) => string {
  const tensors = new Map<Value, string>();
  const tensorOf = (value: Value): string => tensors.get(value)!;
  for (const value of topologicalOrder(outputs))
    tensors.set(value, emitStandard(emitter, value.inputs.map(tensorOf), value));
  return tensorOf;
}
