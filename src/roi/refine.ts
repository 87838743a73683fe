/**
 * ROI refinement (paper, section 2.5): pixels of a region whose uncertainty is above a threshold are left out, because
 * they say little and may say it wrongly. What was left out, and why, is kept pixel by pixel.
 */
import { OptionError, ShapeError } from '../core/errors.ts';
import { gridDifference } from '../core/grid.ts';
import type { Mask, ParametricMap } from '../core/volume.ts';
import { type Calibration, refinementThresholdOf } from '../uncertainty/calibration.ts';
import { hasError } from './region-mean.ts';

/** Which pixels go. */
export type RefinementRule =
  /** Above this many ms: the model's μ + SD over its calibration patients, or the user's own number. */
  | { readonly kind: 'threshold'; readonly thresholdMs: number; readonly from: 'model' | 'user' }
  /** Above this percentile of the region's own uncertainty, 0–100. */
  | { readonly kind: 'percentile'; readonly percentile: number }
  /** All but this share of the region's pixels, 0–1, the least uncertain ones. */
  | { readonly kind: 'keep'; readonly share: number };

/** The rule of a calibrated model: its own threshold. */
export const modelRule = (calibration: Calibration | undefined): RefinementRule | undefined =>
  calibration && { kind: 'threshold', thresholdMs: refinementThresholdOf(calibration), from: 'model' };

/** Codes of `roi_removed.nii.gz`; they must not change. */
export const REMOVAL = { outside: 0, kept: 1, uncertain: 2, 'no-value': 3 } as const;

export interface RefinedRoi {
  /** The regions with what stays. */
  readonly mask: Mask;
  /** `REMOVAL` codes `[slice, row, column]`. */
  readonly removal: Uint8Array;
  /** The threshold that each region came to, ms; NaN for a region without a single uncertainty. */
  readonly thresholdMs: ReadonlyMap<number, number>;
}

/**
 * Pixels without a value or an uncertainty never stay: nothing is known of them.
 * @throws ShapeError `roi/grid` for a mask on another grid; OptionError `roi/rule` for a share or percentile outside its range.
 */
export function refineRoi(
  mask: Mask,
  map: ParametricMap,
  uncertainty: ParametricMap,
  rule: RefinementRule,
): RefinedRoi {
  assertRule(rule);
  const difference = gridDifference(mask.grid, uncertainty.grid);
  if (difference !== undefined)
    throw new ShapeError('roi/grid', `The mask does not lie on the grid of the maps: ${difference}.`);
  const isKnown = (p: number): boolean => Number.isFinite(map.values[p]) && hasError(uncertainty, p);
  const known = new Map<number, number[]>();
  mask.labels.forEach((label, p) => {
    if (label === 0) return;
    const own = known.get(label) ?? [];
    known.set(label, own);
    if (isKnown(p)) own.push(uncertainty.values[p]!);
  });
  const thresholdMs = new Map([...known].map(([label, own]) => [label, thresholdOf(rule, own)]));
  const removal = Uint8Array.from(mask.labels, (label, p) => {
    if (label === 0) return REMOVAL.outside;
    if (!isKnown(p)) return REMOVAL['no-value'];
    return uncertainty.values[p]! > thresholdMs.get(label)! ? REMOVAL.uncertain : REMOVAL.kept;
  });
  const labels = mask.labels.map((label, p) => (removal[p] === REMOVAL.kept ? label : 0));
  return { mask: { ...mask, labels }, removal, thresholdMs };
}

function thresholdOf(rule: RefinementRule, known: readonly number[]): number {
  if (known.length === 0) return Number.NaN;
  if (rule.kind === 'threshold') return rule.thresholdMs;
  const sorted = Float32Array.from(known).sort();
  const share = rule.kind === 'keep' ? rule.share : rule.percentile / 100;
  // The largest uncertainty that stays; one pixel always does.
  return sorted[Math.max(0, Math.round(share * sorted.length) - 1)]!;
}

function assertRule(rule: RefinementRule): void {
  const [value, low, high, unit] =
    rule.kind === 'threshold'
      ? [rule.thresholdMs, 0, Number.POSITIVE_INFINITY, 'ms']
      : rule.kind === 'keep'
        ? [rule.share, 0, 1, '(a share)']
        : [rule.percentile, 0, 100, '(a percentile)'];
  if (!(value > low && value <= high))
    throw new OptionError(
      'roi/rule',
      `Refinement by ${rule.kind}: expected a number above ${low}${high === Number.POSITIVE_INFINITY ? '' : `, at most ${high}`} ${unit}, got ${value}.`,
    );
}
