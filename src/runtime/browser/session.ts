/**
 * Sessions on `onnxruntime-web`'s WebAssembly provider. It works on the thread that calls it, so call it from a worker.
 * More than one thread needs a page that is cross-origin isolated (COOP `same-origin`, COEP `require-corp`).
 */
import * as runtime from 'onnxruntime-web/wasm';
import type { SessionProvider } from '../../core/session.ts';
import { checkVersion, openSession, PINNED_VERSION, type RuntimeOptions } from '../onnx-session.ts';

export interface BrowserSessionSettings {
  /**
   * Default: the processor's, at most 4; always 1 where the page is not cross-origin isolated. WebAssembly starts once,
   * so the first session's number holds for all.
   */
  readonly threads?: number;
  /**
   * Where the page serves onnxruntime-web's `ort-wasm-simd-threaded.mjs` and `.wasm`. Give them with a bundler: without,
   * each thread is started from the bundle and runs the whole program again inside the runtime's own memory.
   */
  readonly files?: { readonly module: string; readonly wasm: string };
  /** Handed to ONNX Runtime last, so it overrides everything. */
  readonly runtimeOptions?: RuntimeOptions;
}

const MOST_THREADS = 4;

/** @throws {EnvironmentError} `session/version` if the runtime bundled is not the pinned version. */
export function browserSessionProvider(settings: BrowserSessionSettings = {}): SessionProvider {
  const { env } = runtime;
  checkVersion('onnxruntime-web', env.versions.web);
  const isolated = globalThis.crossOriginIsolated === true;
  const threads = settings.threads ?? Math.min(MOST_THREADS, navigator.hardwareConcurrency);
  const nThreads = isolated ? threads : 1;
  env.wasm.numThreads = nThreads;
  if (settings.files) env.wasm.wasmPaths = { mjs: settings.files.module, wasm: settings.files.wasm };
  return {
    description: `onnxruntime-web ${PINNED_VERSION} wasm, ${nThreads} thread${nThreads === 1 ? '' : 's'}`,
    createSession: (model) =>
      openSession(runtime, model, {
        executionProviders: ['wasm'],
        graphOptimizationLevel: 'all',
        enableMemPattern: false,
        logSeverityLevel: 3,
        ...settings.runtimeOptions,
      }),
  };
}
