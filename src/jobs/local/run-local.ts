/** Runs what is to do of a job on this machine; what was done stays, whatever happens. */
import { rmSync } from 'node:fs';
import { hostname } from 'node:os';
import { jobPaths } from '../job-folder.ts';
import { openJournalWriter } from '../journal.ts';
import { takeLock } from '../lock.ts';
import type { Plan } from '../plan.ts';
import type { JobCounts } from '../progress.ts';
import type { Failure } from '../task.ts';
import { type PoolEnd, runPool } from './pool.ts';

export interface LocalRun {
  readonly folder: string;
  readonly plan: Plan;
  readonly nWorkers: number;
  readonly signal: AbortSignal;
  readonly onProgress: (counts: JobCounts, nEnded: number) => void;
}

export interface RunResult {
  readonly end: PoolEnd;
  readonly nDone: number;
  /** Of this run and, where they were not tried again, of earlier ones. */
  readonly failures: readonly Failure[];
}

/** @throws OptionError `jobs/running` where another run is at it. */
export async function runLocally({
  folder,
  plan,
  nWorkers,
  signal,
  onProgress,
}: LocalRun): Promise<RunResult> {
  const unlock = await takeLock(folder);
  const record = openJournalWriter(folder, `${hostname()}-${process.pid}-${Date.now()}-pool`);
  const failures = [...plan.failures];
  let [nDone, nEnded] = [plan.nDone, 0];
  try {
    rmSync(jobPaths(folder).partial, { recursive: true, force: true });
    const end = await runPool(plan.todo, {
      ...{ folder, nWorkers, signal },
      onEnd: ({ id, stamp, input }, outcome) => {
        nEnded++;
        if (outcome.kind === 'done') nDone++;
        if (outcome.kind === 'failed') {
          const { code, reason } = outcome;
          failures.push({ id, input, code, reason });
          // The process that would have written it is gone.
          if (code === 'jobs/worker-died') record({ event: 'failed', id, stamp, code, reason });
        }
        const nLeft = plan.todo.length - nEnded;
        onProgress({ nDone, nFailed: failures.length, nLeft }, nEnded);
      },
    });
    rmSync(jobPaths(folder).partial, { recursive: true, force: true });
    return { end, nDone, failures };
  } finally {
    unlock();
  }
}
