/** How a region's mean depends on how many of its uncertain pixels are left out; the refinement itself is the library's. */
import { summarise, type ValueSummary } from '../../../src/index.ts';
import type { Study } from './study.ts';

/** A region's pixels that have a value, the surest first. */
export interface SortedRegion {
  readonly values: Float64Array;
  readonly doubts: Float64Array;
}

/** Pixels whose doubt is not known come last, as infinitely doubtful. */
export function sortRegion({ main, doubt }: Study, labels: Uint16Array, label: number): SortedRegion {
  const values: number[] = [];
  const doubts: number[] = [];
  const known = doubt?.map.values;
  for (let i = 0; i < labels.length; i++) {
    if (labels[i] !== label || !Number.isFinite(main.values[i])) continue;
    values.push(main.values[i]!);
    doubts.push(known && known[i]! > 0 ? known[i]! : Number.POSITIVE_INFINITY);
  }
  const order = Uint32Array.from(values.keys());
  // Two infinite ones differ by NaN, which counts as equal.
  order.sort((a, b) => doubts[a]! - doubts[b]! || a - b);
  return {
    values: Float64Array.from(order, (n) => values[n]!),
    doubts: Float64Array.from(order, (n) => doubts[n]!),
  };
}

/** Whether `refineRoi` takes a voxel out at a threshold: one without a value or a doubt never stays. */
export function leftOutAt({ main, doubt }: Study, thresholdMs: number): (voxel: number) => boolean {
  const [values, doubts] = [main.values, doubt?.map.values];
  return (voxel) => {
    const own = doubts?.[voxel] ?? Number.NaN;
    return !(own > 0 && own <= thresholdMs && Number.isFinite(values[voxel]));
  };
}

/** How many of a sorted region's pixels a threshold keeps. */
export const keptCount = ({ doubts }: SortedRegion, thresholdMs: number): number => {
  let n = 0;
  while (n < doubts.length && doubts[n]! <= thresholdMs) n++;
  return n;
};

export const summariseFirst = ({ values }: SortedRegion, n: number): ValueSummary =>
  summarise(Array.from(values.subarray(0, n)));

/** The mean over the surest pixels against their share, at about `steps` shares. */
export function meanByShare(
  { values }: SortedRegion,
  steps = 60,
): (readonly [share: number, mean: number])[] {
  const n = values.length;
  const points: (readonly [number, number])[] = [];
  let sum = 0;
  for (let i = 0; i < n; i++) {
    sum += values[i]!;
    const isShown = Math.floor(((i + 1) * steps) / n) > Math.floor((i * steps) / n);
    if (isShown && i + 1 >= Math.min(n, 5)) points.push([(i + 1) / n, sum / (i + 1)]);
  }
  return points;
}

/** The paper's threshold: mean and standard deviation of the doubt over the region's pixels, added. */
export function suggestedThresholdMs({ doubts }: SortedRegion): number | undefined {
  const known = doubts.filter(Number.isFinite);
  if (known.length < 2) return undefined;
  const { mean, standardDeviation } = summarise(Array.from(known));
  return mean + standardDeviation;
}
