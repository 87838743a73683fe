/** Trains in a worker, as a page that must stay responsive does. */
/// <reference types="vite/client" />
import module from 'onnxruntime-web/ort-wasm-simd-threaded.mjs?url';
import wasm from 'onnxruntime-web/ort-wasm-simd-threaded.wasm?url';
import { browserSessionProvider } from '../../../src/runtime/browser/session.ts';
import { train } from '../training.ts';

const answer = async (): Promise<unknown> => ({
  isolated: globalThis.crossOriginIsolated,
  ...(await train(browserSessionProvider({ threads: 2, files: { module, wasm } }))),
});
answer().then(
  (result) => postMessage(result),
  (error: unknown) => postMessage({ error: String(error) }),
);
