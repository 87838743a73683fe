/** Chunks on their way through the queue: which have ended, and of what. */
import type { Task } from '../task.ts';
import type { ChunkTask, SlurmArray } from './array.ts';
import { hasEnded, type QueuedChunk } from './client.ts';

/** A task that has not ended. */
export interface Left {
  readonly task: Task;
  /** How often it had ended before this run. */
  readonly nEnds: number;
  /** With which it is tried next. */
  memoryMb: number;
  /** Chunks that died at it. */
  nDeaths: number;
}

/** A chunk that was submitted. */
export interface Chunk {
  readonly array: SlurmArray;
  readonly number: number;
  readonly tasks: readonly ChunkTask[];
  /** Looks at the queue in a row that did not show it. */
  nMissed: number;
}

export interface EndedChunk {
  readonly chunk: Chunk;
  readonly isCancelled: boolean;
  readonly isOfMemory: boolean;
}

export const chunksOf = (array: SlurmArray): Chunk[] =>
  array.chunks.map((tasks, number) => ({ array, number, tasks, nMissed: 0 }));

/** Looks before a chunk that is not in the queue counts as ended: what it wrote may take a moment to be seen on a shared disk. */
const MIN_MISSED = 2;

/** The chunks that have ended. */
export function lookAfter(chunks: readonly Chunk[], queue: readonly QueuedChunk[]): EndedChunk[] {
  const queued = new Map(queue.map((entry) => [`${entry.array} ${entry.chunk}`, entry]));
  const cancelled = new Set(queue.filter(({ state }) => state === 'CANCELLED').map(({ array }) => array));
  return chunks.flatMap((chunk) => {
    const entry = queued.get(`${chunk.array.name} ${chunk.number}`);
    chunk.nMissed = entry && !hasEnded(entry) ? 0 : chunk.nMissed + 1;
    if (chunk.nMissed < MIN_MISSED) return [];
    const isCancelled = entry ? entry.state === 'CANCELLED' : cancelled.has(chunk.array.name);
    return [{ chunk, isCancelled, isOfMemory: entry?.state === 'OUT_OF_MEMORY' || entry?.signal === 9 }];
  });
}
