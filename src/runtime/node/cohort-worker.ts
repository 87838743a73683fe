/** The thread behind `cohort-workers.ts`. */
import { parentPort } from 'node:worker_threads';
import { type CohortSimulator, createCohortSimulator } from '../../cohort/simulate-patient.ts';
import { makePatient } from '../../pipeline/make-patient.ts';
import { measurePatient } from '../../pipeline/patient-measures.ts';
import type { CohortAnswer, CohortTask } from './cohort-workers.ts';
import { packError } from './thread-error.ts';

/** The simulator of the last cohort asked for: its tables are worth keeping from patient to patient. */
let kept: { key: string; simulator: CohortSimulator } | undefined;

function simulatorOf(task: CohortTask): CohortSimulator {
  const key = JSON.stringify(task.cohort);
  if (kept?.key !== key) kept = { key, simulator: createCohortSimulator(task.cohort) };
  return kept.simulator;
}

function answerTo(task: CohortTask): CohortAnswer {
  const simulator = simulatorOf(task);
  if (task.kind === 'make')
    return { kind: 'make', patient: makePatient(simulator, task.cohort, task.index, task.wishes) };
  const patient = simulator.prepare(task.index);
  return { kind: 'measure', slices: measurePatient(patient, task.cohort.parameters, task.options) };
}

parentPort!.on('message', (task: CohortTask) => {
  let answer: CohortAnswer;
  try {
    answer = answerTo(task);
  } catch (error) {
    answer = { kind: 'failed', error: packError(error) };
  }
  const files = answer.kind === 'make' ? answer.patient.files : [];
  parentPort!.postMessage(answer, [...new Set(files.map((file) => file.bytes.buffer as ArrayBuffer))]);
});
