/** What goes back and forth between `fit-pool.ts` and its threads. */
import type { FitOptions } from '../../fit/options.ts';

/** What a thread is started with. */
export interface FitWorkerData {
  readonly tslMs: readonly number[];
  readonly options: FitOptions;
}

/** A stretch of voxels on its way to a thread and back; both buffers travel. */
export interface FitStretch {
  readonly begin: number;
  readonly count: number;
  /** Signals `[time, STRETCH]`. */
  readonly signal: Float32Array<ArrayBuffer>;
  /** 0: masked. */
  readonly mask: Uint16Array<ArrayBuffer> | undefined;
  /** Memory of `createVoxelMaps(STRETCH)`. */
  readonly maps: ArrayBuffer;
}

/** Voxels in a stretch: about 10 ms of least squares. */
export const STRETCH = 65_536;

/** The memory that travels with a stretch. */
export const stretchBuffers = ({ signal, mask, maps }: FitStretch): ArrayBuffer[] => [
  signal.buffer,
  maps,
  ...(mask ? [mask.buffer] : []),
];
