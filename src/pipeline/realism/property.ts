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
}

/** Source: measured on real slices (liver at 3 T, black-blood turbo spin echo, spin-lock 400 Hz). */
export const REAL_SLICES = 'real slices';

export const mean =
  (value: (slice: SliceMeasures) => number | undefined) =>
  (slices: readonly SliceMeasures[]): Figure =>
    spreadOf(slices, value);

export const sdOf =
  (value: (slice: SliceMeasures) => number | undefined) =>
  (slices: readonly SliceMeasures[]): Figure =>
    spreadOf(slices, value).sd;
