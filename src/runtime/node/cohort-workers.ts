/** Threads that make or measure virtual patients. A patient depends on its cohort and number alone. */
import { Worker } from 'node:worker_threads';
import type { CohortOptions } from '../../cohort/simulate-patient.ts';
import type { PatientOutput, PatientWishes } from '../../pipeline/make-patient.ts';
import type { MeasureOptions, SliceMeasures } from '../../pipeline/patient-measures.ts';
import { type PackedError, unpackError } from './thread-error.ts';

export type CohortTask =
  | {
      readonly kind: 'make';
      readonly cohort: CohortOptions;
      readonly index: number;
      readonly wishes: PatientWishes;
    }
  | {
      readonly kind: 'measure';
      readonly cohort: CohortOptions;
      readonly index: number;
      readonly options: MeasureOptions;
    };

export type CohortAnswer =
  | { readonly kind: 'make'; readonly patient: PatientOutput }
  | { readonly kind: 'measure'; readonly slices: SliceMeasures[] }
  | { readonly kind: 'failed'; readonly error: PackedError };

export interface CohortWorkers {
  readonly nWorkers: number;
  make(cohort: CohortOptions, index: number, wishes: PatientWishes): Promise<PatientOutput>;
  measure(cohort: CohortOptions, index: number, options: MeasureOptions): Promise<SliceMeasures[]>;
  close(): Promise<void>;
}

/** Starts `nWorkers` threads; tasks beyond that number wait for a free one. */
export function startCohortWorkers(nWorkers: number): CohortWorkers {
  // Sources run as .ts, the built package as .js.
  const file = import.meta.filename.endsWith('.ts') ? './cohort-worker.ts' : './cohort-worker.js';
  const threads = Array.from({ length: nWorkers }, () => new Worker(new URL(file, import.meta.url)));
  const free = [...threads];
  const waiting: ((thread: Worker) => void)[] = [];

  const run = async (task: CohortTask): Promise<CohortAnswer> => {
    const thread = free.pop() ?? (await new Promise<Worker>((resolve) => waiting.push(resolve)));
    try {
      return await ask(thread, task);
    } finally {
      const next = waiting.shift();
      if (next) next(thread);
      else free.push(thread);
    }
  };

  return {
    nWorkers,
    make: async (cohort, index, wishes) => {
      const answer = await run({ kind: 'make', cohort, index, wishes });
      if (answer.kind !== 'make') throw new Error('a worker gave the wrong answer');
      return answer.patient;
    },
    measure: async (cohort, index, options) => {
      const answer = await run({ kind: 'measure', cohort, index, options });
      if (answer.kind !== 'measure') throw new Error('a worker gave the wrong answer');
      return answer.slices;
    },
    close: async () => {
      await Promise.all(threads.map((thread) => thread.terminate()));
    },
  };
}

function ask(thread: Worker, task: CohortTask): Promise<CohortAnswer> {
  return new Promise((resolve, reject) => {
    const settle = (finish: () => void): void => {
      thread.off('error', failed).off('exit', ended).off('message', answered);
      finish();
    };
    const failed = (error: unknown): void => settle(() => reject(error));
    const ended = (): void => settle(() => reject(new Error('a worker ended early')));
    const answered = (answer: CohortAnswer): void =>
      settle(() => {
        if (answer.kind === 'failed') reject(unpackError(answer.error));
        else resolve(answer);
      });
    thread.on('error', failed).on('exit', ended).on('message', answered);
    thread.postMessage(task);
  });
}
