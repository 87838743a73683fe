/** What element-by-element primitives share: shape rules by broadcasting, and emission as one ONNX operator. */
import type { Emitter, Primitive } from '../primitive.ts';
import { broadcastShapes, type Shape } from '../shape.ts';
import type { OpAttributes, OpName } from './attributes.ts';

type Elementwise = {
  [K in OpName]: OpAttributes[K] extends Readonly<Record<never, never>> ? K : never;
}[OpName];

/** One operand, the same shape out. */
export function unary<K extends Elementwise>(
  onnxType: string,
  gradient: Primitive<K>['gradient'],
): Primitive<K> {
  return {
    shape: (inputs): Shape => inputs[0]!,
    gradient,
    elementwise: true,
    emit: (emitter: Emitter, inputs) => emitter.node(onnxType, inputs),
  };
}

/** Two operands that broadcast. */
export function binary<K extends Elementwise>(
  name: K,
  onnxType: string,
  gradient: Primitive<K>['gradient'],
): Primitive<K> {
  return {
    shape: (inputs) => broadcastShapes(name, inputs[0]!, inputs[1]!),
    gradient,
    elementwise: true,
    emit: (emitter: Emitter, inputs) => emitter.node(onnxType, inputs),
  };
}
