/** Replaces the primitives that are made of others, before a graph is emitted. */
import * as build from '../build.ts';
import { primitiveOf } from '../ops/index.ts';
import { topologicalOrder, type Value } from '../value.ts';

export function expandAll(outputs: readonly Value[]): Value[] {
  const expanded = new Map<Value, Value>();
  for (const value of topologicalOrder(outputs)) {
    const inputs = value.inputs.map((input) => expanded.get(input)!);
    const changed = inputs.some((input, i) => input !== value.inputs[i]);
    const same = changed ? { ...value, inputs } : value;
    expanded.set(value, primitiveOf(value.op).expand?.(same, build) ?? same);
  }
  return outputs.map((value) => expanded.get(value)!);
}
