/**
 * How errors hang together: the mean product of two pixels' errors, each in units of its own stated u = √2·σ, by their
 * distance in the slice, and between slices of a patient. Neighbours err alike (the acquired matrix is coarser than the
 * stored one, networks smooth, fields are smooth), so the mean of a region is far less certain than n independent pixels
 * would make it. Estimated on calibration patients; a region's own u then gives the SD of its mean:
 *
 *     var(mean) = Σᵢ Σⱼ uᵢ·uⱼ·C(dᵢⱼ) / n²
 */
import { ShapeError } from '../core/errors.ts';
import type { Numbers } from '../core/statistics.ts';

export interface ErrorCovariance {
  /** Width of the distance bins, mm. */
  readonly binMm: number;
  /** C at distances 0, 1, 2 … bins; the last distance counts as near, all above as far. */
  readonly near: readonly number[];
  /** C of pixels of one slice beyond the near distances. */
  readonly far: number;
  /** C of pixels in different slices of one patient. */
  readonly betweenSlices: number;
}

/** A value for each pixel of a region in one slice. */
export interface PixelValues {
  readonly rows: Uint16Array;
  readonly columns: Uint16Array;
  readonly pixelMm: number;
  readonly values: Float32Array | Float64Array;
}

/** Beyond, what is left is common to the slice: a shift of its field or its gain. */
const NEAR_MM = 24;

/**
 * Estimates the covariance from errors divided by u, `values`, of the slices of calibration patients.
 * @param patients groups the slices of one patient.
 */
export function estimateErrorCovariance(patients: readonly (readonly PixelValues[])[]): ErrorCovariance {
  const binMm = patients[0]?.[0]?.pixelMm ?? 1;
  const nBins = Math.round(NEAR_MM / binMm) + 1;
  const near = { sums: new Float64Array(nBins), counts: new Float64Array(nBins) };
  const far = { sum: 0, n: 0 };
  const between = { sum: 0, n: 0 };
  for (const slices of patients) {
    const totals = slices.map(({ values }) => sum(values));
    slices.forEach((slice, s) => {
      const own = { sums: new Float64Array(nBins), counts: new Float64Array(nBins) };
      forEachNearPair(slice, slice.values, binMm, nBins, (bin, product, count) => {
        own.sums[bin]! += product;
        own.counts[bin]! += count;
      });
      for (let b = 0; b < nBins; b++) {
        near.sums[b]! += own.sums[b]!;
        near.counts[b]! += own.counts[b]!;
      }
      const n = slice.values.length;
      // All ordered pairs of the slice, less the near ones.
      far.sum += totals[s]! ** 2 - sum(own.sums);
      far.n += n ** 2 - sum(own.counts);
      for (let t = 0; t < slices.length; t++) {
        if (t === s) continue;
        between.sum += totals[s]! * totals[t]!;
        between.n += n * slices[t]!.values.length;
      }
    });
  }
  const farMean = far.n > 0 ? far.sum / far.n : 0;
  return {
    binMm,
    near: Array.from(near.sums, (s, b) => (near.counts[b]! > 0 ? s / near.counts[b]! : farMean)),
    far: farMean,
    betweenSlices: between.n > 0 ? between.sum / between.n : farMean,
  };
}

/** Sums over a region that the SD of its mean asks for; of the covariance they know the bins alone. */
export interface RegionSums {
  readonly nPixels: number;
  /** Σ u of each slice, ms. */
  readonly totals: readonly number[];
  /** Σ uᵢ·uⱼ over the near pairs of all slices, by distance bin, ms². */
  readonly near: Float64Array;
}

/**
 * @param slices u = √2·σ of the region's pixels, ms, slice by slice.
 * @throws ShapeError `roi/no-pixels` for a region without pixels.
 */
export function regionSums(
  slices: readonly PixelValues[],
  { near, binMm }: Pick<ErrorCovariance, 'near' | 'binMm'>,
): RegionSums {
  const nPixels = slices.reduce((n, { values }) => n + values.length, 0);
  if (nPixels === 0)
    throw new ShapeError('roi/no-pixels', 'The mean of a region without pixels has no uncertainty.');
  const sums = new Float64Array(near.length);
  for (const slice of slices)
    forEachNearPair(slice, slice.values, binMm, near.length, (bin, product) => {
      sums[bin]! += product;
    });
  return { nPixels, totals: slices.map(({ values }) => sum(values)), near: sums };
}

/** SD of the mean error of a region, ms. */
export function meanErrorDeviationMs(
  { nPixels, totals, near: sums }: RegionSums,
  { near, far, betweenSlices }: Pick<ErrorCovariance, 'near' | 'far' | 'betweenSlices'>,
): number {
  const all = sum(totals);
  const ofOneSlice = sum(totals.map((total) => total ** 2));
  const variance =
    sum(sums.map((product, bin) => near[bin]! * product)) +
    far * (ofOneSlice - sum(sums)) +
    betweenSlices * (all ** 2 - ofOneSlice);
  // A far covariance below 0 by chance must not turn a variance negative.
  return Math.sqrt(Math.max(variance, 0)) / nPixels;
}

/**
 * Visits the ordered pairs of near pixels by displacement: their distance bin, the sum of products of the two values,
 * and how many pairs there are.
 */
function forEachNearPair(
  { rows, columns, pixelMm }: PixelValues,
  values: Float32Array | Float64Array,
  binMm: number,
  nBins: number,
  visit: (bin: number, product: number, count: number) => void,
): void {
  const reach = Math.floor(((nBins - 0.5) * binMm) / pixelMm);
  const box = boundingBox(rows, columns);
  // A frame of `reach` empty pixels, so that no displacement runs over an edge.
  const width = box.nColumns + 2 * reach;
  const plane = new Float64Array(width * (box.nRows + 2 * reach));
  const inside = new Uint8Array(plane.length);
  const places = Uint32Array.from(
    rows,
    (row, i) => (row - box.row + reach) * width + columns[i]! - box.column + reach,
  );
  places.forEach((place, i) => {
    plane[place] = values[i]!;
    inside[place] = 1;
  });
  for (let dr = 0; dr <= reach; dr++)
    for (let dc = dr === 0 ? 0 : -reach; dc <= reach; dc++) {
      const bin = Math.round((Math.hypot(dr, dc) * pixelMm) / binMm);
      if (bin >= nBins) continue;
      const step = dr * width + dc;
      let [product, count] = [0, 0];
      for (let i = 0; i < places.length; i++) {
        const place = places[i]!;
        product += plane[place]! * plane[place + step]!;
        count += inside[place + step]!;
      }
      // The opposite displacement has the same pairs the other way round.
      const twice = step === 0 ? 1 : 2;
      visit(bin, twice * product, twice * count);
    }
}

function boundingBox(
  rows: Uint16Array,
  columns: Uint16Array,
): { row: number; column: number; nRows: number; nColumns: number } {
  let [top, bottom, left, right] = [65_535, 0, 65_535, 0];
  for (const row of rows) [top, bottom] = [Math.min(top, row), Math.max(bottom, row)];
  for (const column of columns) [left, right] = [Math.min(left, column), Math.max(right, column)];
  return { row: top, column: left, nRows: bottom - top + 1, nColumns: right - left + 1 };
}

function sum(values: Numbers): number {
  let total = 0;
  for (let i = 0; i < values.length; i++) total += values[i]!;
  return total;
}
