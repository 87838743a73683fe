/** Trains and maps in a worker, as a page that must stay responsive does. */
/// <reference types="vite/client" />
import module from 'onnxruntime-web/ort-wasm-simd-threaded.mjs?url';
import wasm from 'onnxruntime-web/ort-wasm-simd-threaded.wasm?url';
import { browserSessionProvider } from '../../../src/runtime/browser/session.ts';
import { mapSmall } from '../mapping.ts';
import { train } from '../training.ts';

async function answer(): Promise<unknown> {
  const provider = browserSessionProvider({ threads: 2, files: { module, wasm } });
  return {
    isolated: globalThis.crossOriginIsolated,
    ...(await train(provider)),
    mapped: await mapSmall(provider),
  };
}
answer().then(
  (result) => postMessage(result),
  (error: unknown) => postMessage({ error: String(error) }),
);
