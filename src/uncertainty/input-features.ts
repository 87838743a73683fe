/**
 * A few numbers of a slice that change when something is wrong with it: times, order or position of the images, noise, the
 * organ, the region. They are compared with those of calibration patients (`input-checks.ts`). Taken on the network's grid,
 * from the planes that the network sees.
 */
import { quantileInPlace } from '../core/statistics.ts';
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
  const differences = new Float64Array(pixels.length);
  let n = 0;
  for (const p of pixels) {
    const column = p % nColumns;
    if (p < nColumns || p >= (nRows - 1) * nColumns || column === 0 || column === nColumns - 1) continue;
    differences[n++] = Math.abs(
      (4 * image[p]! -
        2 * (image[p - 1]! + image[p + 1]! + image[p - nColumns]! + image[p + nColumns]!) +
        image[p - nColumns - 1]! +
        image[p - nColumns + 1]! +
        image[p + nColumns - 1]! +
        image[p + nColumns + 1]!) /
        6,
    );
  }
  // Median of |x| of a normal distribution is 0.6745 SD.
  return quantileInPlace(differences.subarray(0, n), 0.5) / 0.6745;
}

function pixelsWhere(nPixels: number, holds: (pixel: number) => boolean): Uint32Array {
  const pixels = new Uint32Array(nPixels);
  let n = 0;
  for (let p = 0; p < nPixels; p++) if (holds(p)) pixels[n++] = p;
  return pixels.subarray(0, n);
}

function valuesAt(pixels: Uint32Array, valueAt: (pixel: number) => number): Float64Array {
  const values = new Float64Array(pixels.length);
  for (let i = 0; i < pixels.length; i++) values[i] = valueAt(pixels[i]!);
  return values;
}

const median = (pixels: Uint32Array, valueAt: (pixel: number) => number): number =>
  quantileInPlace(valuesAt(pixels, valueAt), 0.5);

/** Interquartile range. */
function spread(pixels: Uint32Array, valueAt: (pixel: number) => number): number {
  const values = valuesAt(pixels, valueAt);
  return quantileInPlace(values, 0.75) - quantileInPlace(values, 0.25);
}

function mean(pixels: Uint32Array, valueAt: (pixel: number) => number): number {
  let sum = 0;
  for (let i = 0; i < pixels.length; i++) sum += valueAt(pixels[i]!);
  return sum / pixels.length;
}
