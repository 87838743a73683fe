/** Statistics of a cohort's slices that are more than a mean. */
import { average, sampleSd } from '../measure-cohort.ts';
import type { SliceMeasures } from '../patient-measures.ts';

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
  const values = [...byPatient.values()].map((list) => average(list.flatMap((s) => difference(s) ?? [])));
  return 1.96 * sampleSd(values.filter(Number.isFinite));
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
  const grand = average(pairs.flat());
  const between = (2 * pairs.reduce((s, [a, b]) => s + ((a + b) / 2 - grand) ** 2, 0)) / (pairs.length - 1);
  const within = pairs.reduce((s, [a, b]) => s + (a - b) ** 2 / 2, 0) / pairs.length;
  return (between - within) / (between + within);
}
