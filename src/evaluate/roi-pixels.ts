/**
 * What every metric is computed from: the pixels inside the ROIs of many slices, in flat arrays, slice after slice.
 * All maps of a slice are read at the same pixels, so that numbers of one table refer to one set.
 */
import { ShapeError } from '../core/errors.ts';

export type Values = Float32Array | Float64Array;

/** Maps of one slice as they come from a method; arrays `[row, column]` of one length. */
export interface RoiSlice {
  /** Unique among the slices, e.g. `sub-001 slice 2`. */
  readonly id: string;
  readonly patient: string;
  /** ROI: not 0 inside. */
  readonly roi: ArrayLike<number>;
  readonly predictedMs: Float32Array;
  /** The map fitted from all images. */
  readonly targetMs: Float32Array;
  /** The exact map, known for virtual patients only. */
  readonly truthMs?: Float32Array;
  /** Laplace scale σ of the prediction. */
  readonly sigmaMs?: Float32Array;
}

/** Pixels of slice s are those from offsets[s] up to offsets[s + 1]. */
export interface RoiPixels {
  readonly sliceIds: readonly string[];
  /** Patient of each slice. */
  readonly patients: readonly string[];
  readonly offsets: Uint32Array;
  readonly predictedMs: Float32Array;
  readonly targetMs: Float32Array;
  readonly truthMs?: Float32Array;
  readonly sigmaMs?: Float32Array;
  /** ROI pixels left out because a map has no value there (or target, truth or σ is not positive). */
  readonly nDropped: number;
  /** Slices left out because no ROI pixel remained. */
  readonly emptySlices: readonly string[];
}

export type Reference = 'target' | 'truth';

/**
 * Collects the ROI pixels at which every given map has a value. Truth and σ are kept if all slices have them.
 * @throws ShapeError if the arrays of a slice differ in length.
 */
export function gatherRoiPixels(slices: readonly RoiSlice[]): RoiPixels {
  const withTruth = slices.length > 0 && slices.every((s) => s.truthMs !== undefined);
  const withSigma = slices.length > 0 && slices.every((s) => s.sigmaMs !== undefined);
  const chosen = slices.map((slice) => ({ slice, kept: keptPixels(slice, withTruth, withSigma) }));
  const filled = chosen.filter(({ kept }) => kept.length > 0);
  const offsets = new Uint32Array(filled.length + 1);
  filled.forEach(({ kept }, s) => {
    offsets[s + 1] = offsets[s] + kept.length;
  });
  const flatten = (mapOf: (slice: RoiSlice) => Float32Array | undefined): Float32Array => {
    const out = new Float32Array(offsets[filled.length]);
    filled.forEach(({ slice, kept }, s) => {
      const map = mapOf(slice);
      if (map) for (let i = 0; i < kept.length; i++) out[offsets[s] + i] = map[kept[i]];
    });
    return out;
  };
  return {
    sliceIds: filled.map(({ slice }) => slice.id),
    patients: filled.map(({ slice }) => slice.patient),
    offsets,
    predictedMs: flatten((s) => s.predictedMs),
    targetMs: flatten((s) => s.targetMs),
    ...(withTruth && { truthMs: flatten((s) => s.truthMs) }),
    ...(withSigma && { sigmaMs: flatten((s) => s.sigmaMs) }),
    nDropped: chosen.reduce((sum, { slice, kept }) => sum + countInside(slice.roi) - kept.length, 0),
    emptySlices: chosen.filter(({ kept }) => kept.length === 0).map(({ slice }) => slice.id),
  };
}

function keptPixels(slice: RoiSlice, withTruth: boolean, withSigma: boolean): number[] {
  const positive = [slice.targetMs];
  if (withTruth && slice.truthMs) positive.push(slice.truthMs);
  if (withSigma && slice.sigmaMs) positive.push(slice.sigmaMs);
  for (const map of [slice.predictedMs, ...positive])
    if (map.length !== slice.roi.length)
      throw new ShapeError(
        'evaluate/size',
        `${slice.id}: the ROI has ${slice.roi.length} pixels, a map ${map.length}; they must lie on one grid.`,
      );
  const kept: number[] = [];
  for (let i = 0; i < slice.roi.length; i++)
    if (
      slice.roi[i] !== 0 &&
      Number.isFinite(slice.predictedMs[i]) &&
      positive.every((map) => map[i] > 0 && map[i] < Number.POSITIVE_INFINITY)
    )
      kept.push(i);
  return kept;
}

function countInside(roi: ArrayLike<number>): number {
  let n = 0;
  for (let i = 0; i < roi.length; i++) if (roi[i] !== 0) n++;
  return n;
}

/**
 * The reference map's pixels.
 * @throws ShapeError `evaluate/no-truth` if the truth is asked for and not there.
 */
export function referenceMs(pixels: RoiPixels, reference: Reference): Float32Array {
  if (reference === 'target') return pixels.targetMs;
  if (pixels.truthMs === undefined)
    throw new ShapeError('evaluate/no-truth', 'The truth is known for virtual patients only.');
  return pixels.truthMs;
}

/**
 * The Laplace scale of each pixel.
 * @throws ShapeError `evaluate/no-sigma` for a method without uncertainty.
 */
export function sigmaOf(pixels: RoiPixels): Float32Array {
  if (pixels.sigmaMs === undefined)
    throw new ShapeError('evaluate/no-sigma', 'This method gives no uncertainty, so there is none to judge.');
  return pixels.sigmaMs;
}

/** Signed error, predicted − reference, of each pixel in ms. */
export function errorsMs(pixels: RoiPixels, reference: Reference = 'target'): Float64Array {
  const expected = referenceMs(pixels, reference);
  return Float64Array.from(pixels.predictedMs, (value, i) => value - expected[i]);
}

/** Mean of `valueAt(pixel)` over each slice. */
export function meanBySlice(offsets: Uint32Array, valueAt: (pixel: number) => number): Float64Array {
  const means = new Float64Array(offsets.length - 1);
  for (let s = 0; s < means.length; s++) {
    let sum = 0;
    for (let i = offsets[s]; i < offsets[s + 1]; i++) sum += valueAt(i);
    means[s] = sum / (offsets[s + 1] - offsets[s]);
  }
  return means;
}
