/**
 * `fitSeries` on all cores. Threads get stretches of voxels through buffers that go back and forth, two each, so that one
 * is filled while they work on the other; they write into maps in shared memory. So beside the series and the maps only
 * two stretches per thread are in memory. A voxel's result depends on its own signals alone: the maps are byte for byte
 * those of one thread, whatever the number of workers.
 */
import { availableParallelism } from 'node:os';
import { Worker } from 'node:worker_threads';
import { voxelCount } from '../../core/grid.ts';
import type { SpinLockSeries } from '../../core/volume.ts';
import {
  assertMaskGrid,
  type FitResult,
  type FitSeriesSettings,
  fitSeries,
  namedMaps,
} from '../../fit/fit-series.ts';
import { bytesPerVoxel, createVoxelMaps } from '../../fit/fit-voxels.ts';
import { type FitOptionsInput, resolveFitOptions } from '../../fit/options.ts';
import { createFitPlan } from '../../fit/plan.ts';
import { smoothSeries } from '../../fit/smooth.ts';
import { type FitStretch, type FitWorkerData, STRETCH, stretchBuffers } from './fit-stretch.ts';

/** Below this many voxels, starting threads takes longer than least squares; slower methods pay off earlier. */
const MIN_VOXELS_NLLS = 1_000_000;
const MIN_VOXELS_OTHER = 200_000;

export interface FitPoolSettings extends FitSeriesSettings {
  /** Threads; all cores where absent. With 1, or a small series, the fit runs in this thread. */
  readonly nWorkers?: number | undefined;
  /** Voxels from which threads are used; judged by the method where absent. */
  readonly minVoxels?: number | undefined;
}

/**
 * Fits every voxel of a series, on several threads where that is faster; the maps then lie in shared memory.
 * @throws what `fitSeries` throws.
 */
export async function fitSeriesOnThreads(
  series: SpinLockSeries,
  input?: FitOptionsInput,
  settings: FitPoolSettings = {},
): Promise<FitResult> {
  const options = resolveFitOptions(input);
  const { mask, nWorkers = availableParallelism() } = settings;
  const { minVoxels = options.method === 'nlls' ? MIN_VOXELS_NLLS : MIN_VOXELS_OTHER } = settings;
  const nVoxels = voxelCount(series.grid);
  if (nWorkers < 2 || nVoxels < minVoxels) return fitSeries(series, input, settings);

  assertMaskGrid(series.grid, mask);
  const { nParameters } = createFitPlan(series.tslMs, options);
  const { signal, tslMs } = smoothSeries(series, options.smoothingPixels);
  const memory = new SharedArrayBuffer(nVoxels * bytesPerVoxel(nParameters));
  let [next, done] = [0, 0];

  const take = (used: FitStretch): FitStretch | undefined => {
    if (next === nVoxels) return undefined;
    const begin = next;
    const count = Math.min(STRETCH, nVoxels - begin);
    next += count;
    for (let t = 0; t < tslMs.length; t++)
      used.signal.set(signal.subarray(t * nVoxels + begin, t * nVoxels + begin + count), t * STRETCH);
    if (mask !== undefined) used.mask?.set(mask.labels.subarray(begin, begin + count));
    return { ...used, begin, count };
  };
  const report = ({ count }: FitStretch): void => {
    done += count;
    settings.onProgress?.(done / nVoxels);
  };
  const empty = (): FitStretch => ({
    begin: 0,
    count: 0,
    signal: new Float32Array(tslMs.length * STRETCH),
    mask: mask && new Uint16Array(STRETCH),
  });
  const threads = Array.from({ length: Math.min(nWorkers, Math.ceil(nVoxels / STRETCH)) }, () =>
    startWorker({ tslMs, options, nVoxels, maps: memory }),
  );
  try {
    await Promise.all(threads.map((thread) => runStretches(thread, [empty(), empty()], take, report)));
  } finally {
    await Promise.all(threads.map((thread) => thread.terminate()));
  }
  return namedMaps(series, options, createVoxelMaps(nVoxels, nParameters, memory));
}

function startWorker(workerData: FitWorkerData): Worker {
  // Sources run as .ts, the built package as .js.
  const file = import.meta.filename.endsWith('.ts') ? './fit-worker.ts' : './fit-worker.js';
  return new Worker(new URL(file, import.meta.url), { workerData });
}

/** Keeps one thread busy until no stretch is left. */
function runStretches(
  thread: Worker,
  buffers: readonly FitStretch[],
  take: (used: FitStretch) => FitStretch | undefined,
  report: (finished: FitStretch) => void,
): Promise<void> {
  return new Promise((resolve, reject) => {
    let nOut = 0;
    const send = (used: FitStretch): void => {
      const stretch = take(used);
      if (stretch !== undefined) {
        nOut++;
        thread.postMessage(stretch, stretchBuffers(stretch));
      } else if (nOut === 0) resolve();
    };
    thread.on('error', reject);
    thread.on('exit', () => reject(new Error('A fit worker ended early.')));
    thread.on('message', (stretch: FitStretch) => {
      nOut--;
      report(stretch);
      send(stretch);
    });
    buffers.forEach(send);
  });
}
