/**
 * Worker processes on this machine. A task goes to a free one; a process that dies takes only its own task with it,
 * which is tried once more in a fresh one. Memory is that of the workers and of the tasks still to do.
 */
import { type ChildProcess, fork } from 'node:child_process';
import type { Outcome } from '../attempt.ts';
import { createSchedule } from '../schedule.ts';
import type { Task } from '../task.ts';

export interface PoolSettings {
  /** Of the job. */
  readonly folder: string;
  readonly nWorkers: number;
  /** Aborted to stop: running tasks end, no other begins. */
  readonly signal: AbortSignal;
  readonly onEnd: (task: Task, outcome: Outcome) => void;
}

export type PoolEnd =
  | { readonly kind: 'finished' | 'interrupted' }
  | { readonly kind: 'stopped'; readonly code: string; readonly reason: string };

/** Deaths of a process at one task before the task counts as failed. */
const MAX_DEATHS = 2;

export async function runPool(tasks: readonly Task[], settings: PoolSettings): Promise<PoolEnd> {
  const { folder, signal, onEnd } = settings;
  const schedule = createSchedule(tasks);
  let stop: PoolEnd | undefined;
  let wake = new AbortController();
  const end = (task: Task, outcome: Outcome): void => {
    onEnd(task, outcome);
    if (outcome.kind === 'stop') stop ??= { ...outcome, kind: 'stopped' };
    for (const lost of schedule.finish(task, outcome.kind === 'done'))
      onEnd(lost, { kind: 'failed', code: 'jobs/needs', reason: `${task.id}, which it needs, failed.` });
    wake.abort();
    wake = new AbortController();
  };
  const work = async (): Promise<void> => {
    let worker: Worker | undefined;
    try {
      while (!signal.aborted && !stop && schedule.nWaiting > 0) {
        const task = schedule.next();
        if (!task) {
          await aborted(wake.signal, signal);
          continue;
        }
        for (let deaths = 0; ; ) {
          worker ??= startWorker(folder);
          const outcome = await worker.run(task);
          if (outcome.kind !== 'died') {
            end(task, outcome);
            break;
          }
          worker = undefined;
          if (++deaths < MAX_DEATHS && !signal.aborted) continue;
          end(task, { kind: 'failed', code: 'jobs/worker-died', reason: outcome.reason });
          break;
        }
      }
    } finally {
      worker?.close();
    }
  };
  await Promise.all(Array.from({ length: Math.min(settings.nWorkers, tasks.length) }, work));
  return stop ?? { kind: signal.aborted ? 'interrupted' : 'finished' };
}

const aborted = (...signals: readonly AbortSignal[]): Promise<unknown> =>
  new Promise((resolve) => AbortSignal.any([...signals]).addEventListener('abort', resolve));

interface Worker {
  run(task: Task): Promise<Outcome | { readonly kind: 'died'; readonly reason: string }>;
  close(): void;
}

function startWorker(folder: string): Worker {
  // Sources run as .ts, the built package as .js.
  const file = import.meta.filename.endsWith('.ts') ? 'task-worker.ts' : 'task-worker.js';
  const child: ChildProcess = fork(`${import.meta.dirname}/${file}`, [folder], {
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  });
  return {
    run: (task) =>
      new Promise((resolve) => {
        const settle = (outcome: Parameters<typeof resolve>[0]): void => {
          child.off('message', answered).off('exit', ended).off('error', broken);
          resolve(outcome);
        };
        const answered = (outcome: unknown): void => settle(outcome as Outcome);
        const ended = (code: number | null, signal: string | null): void =>
          settle({
            kind: 'died',
            reason: `its process ended by ${signal ?? `exit code ${code}`}: most likely memory ran out (fewer --workers), or the image is damaged.`,
          });
        const broken = (error: Error): void => {
          if (child.exitCode !== null || child.pid === undefined)
            settle({ kind: 'died', reason: error.message });
        };
        child.on('message', answered).on('exit', ended).on('error', broken);
        if (child.exitCode !== null || child.signalCode !== null) ended(child.exitCode, child.signalCode);
        else child.send(task);
      }),
    close: () => child.disconnect(),
  };
}
