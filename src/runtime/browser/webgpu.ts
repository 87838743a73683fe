/**
 * Sessions on `onnxruntime-web`'s WebGPU provider. Its results differ from WebAssembly's in the last bits, and by more on
 * a driver that errs: whoever uses it compares both first. Its 27 MB are loaded with this module only.
 */
import * as runtime from 'onnxruntime-web/webgpu';
import type { SessionProvider } from '../../core/session.ts';
import { checkVersion, openSession, PINNED_VERSION } from '../onnx-session.ts';

/** @throws {EnvironmentError} `session/version` if the runtime bundled is not the pinned version. */
export function webgpuSessionProvider(files: {
  readonly module: string;
  readonly wasm: string;
}): SessionProvider {
  const { env } = runtime;
  checkVersion('onnxruntime-web', env.versions.web);
  env.wasm.numThreads = 1;
  env.wasm.wasmPaths = { mjs: files.module, wasm: files.wasm };
  return {
    description: `onnxruntime-web ${PINNED_VERSION} WebGPU`,
    createSession: (model) =>
      openSession(runtime, model, {
        executionProviders: ['webgpu'],
        graphOptimizationLevel: 'all',
        logSeverityLevel: 3,
      }),
  };
}
