/**
 * A plane stream in a thread of its own. ONNX Runtime's `run` blocks the thread that calls it, so slices prepared there
 * would wait for the step, and the step for them.
 */
import { Worker } from 'node:worker_threads';
import { assertAlike, type CreatePlaneStream, type PlaneStreamOptions } from '../../training/plane-stream.ts';
import type { ContrastSlice, SlicePlanes } from '../../training/planes.ts';

/** What the thread is started with. */
export interface PlaneThreadData {
  readonly slices: readonly ContrastSlice[];
  readonly options: PlaneStreamOptions;
}

export interface PlaneThreadAnswer {
  readonly step: number;
  readonly planes: readonly SlicePlanes[];
}

/** @throws as `createPlaneStream`. */
export const threadPlaneStream: CreatePlaneStream = (slices, options) => {
  assertAlike(slices);
  // Sources run as .ts, the built package as .js.
  const file = import.meta.filename.endsWith('.ts') ? './plane-thread-worker.ts' : './plane-thread-worker.js';
  const data: PlaneThreadData = { slices, options };
  const worker = new Worker(new URL(file, import.meta.url), { workerData: data });
  const waiting = new Map<number, PromiseWithResolvers<readonly SlicePlanes[]>>();
  worker.on('message', ({ step, planes }: PlaneThreadAnswer) => {
    waiting.get(step)?.resolve(planes);
    waiting.delete(step);
  });
  worker.on('error', (error) => {
    for (const { reject } of waiting.values()) reject(error);
    waiting.clear();
  });
  return {
    planes: (step) => {
      const answer = Promise.withResolvers<readonly SlicePlanes[]>();
      waiting.set(step, answer);
      worker.postMessage(step);
      return answer.promise;
    },
    close: async () => {
      await worker.terminate();
    },
  };
};
