/** The network in use. It is opened once and kept for the next patient; another one takes its place. */
import module from 'onnxruntime-web/ort-wasm-simd-threaded.mjs?url';
import wasm from 'onnxruntime-web/ort-wasm-simd-threaded.wasm?url';
import { type MappingModel, mapSeries, openMappingModel } from '../../../src/index.ts';
import type { NamedFile } from './protocol.ts';

export interface OpenNetwork {
  readonly model: MappingModel;
  /** What runs it, for the reader. */
  readonly by: string;
}

let kept: { readonly key: string; readonly network: Promise<OpenNetwork> } | undefined;

const keyOf = ({ name, bytes, from }: NamedFile): string =>
  typeof from === 'string' ? from : `${name}/${bytes}/${from instanceof File ? from.lastModified : ''}`;

/** @throws what `openMappingModel` and reading the file throw. */
export function openNetwork(
  file: NamedFile,
  read: (file: NamedFile) => Promise<Uint8Array>,
): Promise<OpenNetwork> {
  const key = keyOf(file);
  if (kept?.key === key) return kept.network;
  kept?.network.then(({ model }) => model.close()).catch(() => {});
  const network = load(file, read);
  kept = { key, network };
  network.catch(() => {
    if (kept?.network === network) kept = undefined;
  });
  return network;
}

async function load(file: NamedFile, read: (file: NamedFile) => Promise<Uint8Array>): Promise<OpenNetwork> {
  // Most visits need no network: its runtime is loaded where one is used.
  const [{ browserSessionProvider }, bytes] = await Promise.all([
    import('../../../src/runtime/browser/session.ts'),
    read(file),
  ]);
  const provider = browserSessionProvider({ files: { module, wasm } });
  return { model: await openMappingModel(bytes, file.name, provider), by: provider.description };
}

/** Maps an empty slice of the size that the network knows: what the runtime compiles and reserves is then there. */
export async function warmUp({ model }: OpenNetwork): Promise<void> {
  const { imageSize, coarseTslMs, pixelMm } = model.info;
  const mm = pixelMm ?? 1;
  const affine = [mm, 0, 0, 0, 0, mm, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1];
  const grid = { nColumns: imageSize, nRows: imageSize, nSlices: 1, affine };
  const n = imageSize * imageSize;
  const signal = Float32Array.from({ length: 2 * n }, (_, i) => (i < n ? 2 : 1));
  await mapSeries({ grid, tslMs: coarseTslMs, signal }, model);
}
