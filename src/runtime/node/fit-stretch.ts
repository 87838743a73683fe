/** What goes back and forth between `fit-pool.ts` and its threads. */
import type { FitOptions } from '../../fit/options.ts';

/** What a thread is started with. */
export interface FitWorkerData {
  readonly tslMs: readonly number[];
  readonly options: FitOptions;
  readonly nVoxels: number;
  /** Memory of `createVoxelMaps(nVoxels)` that all threads write to, each in its own stretches. */
  readonly maps: SharedArrayBuffer;
}

/** A stretch of voxels on its way to a thread; the buffers come back for the next one. */
export interface FitStretch {
  readonly begin: number;
  readonly count: number;
  /** Signals `[time, STRETCH]`. */
  readonly signal: Float32Array<ArrayBuffer>;
  /** 0: masked. */
  readonly mask: Uint16Array<ArrayBuffer> | undefined;
}

/** Voxels in a stretch: about 10 ms of least squares. */
export const STRETCH = 65_536;

/** The memory that travels with a stretch. */
export const stretchBuffers = ({ signal, mask }: FitStretch): ArrayBuffer[] => [
  signal.buffer,
  ...(mask ? [mask.buffer] : []),
];
