/** Measures many virtual patients and sums them up. */
import type { CohortOptions } from '../cohort/simulate-patient.ts';
import { meanAndSd } from '../core/statistics.ts';
import type { MeasureOptions, SliceMeasures } from './patient-measures.ts';

/** Measures patient number `index`, in whatever thread. */
export type MeasurePort = (
  cohort: CohortOptions,
  index: number,
  options: MeasureOptions,
) => Promise<SliceMeasures[]>;

/**
 * Slices of `nPatients` patients spread evenly over the cohort, in order. The same patients, anatomy and noise come
 * back for other parameters (common random numbers), so that differences are due to the parameters.
 */
export async function measureCohort(
  measure: MeasurePort,
  cohort: CohortOptions,
  nPatients: number,
  options: MeasureOptions,
): Promise<SliceMeasures[]> {
  const count = Math.min(nPatients, cohort.nPatients);
  const indices = Array.from({ length: count }, (_, i) => Math.floor((i * cohort.nPatients) / count));
  const slices = await Promise.all(indices.map((index) => measure(cohort, index, options)));
  return slices.flat().filter(({ roiPixels }) => roiPixels > 0);
}

/**
 * Mean and SD over slices, and the standard error of the mean with patients as the independent units; NaN where one
 * slice or one patient leaves no spread.
 */
export interface Spread {
  readonly mean: number;
  readonly sd: number;
  readonly standardError: number;
}

export function spreadOf<S extends { readonly participant: string }>(
  slices: readonly S[],
  value: (slice: S) => number | undefined,
): Spread {
  const known = slices.flatMap((slice) => {
    const v = value(slice);
    return v === undefined || !Number.isFinite(v) ? [] : [{ participant: slice.participant, v }];
  });
  const { mean, standardDeviation } = meanAndSd(known.map(({ v }) => v));
  const byPatient = Map.groupBy(known, ({ participant }) => participant);
  const patients = meanAndSd([...byPatient.values()].map((list) => meanAndSd(list.map(({ v }) => v)).mean));
  return { mean, sd: standardDeviation, standardError: patients.standardDeviation / Math.sqrt(patients.n) };
}
