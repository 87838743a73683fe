/**
 * A few numbers of a slice that change when something is wrong with it: times, order or position of the images, noise, the
 * organ, the region. They are compared with those of calibration patients (`input-checks.ts`). Taken on the network's grid,
 * from the planes that the network sees.
 */
import { quantileOfSorted } from '../core/statistics.ts';
import { type InputPlanes, msFromScaled } from '../training/planes.ts';
import { imageShift } from './image-shift.ts';

export interface FeatureInput {
  readonly planes: InputPlanes;
  /** Refined map, and the scale σ as the network gives it, ms, `[row, column]`. */
  readonly mapMs: Float32Array;
  readonly sigmaMs?: Float32Array | undefined;
  readonly nRows: number;
  readonly nColumns: number;
  /** Not 0 inside the region. */
  readonly roi?: ArrayLike<number> | undefined;
}

/** Features by name; `region…` ones only with a region. */
export type Features = Readonly<Record<string, number>>;

/** Signal above this part of the bright ones is body, not air. */
const BODY_SIGNAL = 0.15;

export function sliceFeatures(input: FeatureInput): Features {
  const { planes, nRows, nColumns, roi } = input;
  const [short, long] = [planes['image-short'], planes['image-long']];
  const body = pixelsWhere(short.length, (p) => short[p]! > BODY_SIGNAL);
  const image = {
    bodyRatio: median(body, (p) => long[p]! / short[p]!),
    bodyCutShare: mean(body, (p) => planes.coarseCut[p]!),
    bodyNoise: Math.log(noise(short, nRows, nColumns, body) / median(body, (p) => short[p]!)),
    shiftPixels: imageShift(short, long, nRows, nColumns),
  };
  if (!roi) return image;
  return { ...image, ...regionFeatures(input, roi) };
}

function regionFeatures(
  { planes, mapMs, sigmaMs, nRows, nColumns }: FeatureInput,
  roi: ArrayLike<number>,
): Features {
  const [short, long] = [planes['image-short'], planes['image-long']];
  const region = pixelsWhere(short.length, (p) => roi[p] !== 0);
  const correction = (p: number): number => msFromScaled(planes.coarse[p]!) - mapMs[p]!;
  return {
    regionCoarseMs: median(region, (p) => msFromScaled(planes.coarse[p]!)),
    regionCutShare: mean(region, (p) => planes.coarseCut[p]!),
    regionSignal: Math.log(median(region, (p) => short[p]!)),
    regionSpreadMs: spread(region, (p) => mapMs[p]!),
    regionCorrectionMs: median(region, correction),
    regionCorrectionSpreadMs: spread(region, correction),
    regionNoise: Math.log(noise(short, nRows, nColumns, region) / median(region, (p) => short[p]!)),
    regionNoiseLong: Math.log(noise(long, nRows, nColumns, region) / median(region, (p) => long[p]!)),
    ...(sigmaMs && { regionSigmaMs: Math.log(mean(region, (p) => sigmaMs[p]!)) }),
  };
}

/**
 * Noise SD from second differences along both axes, by their median: edges are few, noise is everywhere. Coloured noise
 * reads low, in calibration patients and in the patient at hand alike.
 */
function noise(image: Float32Array, nRows: number, nColumns: number, pixels: Uint32Array): number {
  const inner = pixels.filter((p) => {
    const [row, column] = [Math.floor(p / nColumns), p % nColumns];
    return row > 0 && row < nRows - 1 && column > 0 && column < nColumns - 1;
  });
  const diagonal = (p: number): number =>
    Math.abs(
      (4 * image[p]! -
        2 * (image[p - 1]! + image[p + 1]! + image[p - nColumns]! + image[p + nColumns]!) +
        image[p - nColumns - 1]! +
        image[p - nColumns + 1]! +
        image[p + nColumns - 1]! +
        image[p + nColumns + 1]!) /
        6,
    );
  // Median of |x| of a normal distribution is 0.6745 SD.
  return median(inner, diagonal) / 0.6745;
}

const pixelsWhere = (n: number, holds: (pixel: number) => boolean): Uint32Array =>
  Uint32Array.from({ length: n }, (_, p) => p).filter(holds);

function sorted(pixels: Uint32Array, valueAt: (pixel: number) => number): Float64Array {
  return Float64Array.from(pixels, valueAt).sort();
}

const median = (pixels: Uint32Array, valueAt: (pixel: number) => number): number =>
  quantileOfSorted(sorted(pixels, valueAt), 0.5);

/** Interquartile range. */
function spread(pixels: Uint32Array, valueAt: (pixel: number) => number): number {
  const values = sorted(pixels, valueAt);
  return quantileOfSorted(values, 0.75) - quantileOfSorted(values, 0.25);
}

function mean(pixels: Uint32Array, valueAt: (pixel: number) => number): number {
  let sum = 0;
  for (const p of pixels) sum += valueAt(p);
  return sum / pixels.length;
}
