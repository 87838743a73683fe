/**
 * The virtual cohort as a data set, patient by patient. Where files go and how many workers there are is the caller's
 * business (`CohortPorts`); neither changes a byte.
 */
import { type CohortOptions, cohortParticipants } from '../cohort/simulate-patient.ts';
import type { OutputFile } from '../core/summary.ts';
import type { PatientOutput, SliceRecord } from './make-patient.ts';
import { cohortFiles } from './virtual-files.ts';

/** Where patients are made and kept. */
export interface CohortPorts {
  /** Makes patient number `index`, in whatever thread. */
  readonly make: (index: number) => Promise<PatientOutput>;
  readonly nWorkers: number;
  /** The slices of a patient that is already there, or `undefined`. */
  readonly find: (id: string) => Promise<readonly SliceRecord[] | undefined>;
  /** Stores a patient, whole or not at all. */
  readonly store: (patient: PatientOutput) => Promise<void>;
  /** Stores the files of the cohort itself, last. */
  readonly finish: (files: readonly OutputFile[]) => Promise<void>;
  readonly onProgress: (nDone: number) => void;
}

/** Makes what is missing of a cohort. Returns the records of all slices, in order. */
export async function simulateCohort(options: CohortOptions, ports: CohortPorts): Promise<SliceRecord[]> {
  const participants = cohortParticipants(options);
  const records = new Array<readonly SliceRecord[]>(participants.length);
  let next = 0;
  let nDone = 0;
  const work = async (): Promise<void> => {
    while (next < participants.length) {
      const index = next++;
      const { id } = participants[index]!;
      let slices = await ports.find(id);
      if (slices === undefined) {
        const patient = await ports.make(index);
        await ports.store(patient);
        slices = patient.slices;
      }
      records[index] = slices;
      ports.onProgress(++nDone);
    }
  };
  await Promise.all(Array.from({ length: ports.nWorkers }, work));
  await ports.finish(cohortFiles(options));
  return records.flat();
}
