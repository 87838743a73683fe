/** Maps in a thread of its own: a network's run blocks the thread that calls it, and images go on coming meanwhile. */
import { Worker } from 'node:worker_threads';
import { DataError, EnvironmentError } from '../../core/errors.ts';
import type { Rule } from './config.ts';
import type { Reason } from './queue.ts';

export interface MappingOrder {
  readonly rule: Rule;
  readonly images: string;
  /** Folder to write; appears whole or not at all. */
  readonly results: string;
}

export type MappingAnswer =
  | { readonly verdict: string }
  | { readonly failure: Reason; readonly isPermanent: boolean };

export interface Mapper {
  /**
   * One at a time; gives the verdict of the input's checks.
   * @throws DataError where the images are at fault, EnvironmentError where it may work another time.
   */
  map(order: MappingOrder): Promise<string>;
  close(): Promise<void>;
}

export function createMapper(): Mapper {
  // Sources run as .ts, the built package as .js.
  const file = import.meta.filename.endsWith('.ts') ? './mapping-worker.ts' : './mapping-worker.js';
  let worker: Worker | undefined;
  let waiting = Promise.withResolvers<MappingAnswer>();
  const start = (): Worker => {
    const thread = new Worker(new URL(file, import.meta.url));
    const died = (reason: unknown): void => {
      worker = undefined;
      const message = reason instanceof Error ? reason.message : 'it ended';
      const words = `The thread that maps broke off: ${message}.`;
      waiting.reject(new EnvironmentError('gateway/thread', words, { cause: reason }));
    };
    return thread
      .on('message', (answer: MappingAnswer) => waiting.resolve(answer))
      .on('error', died)
      .on('exit', died);
  };
  const ask = (order: MappingOrder): Promise<MappingAnswer> => {
    waiting = Promise.withResolvers<MappingAnswer>();
    worker ??= start();
    worker.postMessage(order);
    return waiting.promise;
  };
  return {
    map: async (order) => {
      const answer = await ask(order);
      if ('verdict' in answer) return answer.verdict;
      const { code, message } = answer.failure;
      throw answer.isPermanent ? new DataError(code, message) : new EnvironmentError(code, message);
    },
    close: async () => {
      // Nobody waits any more.
      waiting.promise.catch(() => {});
      await worker?.terminate();
    },
  };
}
