/** One attempt at a task, with its lines in the journal; the same in a local worker and in a chunk on a cluster. */
import { EnvironmentError, RhomapError } from '../core/errors.ts';
import type { JournalEvent } from './journal.ts';
import { markOutput } from './output-mark.ts';
import type { Runner, Task } from './task.ts';

export type Outcome =
  | { readonly kind: 'done'; readonly seconds: number }
  | { readonly kind: 'failed'; readonly code: string; readonly reason: string }
  /** Nothing else can be written either: the run has to stop. */
  | { readonly kind: 'stop'; readonly code: string; readonly reason: string };

export async function attempt(
  task: Task,
  runner: Runner,
  record: (event: JournalEvent) => void,
): Promise<Outcome> {
  const { id, stamp } = task;
  const startedAt = performance.now();
  try {
    record({ event: 'started', id, stamp });
    await runner.run(task);
    const output = markOutput(runner.outputOf(id))!;
    const seconds = Number(((performance.now() - startedAt) / 1000).toFixed(3));
    record({ event: 'done', id, stamp, seconds, output });
    return { kind: 'done', seconds };
  } catch (error) {
    return failed(task, error, record);
  }
}

function failed({ id, stamp }: Task, error: unknown, record: (event: JournalEvent) => void): Outcome {
  const code = error instanceof RhomapError ? error.code : 'internal';
  const reason = error instanceof Error ? error.message : String(error);
  if (isOfDisk(error)) return { kind: 'stop', code, reason };
  record({ event: 'failed', id, stamp, code, reason });
  return { kind: 'failed', code, reason };
}

const DISK = ['ENOSPC', 'EDQUOT', 'EROFS'];

const isOfDisk = (error: unknown): boolean =>
  error instanceof EnvironmentError && DISK.includes((error.cause as NodeJS.ErrnoException)?.code ?? '');
