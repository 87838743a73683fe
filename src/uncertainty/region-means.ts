/**
 * The regions on which intervals of means are calibrated and checked: what users draw is of any size, so each patient
 * gives the reader's regions (per slice, and all slices together), the same after refinement, and small discs in them.
 */
import type { Random } from '../core/random.ts';
import { type ErrorCovariance, meanErrorDeviationMs, regionSums } from './error-covariance.ts';
import { standardDeviationFromSigma } from './laplace.ts';
import { type ErrorReference, type RegionSlice, referenceOf } from './region-slice.ts';

export type RegionKind = 'patient' | 'slice' | 'refined' | 'disc';

export interface Region {
  readonly kind: RegionKind;
  readonly slices: readonly RegionSlice[];
}

/** Radius of a small region, mm: about a hundred pixels of 1.5 mm. */
const DISC_RADIUS_MM = 9;
/** A region of fewer pixels is not what anybody reports. */
export const FEWEST_REGION_PIXELS = 10;

/** @param slices of one patient; σ recalibrated. */
export function regionsOfPatient(
  slices: readonly RegionSlice[],
  thresholdMs: number,
  random: Random,
): Region[] {
  const kept = slices.map((s) => pick(s, (i) => standardDeviationFromSigma(s.sigmaMs[i]!) <= thresholdMs));
  const discs = slices.map((s) => disc(s, random.fork(s.slice)));
  const single = (kind: RegionKind, all: readonly RegionSlice[]): Region[] =>
    all.map((slice) => ({ kind, slices: [slice] }));
  return [
    { kind: 'patient', slices },
    ...single('slice', slices),
    { kind: 'refined', slices: kept.filter(hasPixels) },
    ...single('refined', kept),
    ...single('disc', discs),
  ].filter((region): region is Region => region.slices.some(hasPixels));
}

const hasPixels = ({ rows }: RegionSlice): boolean => rows.length >= FEWEST_REGION_PIXELS;

function disc(slice: RegionSlice, random: Random): RegionSlice {
  const centre = random.integer(slice.rows.length);
  const [row, column] = [slice.rows[centre]!, slice.columns[centre]!];
  const reach = DISC_RADIUS_MM / slice.pixelMm;
  return pick(slice, (i) => Math.hypot(slice.rows[i]! - row, slice.columns[i]! - column) <= reach);
}

/** The slice with those of its pixels that `keeps` says. */
function pick(slice: RegionSlice, keeps: (pixel: number) => boolean): RegionSlice {
  const kept = (_: unknown, i: number): boolean => keeps(i);
  return {
    ...slice,
    rows: slice.rows.filter(kept),
    columns: slice.columns.filter(kept),
    coarseMs: slice.coarseMs.filter(kept),
    predictedMs: slice.predictedMs.filter(kept),
    sigmaMs: slice.sigmaMs.filter(kept),
    targetMs: slice.targetMs.filter(kept),
    targetErrorMs: slice.targetErrorMs.filter(kept),
    ...(slice.truthMs && { truthMs: slice.truthMs.filter(kept) }),
  };
}

export interface RegionMeanError {
  /** Mean of the map less its shift, minus the mean of the reference, ms. */
  readonly errorMs: number;
  /** SD that is stated for it, ms. */
  readonly deviationMs: number;
}

export function regionMeanError(
  { slices }: Region,
  reference: ErrorReference,
  { shiftMs, covariance }: { readonly shiftMs: number; readonly covariance: ErrorCovariance },
): RegionMeanError {
  let [sum, n] = [0, 0];
  for (const slice of slices) {
    const expected = referenceOf(slice, reference)!;
    for (let i = 0; i < expected.length; i++) sum += slice.predictedMs[i]! - shiftMs - expected[i]!;
    n += expected.length;
  }
  const values = slices.map((s) => ({ ...s, values: s.sigmaMs.map(standardDeviationFromSigma) }));
  return { errorMs: sum / n, deviationMs: meanErrorDeviationMs(regionSums(values, covariance), covariance) };
}
