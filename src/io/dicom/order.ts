import type { PlacedFrame } from './candidate.ts';

/** Orders that depend on what images say of themselves only, so that file names and reading order do not matter. */
export const compareText = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
const compareNumbers = (a: number | undefined, b: number | undefined): number => (a ?? 0) - (b ?? 0);

/** Order among candidates and series: by study, series, then time. */
export function compareFrames(a: PlacedFrame, b: PlacedFrame): number {
  return (
    compareText(a.image.studyInstanceUid, b.image.studyInstanceUid) ||
    compareNumbers(a.image.seriesNumber, b.image.seriesNumber) ||
    compareText(a.image.seriesInstanceUid, b.image.seriesInstanceUid) ||
    compareTimes(a, b)
  );
}

/** Order of the images of one slice; UID and frame settle what nothing else does. */
export function compareTimes(a: PlacedFrame, b: PlacedFrame): number {
  return (
    compareNumbers(a.frame.temporalPosition, b.frame.temporalPosition) ||
    compareNumbers(a.image.seriesNumber, b.image.seriesNumber) ||
    compareNumbers(a.image.acquisitionNumber, b.image.acquisitionNumber) ||
    compareNumbers(a.image.instanceNumber, b.image.instanceNumber) ||
    compareNumbers(a.frame.index, b.frame.index) ||
    compareText(a.image.sopInstanceUid, b.image.sopInstanceUid)
  );
}

/** The values by key, keys and values in order of appearance. */
export function groupBy<T>(values: readonly T[], key: (value: T) => string): Map<string, T[]> {
  const groups = new Map<string, T[]>();
  for (const value of values) {
    const k = key(value);
    const group = groups.get(k);
    if (group) group.push(value);
    else groups.set(k, [value]);
  }
  return groups;
}

/** The largest value, of any number of them (a spread has a limit). */
export const largest = (values: readonly number[]): number => values.reduce((a, b) => Math.max(a, b));
export const smallest = (values: readonly number[]): number => values.reduce((a, b) => Math.min(a, b));
