/** Threads that make virtual patients. Each keeps one simulator; a patient depends on its number alone. */
import { Worker } from 'node:worker_threads';
import type { CohortOptions } from '../../cohort/simulate-patient.ts';
import type { PatientOutput } from '../../pipeline/simulate.ts';

export interface CohortWorkers {
  make(index: number): Promise<PatientOutput>;
  close(): Promise<void>;
}

/** What a thread answers: the patient, or why there is none. */
export type WorkerAnswer = { readonly patient: PatientOutput } | { readonly error: string };

/** Starts `nWorkers` threads; at most that many patients may be asked for at a time. */
export function startCohortWorkers(options: CohortOptions, nWorkers: number): CohortWorkers {
  // Sources run as .ts, the built package as .js.
  const file = import.meta.filename.endsWith('.ts') ? './cohort-worker.ts' : './cohort-worker.js';
  const threads = Array.from(
    { length: nWorkers },
    () => new Worker(new URL(file, import.meta.url), { workerData: options }),
  );
  const free = [...threads];
  const make = (index: number): Promise<PatientOutput> => {
    const thread = free.pop();
    if (thread === undefined) throw new Error('more patients asked for than there are workers');
    return new Promise((resolve, reject) => {
      const settle = (finish: () => void): void => {
        thread.off('error', failed).off('exit', ended).off('message', answered);
        free.push(thread);
        finish();
      };
      const failed = (error: unknown): void => settle(() => reject(error));
      const ended = (): void => settle(() => reject(new Error('a worker ended early')));
      const answered = (answer: WorkerAnswer): void =>
        settle(() => {
          if ('patient' in answer) resolve(answer.patient);
          else reject(new Error(answer.error));
        });
      thread.on('error', failed).on('exit', ended).on('message', answered);
      thread.postMessage(index);
    });
  };
  return {
    make,
    close: async () => {
      await Promise.all(threads.map((thread) => thread.terminate()));
    },
  };
}
