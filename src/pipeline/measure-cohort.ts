/** Measures many virtual patients and sums them up. */
import type { CohortOptions } from '../cohort/simulate-patient.ts';
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

/** Mean and SD over slices, and the standard error of the mean with patients as the independent units. */
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
  const mean = average(known.map(({ v }) => v));
  const byPatient = Map.groupBy(known, ({ participant }) => participant);
  const patientMeans = [...byPatient.values()].map((list) => average(list.map(({ v }) => v)));
  return {
    mean,
    sd: sampleSd(known.map(({ v }) => v)),
    standardError: sampleSd(patientMeans) / Math.sqrt(patientMeans.length),
  };
}

export const average = (values: readonly number[]): number =>
  values.reduce((a, b) => a + b, 0) / values.length;

export function sampleSd(values: readonly number[]): number {
  const centre = average(values);
  return Math.sqrt(values.reduce((s, v) => s + (v - centre) ** 2, 0) / Math.max(1, values.length - 1));
}
