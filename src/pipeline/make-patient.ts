/**
 * One patient of a virtual cohort, from its number to its files and to the numbers that are told of every slice.
 *
 * The way to the physics: `cohort/simulate-patient.ts` → `cohort/scan.ts` → `cohort/object.ts` → `signal/spin-lock.ts`.
 */
import {
  type CohortOptions,
  type CohortSimulator,
  givenImages,
  imagePatient,
  type VirtualPatient,
} from '../cohort/simulate-patient.ts';
import type { OutputFile } from '../core/summary.ts';
import { rmrePerSlice } from '../evaluate/rmre.ts';
import { fillForTraining } from '../fit/fill-for-training.ts';
import { CUTOFF_MS, coarseAndTarget } from './coarse-and-target.ts';
import { drawTargets, floorPercent } from './floor.ts';
import type { SimulateOptions } from './simulate-options.ts';
import { philipsFiles } from './virtual-dicom.ts';
import { patientFiles } from './virtual-files.ts';

/** What is told of every slice of a cohort. */
export interface SliceRecord {
  readonly participant: string;
  readonly slice: number;
  readonly snr: number;
  readonly roiPixels: number;
  /** RMRE of the two-image map against the target, %. */
  readonly coarsePercent: number;
  /** RMRE of the truth against the target, %. */
  readonly truthPercent: number;
  /** Information floor, %; `null` where it was not asked for. */
  readonly floorPercent: number | null;
}

/** A simulated patient, ready to be stored. */
export interface PatientOutput {
  readonly id: string;
  readonly files: readonly OutputFile[];
  readonly slices: readonly SliceRecord[];
}

/** What to make of a patient besides its images and truth. */
export type PatientWishes = Pick<SimulateOptions, 'floorDraws' | 'dicom'>;

/** Makes one patient's files; `simulator` belongs to the calling thread. */
export function makePatient(
  simulator: CohortSimulator,
  options: CohortOptions,
  index: number,
  { floorDraws, dicom }: PatientWishes,
): PatientOutput {
  const onScanner = simulator.prepare(index);
  const patient = imagePatient(onScanner, options.parameters);
  const { tslMs } = options.parameters.spinLock;
  const slices = describeSlices(patient).map((slice, k): SliceRecord => {
    if (floorDraws === 0) return { ...slice, floorPercent: null };
    const targets = drawTargets(
      onScanner,
      k,
      tslMs,
      givenImages(tslMs.length),
      floorDraws,
      options.parameters.storage.bits,
    );
    return { ...slice, floorPercent: round(floorPercent(targets), 4) };
  });
  const { id } = patient.participant;
  const series = dicom ? philipsFiles(patient, options) : [];
  return { id, slices, files: [...series, ...patientFiles(patient, slices, options)] };
}

function describeSlices({
  participant,
  series,
  roi,
  truth,
  snr,
}: VirtualPatient): Omit<SliceRecord, 'floorPercent'>[] {
  const { coarse, target } = coarseAndTarget(series, roi);
  const coarsePercent = rmrePerSlice(coarse, target, roi);
  const clamped = fillForTraining(truth.t1rho, CUTOFF_MS);
  const truthPercent = rmrePerSlice(clamped, target, roi);
  const nPixels = roi.grid.nColumns * roi.grid.nRows;
  return snr.map((value, k) => ({
    participant: participant.id,
    slice: k,
    snr: round(value, 2),
    roiPixels: roi.labels.subarray(k * nPixels, (k + 1) * nPixels).reduce((n, l) => n + (l > 0 ? 1 : 0), 0),
    coarsePercent: round(coarsePercent[k]!, 4),
    truthPercent: round(truthPercent[k]!, 4),
  }));
}

const round = (value: number, digits: number): number => Number(value.toFixed(digits));
