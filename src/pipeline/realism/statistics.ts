/** Statistics of a cohort's slices that are more than a mean. */
import { meanAndSd } from '../../core/statistics.ts';
import { B1_BIN } from '../content-measures.ts';
import { spreadOf } from '../measure-cohort.ts';
import type { SliceMeasures } from '../patient-measures.ts';
import type { Figure } from './property.ts';

/** Of two widths of smoothing the one that is better on average: the better one of every slice would flatter it. */
export function betterSmoothing(slices: readonly SliceMeasures[]): Figure {
  const [narrow, wide] = [spreadOf(slices, (s) => s.smoothed05), spreadOf(slices, (s) => s.smoothed07)];
  return narrow.mean < wide.mean ? narrow : wide;
}

/** How much slices differ: the 95th over the 5th percentile of the coarse RMRE. */
export function coarseRange(slices: readonly SliceMeasures[]): number {
  const sorted = slices.map((s) => s.coarsePercent).sort((a, b) => a - b);
  return sorted[Math.floor(0.95 * sorted.length)]! / sorted[Math.floor(0.05 * sorted.length)]!;
}

/** Half-width of the limits of agreement of coarse and target, slice means. */
export const agreementHalfWidth = (slices: readonly SliceMeasures[]): number =>
  1.96 * spreadOf(slices, (s) => s.biasMs).sd;

/** Percentile of b1 over the pixels of all bodies together, to a part of `B1_BIN`; `p` from 0 to 1. */
export const pooledB1Percentile =
  (p: number) =>
  (slices: readonly SliceMeasures[]): number => {
    const counts: number[] = [];
    for (const { contents } of slices)
      contents?.b1Counts.forEach((count, bin) => {
        counts[bin] = (counts[bin] ?? 0) + count;
      });
    let below = p * counts.reduce((a, b) => a + b, 0);
    const bin = counts.findIndex((count) => {
      if (below <= count && count > 0) return true;
      below -= count;
      return false;
    });
    return bin < 0 ? Number.NaN : B1_BIN * (bin + below / counts[bin]!);
  };

/** Excess kurtosis of coarse − target over the pixels of all slices. */
export function pooledKurtosis(slices: readonly SliceMeasures[]): number {
  const [n, s1, s2, s3, s4] = [0, 1, 2, 3, 4].map((p) =>
    slices.reduce((sum, { differenceSums }) => sum + differenceSums[p]!, 0),
  ) as [number, number, number, number, number];
  const m = s1 / n;
  const variance = s2 / n - m * m;
  const fourth = s4 / n - 4 * m * (s3 / n) + 6 * m * m * (s2 / n) - 3 * m ** 4;
  return fourth / variance ** 2 - 3;
}

/** Limits of agreement of a patient's mean over its slices, as studies report them. */
export function rescanLimits(
  slices: readonly SliceMeasures[],
  difference: (slice: SliceMeasures) => number | undefined,
): number {
  const byPatient = Map.groupBy(slices, ({ participant }) => participant);
  const means = [...byPatient.values()].map(
    (list) => meanAndSd(list.flatMap((s) => difference(s) ?? [])).mean,
  );
  return 1.96 * meanAndSd(means.filter(Number.isFinite)).standardDeviation;
}

/** One-way intraclass correlation of pairs of measurements. */
export function icc(
  slices: readonly SliceMeasures[],
  pair: (slice: SliceMeasures) => readonly [number, number | undefined],
): number {
  const pairs = slices.flatMap((s) => {
    const [a, b] = pair(s);
    return b === undefined ? [] : [[a, b] as const];
  });
  const grand = meanAndSd(pairs.flat()).mean;
  const between = (2 * pairs.reduce((s, [a, b]) => s + ((a + b) / 2 - grand) ** 2, 0)) / (pairs.length - 1);
  const within = pairs.reduce((s, [a, b]) => s + (a - b) ** 2 / 2, 0) / pairs.length;
  return (between - within) / (between + within);
}
