/** The thread behind `cohort-workers.ts`. */
import { parentPort, workerData } from 'node:worker_threads';
import { type CohortOptions, createCohortSimulator } from '../../cohort/simulate-patient.ts';
import { makePatient } from '../../pipeline/simulate.ts';
import type { WorkerAnswer } from './cohort-workers.ts';

const options = workerData as CohortOptions;
const simulator = createCohortSimulator(options);

parentPort!.on('message', (index: number) => {
  let answer: WorkerAnswer;
  try {
    answer = { patient: makePatient(simulator, options, index) };
  } catch (error) {
    answer = { error: (error as Error).stack ?? String(error) };
  }
  const buffers =
    'patient' in answer ? answer.patient.files.map((file) => file.bytes.buffer as ArrayBuffer) : [];
  parentPort!.postMessage(answer, [...new Set(buffers)]);
});
