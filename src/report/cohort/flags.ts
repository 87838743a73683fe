/** What to look at first: inputs that the model does not know, outliers among the means, regions of which little is left. */
import { quantileOfSorted } from '../../core/statistics.ts';
import { type SubjectRow, shownMeanMs } from './subject-row.ts';

export interface FlaggedRow extends SubjectRow {
  /** Distance of the mean from the median of all, in robust standard deviations; absent where there are too few. */
  readonly z?: number;
  /** Why to look, in words; empty where there is no reason. */
  readonly flags: readonly string[];
  /** Larger is worse. */
  readonly concern: number;
}

/** Iglewicz and Hoaglin (1993): beyond it a value is an outlier of a normal sample. */
const OUTLIER_Z = 3.5;
/** Fewer values have no spread to speak of. */
const MIN_VALUES = 8;
/** Above this part removed, a mean is that of a selection. */
const MUCH_REMOVED = 0.5;

/** What the model says of the input comes before any number made from it. */
const CONCERN = { refuse: 400, unusual: 200, 'in range': 0 } as const;
/** Farther away is no worse. */
const MOST_Z = 10;

/** All rows, the worst first. */
export function flagRows(rows: readonly SubjectRow[]): FlaggedRow[] {
  const zOf = robustZ(rows.map(shownMeanMs).filter((value) => value !== undefined));
  return rows
    .map((row): FlaggedRow => {
      const value = shownMeanMs(row);
      const z = value === undefined ? undefined : zOf(value);
      const { verdict, removedShare = 0 } = row;
      const concern = CONCERN[verdict] + 10 * Math.min(MOST_Z, Math.abs(z ?? 0)) + 50 * removedShare;
      return { ...row, ...(z !== undefined && { z }), concern, flags: flagsOf(row, z) };
    })
    .sort((a, b) => b.concern - a.concern || (a.id < b.id ? -1 : 1));
}

function flagsOf(
  { verdict, reasons, region, removedShare = 0 }: SubjectRow,
  z: number | undefined,
): string[] {
  return [
    ...(verdict === 'refuse' ? [`do not use: ${reasons.join('; ')}`] : []),
    ...(verdict === 'unusual' ? [`unusual input: ${reasons.join('; ')}`] : []),
    ...(z !== undefined && Math.abs(z) > OUTLIER_Z
      ? [`outlier: its mean is ${Math.abs(z).toFixed(1)} robust SD ${z > 0 ? 'above' : 'below'} the median`]
      : []),
    ...(removedShare > MUCH_REMOVED
      ? [`refinement leaves out ${Math.round(100 * removedShare)} % of the region`]
      : []),
    ...(region === undefined ? ['no region'] : []),
  ];
}

/** By median and median absolute deviation; 0.6745 makes it a standard deviation for normal values. */
function robustZ(values: readonly number[]): (value: number) => number | undefined {
  if (values.length < MIN_VALUES) return () => undefined;
  const median = medianOf(values);
  const deviation = medianOf(values.map((value) => Math.abs(value - median)));
  return (value) => (deviation > 0 ? (0.6745 * (value - median)) / deviation : undefined);
}

const medianOf = (values: readonly number[]): number =>
  quantileOfSorted(Float64Array.from(values).sort(), 0.5);
