/** The network in use. It is opened once and kept for the next patient; another one takes its place. */
import module from 'onnxruntime-web/ort-wasm-simd-threaded.mjs?url';
import wasm from 'onnxruntime-web/ort-wasm-simd-threaded.wasm?url';
import {
  type MappingModel,
  type MapResult,
  mapSeries,
  openMappingModel,
  type ParametricMap,
} from '../../../src/index.ts';
import { webgpuObstacle } from '../../../src/runtime/browser/webgpu-obstacle.ts';
import type { NamedFile } from './protocol.ts';

export interface OpenNetwork {
  readonly model: MappingModel;
  /** What runs it, for the reader. */
  readonly by: string;
  /** Why it is not WebGPU. */
  readonly why?: string;
}

let kept: { readonly key: string; readonly network: Promise<OpenNetwork> } | undefined;

const keyOf = ({ name, bytes, from }: NamedFile): string =>
  typeof from === 'string' ? from : `${name}/${bytes}/${from instanceof File ? from.lastModified : ''}`;

/** @throws what `openMappingModel` and reading the file throw. */
export function openNetwork(file: NamedFile, read: Read): Promise<OpenNetwork> {
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

type Read = (file: NamedFile) => Promise<Uint8Array>;

/** WebGPU where there is a graphics processor and its map is right, else WebAssembly, with the reason. */
async function load(file: NamedFile, read: Read): Promise<OpenNetwork> {
  // Most visits need no network: its runtime is loaded where one is used.
  const [{ browserSessionProvider }, bytes, obstacle] = await Promise.all([
    import('../../../src/runtime/browser/session.ts'),
    read(file),
    webgpuObstacle(),
  ]);
  const provider = browserSessionProvider({ files: { module, wasm } });
  const model = await openMappingModel(bytes, file.name, provider);
  if (obstacle !== undefined) return { model, by: provider.description, why: obstacle };
  try {
    const onGpu = await loadOnGpu(bytes, file.name, model);
    await model.close();
    return onGpu;
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    return { model, by: provider.description, why: `WebGPU failed: ${reason}` };
  }
}

/** By how much the maps of WebGPU and WebAssembly may differ on the test slice, ms: far below what anybody can measure. */
const TOLERANCE_MS = 0.05;

/** @throws Error where the network does not run, or runs wrongly. */
async function loadOnGpu(bytes: Uint8Array, name: string, trusted: MappingModel): Promise<OpenNetwork> {
  const [{ webgpuSessionProvider }, gpuModule, gpuWasm] = await Promise.all([
    import('../../../src/runtime/browser/webgpu.ts'),
    import('onnxruntime-web/ort-wasm-simd-threaded.asyncify.mjs?url'),
    import('onnxruntime-web/ort-wasm-simd-threaded.asyncify.wasm?url'),
  ]);
  const provider = webgpuSessionProvider({ module: gpuModule.default, wasm: gpuWasm.default });
  const model = await openMappingModel(bytes, name, provider);
  const [here, there] = [await mapTestSlice(model), await mapTestSlice(trusted)];
  const apartMs = Math.max(
    largestDifference(here.t1rho, there.t1rho),
    here.uncertainty && there.uncertainty ? largestDifference(here.uncertainty, there.uncertainty) : 0,
  );
  if (apartMs <= TOLERANCE_MS) return { model, by: provider.description };
  await model.close();
  throw new Error(`its map of a test slice is off by ${apartMs.toPrecision(2)} ms`);
}

/** Infinite where only one has a value, or none has any. */
function largestDifference({ values: a }: ParametricMap, { values: b }: ParametricMap): number {
  let largest = a.some(Number.isFinite) ? 0 : Number.POSITIVE_INFINITY;
  a.forEach((value, p) => {
    if (Number.isNaN(value) && Number.isNaN(b[p])) return;
    const apart = Math.abs(value - b[p]!);
    largest = Math.max(largest, Number.isNaN(apart) ? Number.POSITIVE_INFINITY : apart);
  });
  return largest;
}

/** A disc in air whose T1rho varies, on the matrix that the network knows. */
function mapTestSlice(model: MappingModel): Promise<MapResult> {
  const { imageSize: size, coarseTslMs, pixelMm } = model.info;
  const mm = pixelMm ?? 1;
  const affine = [-mm, 0, 0, 0, 0, -mm, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1];
  const grid = { nColumns: size, nRows: size, nSlices: 1, affine };
  const signal = Float32Array.from({ length: 2 * size * size }, (_, i) => {
    const p = i % (size * size);
    const [x, y] = [(p % size) / size - 0.5, Math.floor(p / size) / size - 0.5];
    if (Math.hypot(x, y) > 0.42) return 0;
    const t1rhoMs = 43 + 8 * Math.sin(11 * x) * Math.cos(9 * y);
    return 800 * Math.exp(-coarseTslMs[i < size * size ? 0 : 1] / t1rhoMs) + ((37 * i) % 23);
  });
  return mapSeries({ grid, tslMs: coarseTslMs, signal }, model);
}

/** Maps a slice that nobody wants: what the runtime compiles and reserves is then there. */
export const warmUp = async ({ model }: OpenNetwork): Promise<void> => {
  await mapTestSlice(model);
};
