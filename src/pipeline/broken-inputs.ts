/**
 * Inputs broken on purpose, to measure what the input checks notice: good patients with one thing wrong, of a kind and a
 * severity. The classes are data (`broken-inputs.json`), so that the list of what is tested is one to read.
 */
import type { Random } from '../core/random.ts';
import type { ContrastSlice } from '../training/planes.ts';
import type { InputRanges } from '../uncertainty/input-checks.ts';
import list from './broken-inputs.json' with { type: 'json' };

export interface BrokenClass {
  readonly name: string;
  readonly kind: 'tsl-factor' | 'swap' | 'shift' | 'roi-mirrored' | 'noise' | 't1rho-factor';
  /** Factor of the time or of T1rho, pixels, or noise in units of the highest that is usual. */
  readonly severity: number;
  /** Whether nearly all have to be noticed; the others draw the curve of what can be. */
  readonly mustFlag: boolean;
}

export const BROKEN_CLASSES: readonly BrokenClass[] = list as readonly BrokenClass[];

/**
 * The slice with one thing wrong. Only the two images that maps come from are touched.
 * @param random the same for all slices of a patient where they are to be broken alike.
 */
export function breakSlice<S extends ContrastSlice>(
  slice: S,
  { kind, severity }: BrokenClass,
  coarseTslMs: readonly [number, number],
  ranges: InputRanges,
  random: Random,
): S {
  const nPixels = slice.nRows * slice.nColumns;
  const contrasts = slice.contrasts.slice();
  const [short, long] = coarseTslMs.map((tsl) => {
    const t = slice.tslMs.indexOf(tsl);
    return contrasts.subarray(t * nPixels, (t + 1) * nPixels);
  }) as [Float32Array, Float32Array];
  const decayPower = (power: number): void => {
    for (let p = 0; p < nPixels; p++)
      if (short[p]! > 0 && long[p]! > 0) long[p] = short[p]! * (long[p]! / short[p]!) ** power;
  };
  if (kind === 'roi-mirrored') return { ...slice, roi: mirrored(slice) };
  if (kind === 'tsl-factor') decayPower(severity);
  else if (kind === 't1rho-factor') decayPower(1 / severity);
  else if (kind === 'swap') {
    const kept = short.slice();
    short.set(long);
    long.set(kept);
  } else if (kind === 'shift') shift(long, slice.nColumns, severity, random);
  else addNoise(short, long, slice, severity * Math.exp(ranges.region.ranges['regionNoise']!.high), random);
  return { ...slice, contrasts };
}

function mirrored({ roi, nRows, nColumns }: ContrastSlice): Uint8Array {
  return Uint8Array.from({ length: nRows * nColumns }, (_, p) => {
    const [row, column] = [Math.floor(p / nColumns), p % nColumns];
    return roi[row * nColumns + nColumns - 1 - column]!;
  });
}

/** By whole pixels along the rows or columns. */
function shift(image: Float32Array, nColumns: number, pixels: number, random: Random): void {
  const step = random.uniform() < 0.5 ? pixels : pixels * nColumns;
  const moved = image.slice();
  image.fill(0);
  if (random.uniform() < 0.5) image.set(moved.subarray(step));
  else image.set(moved.subarray(0, moved.length - step), step);
}

/** White noise in both images, of this part of the region's mean signal. */
function addNoise(
  short: Float32Array,
  long: Float32Array,
  { roi }: ContrastSlice,
  part: number,
  random: Random,
): void {
  let [sum, n] = [0, 0];
  roi.forEach((inside, p) => {
    if (inside === 0) return;
    sum += short[p]!;
    n++;
  });
  const sigma = (part * sum) / n;
  for (const image of [short, long])
    for (let p = 0; p < image.length; p++)
      if (image[p]! > 0) image[p] = Math.hypot(image[p]! + sigma * random.normal(), sigma * random.normal());
}
