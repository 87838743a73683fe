/** The results of many patients in the order in which they need a reader: the most doubtful first. */
import type { RegionReport, Verdict } from '../../../src/index.ts';

export interface WorkItem {
  readonly folder: string;
  /** On the input; `null` where none was given, as for a fit. */
  readonly verdict: Verdict | null;
  readonly reasons: readonly string[];
  /** Mean of the largest region, ms, and the SD of its error; `null` where there is none. */
  readonly meanMs: number | null;
  readonly errorMs: number | null;
}

const NOTHING = { verdict: null, reasons: [], meanMs: null, errorMs: null };

/** What `summary.json` says; of one that cannot be read nothing, the reason is said when it is opened. */
export function workItem(folder: string, summary: string): WorkItem {
  try {
    const { results } = JSON.parse(summary) as {
      readonly results?: {
        readonly check?: { readonly verdict: Verdict; readonly reasons: readonly string[] };
        readonly regions?: readonly RegionReport[];
      };
    };
    const [largest] = (results?.regions ?? [])
      .filter(({ slice }) => slice === undefined)
      .sort((a, b) => b.nVoxels - a.nVoxels);
    const numbers = largest && (largest.refined ?? largest.before);
    const error = numbers?.intervals.find(({ of }) => of === 'target')?.deviationMs;
    return {
      folder,
      verdict: results?.check?.verdict ?? null,
      reasons: results?.check?.reasons ?? [],
      meanMs: numbers?.mean ?? null,
      errorMs: error ?? null,
    };
  } catch {
    return { folder, ...NOTHING };
  }
}

const RANK: readonly (Verdict | null)[] = ['refuse', 'unusual', 'in range', null];

/** By the verdict on the input, then by how uncertain the mean is; what says nothing comes last. */
export const mostDoubtfulFirst = (items: readonly WorkItem[]): WorkItem[] =>
  [...items].sort(
    (a, b) =>
      RANK.indexOf(a.verdict) - RANK.indexOf(b.verdict) ||
      (b.errorMs ?? -1) - (a.errorMs ?? -1) ||
      a.folder.localeCompare(b.folder, 'en', { numeric: true }),
  );
