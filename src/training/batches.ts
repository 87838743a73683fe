/** Batches as a trainer wants them, from the planes of a step. */
import type { PlaneStream } from './plane-stream.ts';
import type { InputChannel, InputPlanes, SlicePlanes } from './planes.ts';
import type { Batch } from './trainer.ts';

/** Whether a network's first output is the map, or what must be added to the coarse map. */
export type OutputMode = 'map' | 'correction';

/** Pixels that a loss looks at: all, or those with signal. */
export type LossRegion = 'image' | 'body';

export interface BatchOptions {
  readonly inputs: readonly InputChannel[];
  readonly output: OutputMode;
  /** `body` adds the map `weight`: 1 with signal, 0 in air, where maps and their errors mean nothing. */
  readonly lossOver: LossRegion;
  /** Height and width of the slices, pixels. */
  readonly nRows: number;
  readonly nColumns: number;
  /** More maps that the loss asks for, from the planes of the batch's slices (`logScale` of equation 6). */
  readonly extraMaps?: (planes: readonly SlicePlanes[]) => Promise<Record<string, Float32Array>>;
}

export interface BatchSource {
  /** The batch of a step, counted from 0. */
  batch(step: number): Promise<Batch>;
}

export function createBatchSource(stream: PlaneStream, options: BatchOptions): BatchSource {
  return {
    async batch(step) {
      const planes = await stream.planes(step);
      const size = { n: planes.length, h: options.nRows, w: options.nColumns };
      const maps = {
        target: targetMap(planes, options.output),
        ...(options.lossOver === 'body' && { weight: bodyMap(planes) }),
        ...(await options.extraMaps?.(planes)),
      };
      return { image: stackInputs(planes, options.inputs), maps, size };
    },
  };
}

/** A network's input `[n, channel, row, column]`. */
export function stackInputs(planes: readonly InputPlanes[], inputs: readonly InputChannel[]): Float32Array {
  const nPixels = planes[0]!.coarse.length;
  const stacked = new Float32Array(planes.length * inputs.length * nPixels);
  planes.forEach((plane, n) => {
    inputs.forEach((channel, c) => {
      stacked.set(plane[channel], (n * inputs.length + c) * nPixels);
    });
  });
  return stacked;
}

/** 1 where there is signal, `[n, 1, row, column]`. */
function bodyMap(planes: readonly SlicePlanes[]): Float32Array {
  const nPixels = planes[0]!.air.length;
  const body = new Float32Array(planes.length * nPixels);
  planes.forEach(({ air }, n) => {
    for (let p = 0; p < nPixels; p++) body[n * nPixels + p] = 1 - air[p]!;
  });
  return body;
}

/** What the first output should be, `[n, 1, row, column]`. */
export function targetMap(planes: readonly SlicePlanes[], output: OutputMode): Float32Array {
  const nPixels = planes[0]!.coarse.length;
  const target = new Float32Array(planes.length * nPixels);
  planes.forEach((plane, n) => {
    target.set(plane.target, n * nPixels);
    if (output === 'correction')
      for (let p = 0; p < nPixels; p++) target[n * nPixels + p]! -= plane.coarse[p]!;
  });
  return target;
}
