/**
 * What `runtime/node` and `runtime/browser` share: ONNX Runtime's own session behind our `Session`. Inputs are checked
 * against the model first, so a wrong shape is our sentence and not a native stack trace.
 */
import type { InferenceSession, Tensor as RuntimeTensor } from 'onnxruntime-node';
import { EnvironmentError, FormatError, OptionError, RhomapError, ShapeError } from '../core/errors.ts';
import type { Session, Tensor, TensorData, TensorType } from '../core/session.ts';

/** Both packages are checked against this version: kernels that the blocked lowering names are internal to it. */
export const PINNED_VERSION = '1.30.0';

/** The part of `onnxruntime-node` and `onnxruntime-web` that is used. */
export interface OnnxRuntime {
  readonly env: { readonly versions: Readonly<Record<string, string | undefined>> };
  readonly InferenceSession: {
    create(model: Uint8Array, options: InferenceSession.SessionOptions): Promise<InferenceSession>;
  };
  readonly Tensor: new (
    type: TensorType,
    data: TensorData[TensorType],
    dims: readonly number[],
  ) => RuntimeTensor;
}

export type RuntimeOptions = InferenceSession.SessionOptions;

/** @throws {EnvironmentError} `session/version` unless the runtime is the pinned one. */
export function checkVersion(name: string, found: string | undefined): void {
  if (found === PINNED_VERSION) return;
  const remedy = `run "npm ci", or "npm install -E ${name}@${PINNED_VERSION}".`;
  throw new EnvironmentError(
    'session/version',
    `${name} is ${found}, but ${PINNED_VERSION} is needed: ${remedy}`,
  );
}

/** @throws {FormatError} `session/model` if ONNX Runtime cannot load the model. */
export async function openSession(
  runtime: OnnxRuntime,
  model: Uint8Array,
  options: RuntimeOptions,
): Promise<Session> {
  const native = await runtime.InferenceSession.create(model, options).catch((cause: unknown) => {
    throw new FormatError('session/model', 'ONNX model', `ONNX Runtime refuses it: ${reason(cause)}`, {
      cause,
    });
  });
  let open = true;
  return {
    async run(feeds, fetches = native.outputNames) {
      if (!open) throw new OptionError('session/closed', 'The session is closed; create another one.');
      checkNames(native, feeds, fetches);
      const inputs = native.inputMetadata.map((input) => {
        const tensor = feeds[input.name]!;
        checkInput(input, tensor);
        return [input.name, toRuntime(runtime, tensor)];
      });
      const outputs = await native.run(Object.fromEntries(inputs), fetches).catch((cause: unknown) => {
        throw runError(cause);
      });
      return Object.fromEntries(fetches.map((name) => [name, fromRuntime(outputs[name]!)]));
    },
    async close() {
      if (!open) return;
      open = false;
      if (options.enableProfiling) native.endProfiling();
      await native.release();
    },
  };
}

function checkNames(
  native: InferenceSession,
  feeds: Readonly<Record<string, Tensor>>,
  fetches: readonly string[],
): void {
  const fail = (what: string, name: string, known: readonly string[]): never => {
    throw new OptionError('session/name', `The model has no ${what} "${name}"; it has ${known.join(', ')}.`);
  };
  for (const name of Object.keys(feeds)) {
    if (!native.inputNames.includes(name)) fail('input', name, native.inputNames);
  }
  for (const name of fetches) {
    if (!native.outputNames.includes(name)) fail('output', name, native.outputNames);
  }
  for (const name of native.inputNames) {
    if (!feeds[name]) throw new OptionError('session/name', `The model's input "${name}" is not given.`);
  }
}

/** A name in the model's shape (free height, width or batch) accepts any size. */
function checkInput(input: InferenceSession.ValueMetadata, tensor: Tensor): void {
  const { name } = input;
  if (!input.isTensor || input.type !== tensor.type) {
    const wanted = input.isTensor ? input.type : 'not a tensor';
    throw new ShapeError('session/input', `Input "${name}" should be ${wanted}, but is ${tensor.type}.`);
  }
  const { shape } = input;
  const { dims, data } = tensor;
  const fits =
    shape.length === dims.length && shape.every((size, i) => typeof size === 'string' || size === dims[i]);
  if (!fits) {
    throw new ShapeError('session/input', `Input "${name}" should be [${shape}], but is [${dims}].`);
  }
  if (data.length !== dims.reduce((product, dim) => product * dim, 1)) {
    throw new ShapeError('session/input', `Input "${name}" is [${dims}], but has ${data.length} values.`);
  }
}

/**
 * `Tensor` turns the bits of 16-bit floats into a `Float16Array` where there is one, which the native binding of 1.30
 * reads as empty; a tensor that keeps the bits works everywhere.
 */
function toRuntime(runtime: OnnxRuntime, { type, data, dims }: Tensor): RuntimeTensor {
  const tensor = new runtime.Tensor(type, data, dims);
  return type === 'float16' ? Object.create(tensor, { data: { value: data } }) : tensor;
}

/** Newer JavaScript engines give 16-bit floats as a `Float16Array`; ours are the bits. */
function fromRuntime({ type, dims, data }: RuntimeTensor): Tensor {
  const values = data as TensorData[TensorType];
  const bits = type === 'float16' && !(values instanceof Uint16Array);
  return {
    type: type as TensorType,
    dims,
    data: bits ? new Uint16Array(values.buffer, values.byteOffset, values.length) : values,
  };
}

function runError(cause: unknown): RhomapError {
  const why = reason(cause);
  if (/bad_alloc|allocate|out of memory/i.test(why)) {
    const remedy = 'use a smaller batch or image, or close other programs.';
    return new EnvironmentError('session/memory', `The network needs more memory than is free: ${remedy}`, {
      cause,
    });
  }
  return new RhomapError('session/run', `ONNX Runtime stopped: ${why}`, { cause });
}

const reason = (cause: unknown): string => (cause instanceof Error ? cause.message : String(cause));
