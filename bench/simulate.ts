/**
 * The virtual cohort's speed: one patient on one core (3 slices, 4 TSLs, 256², files included), a cohort of 51 on all
 * threads, and memory. Times of `rounds` patients; the cohort runs once.
 */

import { simulateCohort } from '../src/pipeline/simulate.ts';
import { resolveCohort, simulateOptionsSchema } from '../src/pipeline/simulate-options.ts';
import { startCohortWorkers } from '../src/runtime/node/cohort-workers.ts';
import { type BenchOptions, type BenchRecord, median, round } from './benchmark.ts';

const N_PATIENTS = 51;
const WITHOUT_FLOOR = { floorDraws: 0, dicom: false };
const WITH_FLOOR = { floorDraws: 4, dicom: false };

const cohort = resolveCohort(simulateOptionsSchema.parse({ patients: N_PATIENTS }) as never);

export async function run({ threads, rounds }: BenchOptions): Promise<BenchRecord> {
  const before = process.memoryUsage.rss();
  const one = await patients(rounds);
  const { seconds, peakBytes } = await wholeCohort(threads);
  return {
    patientSeconds: round(one.without, 2),
    patientWithFloorSeconds: round(one.with, 2),
    nPatients: N_PATIENTS,
    threads,
    cohortSeconds: round(seconds),
    megabytesPerWorker: round((peakBytes - before) / threads / 1e6, 0),
  };
}

/** Median seconds of patients on one thread that has made one before. */
async function patients(rounds: number): Promise<{ without: number; with: number }> {
  const workers = startCohortWorkers(1);
  try {
    await workers.make(cohort, 0, WITHOUT_FLOOR);
    const timed = async (wishes: typeof WITH_FLOOR): Promise<number> => {
      const seconds: number[] = [];
      for (let i = 1; i <= rounds; i++) {
        const start = performance.now();
        await workers.make(cohort, i, wishes);
        seconds.push((performance.now() - start) / 1000);
      }
      return median(seconds);
    };
    return { without: await timed(WITHOUT_FLOOR), with: await timed(WITH_FLOOR) };
  } finally {
    await workers.close();
  }
}

async function wholeCohort(threads: number): Promise<{ seconds: number; peakBytes: number }> {
  const start = performance.now();
  const workers = startCohortWorkers(threads);
  let peakBytes = 0;
  try {
    await simulateCohort(cohort, {
      make: (index) => workers.make(cohort, index, WITHOUT_FLOOR),
      nWorkers: threads,
      find: async () => undefined,
      store: async () => {},
      finish: async () => {},
      onProgress: () => {
        peakBytes = Math.max(peakBytes, process.memoryUsage.rss());
      },
    });
  } finally {
    await workers.close();
  }
  return { seconds: (performance.now() - start) / 1000, peakBytes };
}
