/** What a cohort's report knows of a subject, from the record that mapping left. */
import type { Summary } from '../../core/summary.ts';
import type { RegionReport } from '../../roi/region-report.ts';
import type { InputCheck, Verdict } from '../../uncertainty/input-checks.ts';

/** One region of a subject over all its slices, or a subject without regions. */
export interface SubjectRow {
  readonly id: string;
  /** Columns of the participants' table. */
  readonly groups: Readonly<Record<string, string>>;
  readonly region?: string;
  readonly verdict: Verdict;
  /** What is unlike calibration patients. */
  readonly reasons: readonly string[];
  /** Codes of warnings. */
  readonly warnings: readonly string[];
  readonly nVoxels?: number;
  /** Of the region as drawn, ms. */
  readonly meanMs?: number;
  readonly sdMs?: number;
  /** After refinement, ms. */
  readonly refinedMs?: number;
  readonly refinedSdMs?: number;
  /** Part of the region's pixels that refinement left out, 0–1. */
  readonly removedShare?: number;
  /** Ends of the 95 % interval for the mean that all images would give, ms. */
  readonly lowMs?: number;
  readonly highMs?: number;
}

/** The number that groups are compared by. */
export const shownMeanMs = ({ refinedMs, meanMs }: SubjectRow): number | undefined => refinedMs ?? meanMs;

interface MapResults {
  readonly check?: InputCheck;
  readonly regions?: readonly RegionReport[];
}

export function rowsOf(id: string, summary: Summary, groups: SubjectRow['groups']): SubjectRow[] {
  const { check, regions = [] } = summary.results as MapResults;
  const common = {
    ...{ id, groups, verdict: check?.verdict ?? ('in range' as const), reasons: check?.reasons ?? [] },
    warnings: [...new Set(summary.warnings.map(({ code }) => code))],
  };
  const overall = regions.filter(({ slice }) => slice === undefined);
  return overall.length === 0 ? [common] : overall.map((region) => ({ ...common, ...numbersOf(region) }));
}

function numbersOf({ label, name, nVoxels, before, refined }: RegionReport): Partial<SubjectRow> {
  const numbers = refined && refined.nKept > 0 ? refined : before;
  const range = numbers.intervals
    .find(({ of }) => of === 'target')
    ?.levels.find(({ level }) => level === 0.95)?.rangeMs;
  return {
    ...{ region: name ?? String(label), nVoxels },
    ...known({ meanMs: before.mean, sdMs: before.standardDeviation }),
    ...known({ refinedMs: refined?.mean, refinedSdMs: refined?.standardDeviation }),
    ...known({ removedShare: refined && 1 - refined.nKept / nVoxels, lowMs: range?.[0], highMs: range?.[1] }),
  };
}

/** In a stored record what was NaN is null: then it is left out. */
const known = (values: Readonly<Record<string, number | null | undefined>>): Record<string, number> =>
  Object.fromEntries(
    Object.entries(values).filter((entry): entry is [string, number] => Number.isFinite(entry[1])),
  );
