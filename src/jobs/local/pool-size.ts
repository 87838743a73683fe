/** How many workers a machine can feed: one per core, as far as memory reaches. */
import { availableParallelism } from 'node:os';

/** A worker that maps slices of 256² peaks at two thirds of this (`npm run -s bench -- cohort`); large matrices take more. */
const WORKER_BYTES = 800e6;

export interface Machine {
  readonly nCores: number;
  readonly freeBytes: number;
}

/** What a container may use counts, not what the machine has. */
export const thisMachine = (): Machine => ({
  nCores: availableParallelism(),
  freeBytes: process.availableMemory(),
});

export const poolSize = ({ nCores, freeBytes }: Machine): number =>
  Math.max(1, Math.min(nCores, Math.floor(freeBytes / WORKER_BYTES)));
