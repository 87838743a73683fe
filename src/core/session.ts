/**
 * Ports to an ONNX runtime. `network/`, `training/` and `methods/` ask for these and never for a runtime;
 * `runtime/node` and `runtime/browser` provide them.
 */
export interface TensorData {
  float32: Float32Array;
  float16: Uint16Array;
  int64: BigInt64Array;
  int32: Int32Array;
  bool: Uint8Array;
}

export type TensorType = keyof TensorData;

export interface Tensor<T extends TensorType = TensorType> {
  readonly type: T;
  readonly dims: readonly number[];
  /** Row-major. */
  readonly data: TensorData[T];
}

export interface Session {
  /** Runs the model; asks for all outputs unless `fetches` names some. */
  run(feeds: Readonly<Record<string, Tensor>>, fetches?: readonly string[]): Promise<Record<string, Tensor>>;
  /** Frees the native memory; the session cannot be used after. */
  close(): Promise<void>;
}

export interface SessionOptions {
  /** Threads inside one operator; the runtime's default where absent. */
  readonly threads?: number;
}

export interface SessionProvider {
  /** What runs the model, for logs and records: `onnxruntime-node 1.30.0 cpu`. */
  readonly description: string;
  createSession(model: Uint8Array, options?: SessionOptions): Promise<Session>;
}
