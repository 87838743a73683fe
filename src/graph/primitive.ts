/**
 * What the engine knows about one primitive: the shape of its result, the ONNX nodes that compute it, and its
 * gradient as more values. All primitives stand in one table (`ops/index.ts`), typed so that a primitive without a rule does
 * not compile.
 */
import type { OnnxAttribute } from './onnx/model.ts';
import type { OpAttributes, OpName } from './ops/attributes.ts';
import type { Shape } from './shape.ts';
import type { ElementType, Value } from './value.ts';

/** The functions that build values, passed to gradient rules so that a rule imports no other primitive. */
export type Build = typeof import('./build.ts');

export interface Primitive<K extends OpName> {
  /** Shape of the result. Throws a ShapeError that names the operation and the shapes where they do not fit. */
  shape(inputs: readonly Shape[], attributes: OpAttributes[K]): Shape;
  /** Type of the result where it is not float32. */
  readonly type?: ElementType;
  /**
   * Vector-Jacobian product: for `upstream`, the gradient of a scalar by this value, the gradient by each input;
   * `null` where it is zero everywhere.
   */
  gradient(value: Value<K>, upstream: Value, build: Build): readonly (Value | null)[];
  /** Emitted as one operator that works number by number, so that it does not matter in which order they lie. */
  readonly elementwise?: true;
  /** Emits standard ONNX operators; `inputs` and the result are names of tensors. */
  emit?(emitter: Emitter, inputs: readonly string[], value: Value<K>): string;
  /** Instead of `emit`, for a primitive that only has a gradient of its own: the same in other primitives. */
  expand?(value: Value<K>, build: Build): Value;
}

/** Collects the nodes of an ONNX graph. Asking twice for the same node or constant gives the same name. */
export interface Emitter {
  /** Adds a node with one output and returns the output's name. An absent optional input is `''`. */
  node(
    opType: string,
    inputs: readonly string[],
    attributes?: Readonly<Record<string, OnnxAttribute>>,
    domain?: string,
  ): string;
  /** One-dimensional int64 constant. */
  ints(values: readonly number[]): string;
  /** Float32 constant; under `name` in the file where given. */
  floats(data: Float32Array, dims?: Shape, name?: string): string;
  /** Names a tensor of the model that is fed at each run. */
  input(name: string, shape: Shape): string;
  /** `Reshape` to a fixed shape. */
  reshape(tensor: string, shape: Shape): string;
}
