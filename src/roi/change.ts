/**
 * Change of a region's mean between two visits: its interval by what is known of errors within a visit, and whether it
 * exceeds what two visits of an unchanged liver differ by, 2.77·wCV, the form of QIBA's claims.
 */
import { OptionError } from '../core/errors.ts';
import type { MeanInterval } from './region-mean.ts';
import type { RegionNumbers, RegionReport } from './region-report.ts';

/**
 * Within-subject coefficient of variation of liver T1rho after 7–10 days, as published in 2016 for black-blood images at 3 T
 * and four spin-lock times: 3 %. For another site or protocol it has to be measured.
 */
export const PUBLISHED_WCV = 0.03;

/** √2 · 1.96: two measurements, 95 %. */
const REPEATABILITY_FACTOR = 2.77;

export interface VisitMean {
  readonly meanMs: number;
  /** Of one kind (`of`) in both visits; absent for a model without calibration. */
  readonly interval?: MeanInterval | undefined;
}

export interface RegionChange {
  readonly changeMs: number;
  readonly changePercent: number;
  /** Intervals of the change by level, ms; empty where a visit has none. */
  readonly levels: readonly { readonly level: number; readonly rangeMs: readonly [number, number] | null }[];
  /** What a change must exceed to be real with 95 % confidence, ms: 2.77·wCV of the mean of both visits. */
  readonly repeatabilityMs: number;
  /** `null` where a visit has no mean: nothing is known then. */
  readonly exceedsRepeatability: boolean | null;
}

/**
 * Errors of the two visits are taken as independent; where they are alike (the same anatomy misleads the network the same
 * way) the interval is wider than need be.
 * @throws OptionError `change/wcv`.
 */
export function regionChange(first: VisitMean, second: VisitMean, wcv: number = PUBLISHED_WCV): RegionChange {
  if (!(wcv > 0 && wcv < 1))
    throw new OptionError('change/wcv', `A coefficient of variation lies between 0 and 1, got ${wcv}.`);
  const changeMs = second.meanMs - first.meanMs;
  const repeatabilityMs = (REPEATABILITY_FACTOR * wcv * (first.meanMs + second.meanMs)) / 2;
  return {
    changeMs,
    changePercent: (100 * changeMs) / first.meanMs,
    levels: changeLevels(first, second, changeMs),
    repeatabilityMs,
    exceedsRepeatability: Number.isFinite(changeMs) ? Math.abs(changeMs) > repeatabilityMs : null,
  };
}

function changeLevels(
  { interval: first }: VisitMean,
  { interval: second }: VisitMean,
  changeMs: number,
): RegionChange['levels'] {
  if (!first || !second) return [];
  return first.levels.map(({ level, rangeMs }) => {
    const other = second.levels.find((l) => l.level === level)?.rangeMs;
    if (!rangeMs || !other) return { level, rangeMs: null };
    // Half-widths, not SDs, so that two models may differ in their factors.
    const half = Math.hypot(rangeMs[1] - rangeMs[0], other[1] - other[0]) / 2;
    return { level, rangeMs: [changeMs - half, changeMs + half] };
  });
}

/** A region in both visits. */
export interface ComparedRegion {
  readonly label: number;
  readonly name?: string | undefined;
  readonly first: VisitMean;
  readonly second: VisitMean;
  readonly change: RegionChange;
}

/**
 * Changes of the regions whose labels occur in both visits, over all slices.
 * @param settings `unrefined`: of all pixels even where a visit was refined; `wcv`: see `regionChange`.
 * @throws what `regionChange` throws.
 */
export function regionChanges(
  before: readonly RegionReport[],
  after: readonly RegionReport[],
  { wcv, unrefined = false }: { readonly wcv: number; readonly unrefined?: boolean | undefined },
): ComparedRegion[] {
  const whole = (regions: readonly RegionReport[]): readonly RegionReport[] =>
    regions.filter(({ slice }) => slice === undefined);
  const meanOf = (region: RegionReport): VisitMean =>
    visitMean(unrefined ? region.before : (region.refined ?? region.before));
  return whole(before).flatMap((region) => {
    const later = whole(after).find(({ label }) => label === region.label);
    if (!later) return [];
    const [first, second] = [meanOf(region), meanOf(later)];
    const { label, name = later.name } = region;
    return [{ label, name, first, second, change: regionChange(first, second, wcv) }];
  });
}

/** JSON has no NaN: in a summary a region without pixels has `null` as its mean. */
const visitMean = ({ mean, intervals }: RegionNumbers): VisitMean => ({
  meanMs: mean ?? Number.NaN,
  interval: intervals.find(({ of }) => of === 'target'),
});
