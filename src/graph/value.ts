/**
 * An expression is a graph of values. A value records the primitive that makes it, that primitive's inputs and
 * attributes, and its shape; nothing is computed. Values never change, so a graph is built by calling functions
 * (`build.ts`), differentiated by making more values (`gradient.ts`) and turned into an ONNX model at the end
 * (`lowering/`).
 */
import type { OpAttributes, OpName } from './ops/attributes.ts';
import type { Shape } from './shape.ts';

/** Numbers are float32; comparisons make `bool` values, which only `where` takes. */
export type ElementType = 'float32' | 'bool';

export interface Value<K extends OpName = OpName> {
  readonly op: K;
  readonly inputs: readonly Value[];
  readonly attributes: OpAttributes[K];
  readonly shape: Shape;
  readonly type: ElementType;
  /** What a person calls it (`encoder.0.norm1`), for messages of the search for a NaN. */
  readonly label?: string;
}

export const isOp = <K extends OpName>(value: Value, op: K): value is Value<K> => value.op === op;

/** The values that `outputs` depend on, each after its inputs and each once. */
export function topologicalOrder(outputs: readonly Value[]): Value[] {
  const order: Value[] = [];
  const seen = new Set<Value>();
  // An explicit stack: a deep network with its gradient would overflow a recursion.
  const stack: { value: Value; next: number }[] = [];
  const enter = (value: Value): void => {
    if (seen.has(value)) return;
    seen.add(value);
    stack.push({ value, next: 0 });
  };
  for (const output of outputs) {
    enter(output);
    while (stack.length > 0) {
      const top = stack[stack.length - 1]!;
      const input = top.value.inputs[top.next++];
      if (input) enter(input);
      else order.push(stack.pop()!.value);
    }
  }
  return order;
}
