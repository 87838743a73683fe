/** A property that real images have, with its published or measured spread, and how a virtual cohort shows it. */
import { spreadOf } from '../measure-cohort.ts';
import type { SliceMeasures } from '../patient-measures.ts';

/** A figure of a cohort; with the SD between slices where it is a mean over slices. */
export type Figure = number | { readonly mean: number; readonly sd: number };

export interface Property {
  readonly name: string;
  readonly unit: string;
  /** Interval of the real figures. */
  readonly real: readonly [number, number];
  readonly source: string;
  readonly of: (slices: readonly SliceMeasures[]) => Figure;
  /** Fewer patients say too little to judge the figure. */
  readonly minPatients: number;
}

type Value = (slice: SliceMeasures) => number | undefined;

export const mean =
  (value: Value): Property['of'] =>
  (slices) =>
    spreadOf(slices, value);

export const sdOf =
  (value: Value): Property['of'] =>
  (slices) =>
    spreadOf(slices, value).sd;
