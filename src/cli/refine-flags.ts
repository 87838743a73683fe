import { type Command, InvalidArgumentError } from 'commander';
import { OptionError } from '../core/errors.ts';
import { modelRule, type RefinementRule } from '../roi/refine.ts';
import type { RegionReport } from '../roi/region-report.ts';
import type { Calibration } from '../uncertainty/calibration.ts';
import { textTable } from './table.ts';

/** How a region is refined; at most one of them. */
export interface RefineFlags {
  readonly refineMs?: number;
  readonly refinePercentile?: number;
  readonly refineKeep?: number;
}

export const addRefineFlags = (declared: Command): Command =>
  declared
    .option(
      '--refine-ms <ms>',
      "remove region pixels with an uncertainty above this (default: the model's threshold)",
      decimal,
    )
    .option('--refine-percentile <p>', "above this percentile of the region's own uncertainty", decimal)
    .option('--refine-keep <share>', 'keep this share of the pixels, the least uncertain', decimal);

/** The rule that the flags mean: the user's, else the model's threshold, else none. @throws as `ruleOfFlags`. */
export const refinementRule = (
  flags: RefineFlags,
  calibration: Calibration | undefined,
): RefinementRule | undefined => ruleOfFlags(flags) ?? modelRule(calibration);

/** The user's own rule. @throws OptionError `option/invalid` for two rules at once. */
export function ruleOfFlags({
  refineMs,
  refinePercentile,
  refineKeep,
}: RefineFlags): RefinementRule | undefined {
  if ([refineMs, refinePercentile, refineKeep].filter((flag) => flag !== undefined).length > 1)
    throw new OptionError('option/invalid', 'Give one of --refine-ms, --refine-percentile, --refine-keep.');
  if (refineMs !== undefined) return { kind: 'threshold', thresholdMs: refineMs, from: 'user' };
  if (refinePercentile !== undefined) return { kind: 'percentile', percentile: refinePercentile };
  return refineKeep === undefined ? undefined : { kind: 'keep', share: refineKeep };
}

function decimal(text: string): number {
  const number = Number(text);
  if (text.trim() === '' || !Number.isFinite(number)) throw new InvalidArgumentError('Give a number.');
  return number;
}

/** Regions on the screen: numbers before, and after refinement where there is one. */
export function regionTable(regions: readonly RegionReport[]): string {
  const ms = (value: number): string => (Number.isFinite(value) ? value.toFixed(2) : '–');
  const rows = regions.map(({ label, name, slice, before, refined }) => {
    const numbers = refined ?? before;
    const range = numbers.intervals[0]?.levels.find(({ level }) => level === 0.95)?.rangeMs;
    return [
      name ?? String(label),
      slice === undefined ? 'all' : String(slice + 1),
      ms(before.mean),
      ...(refined ? [String(refined.nKept), ms(refined.mean), ms(refined.standardDeviation)] : []),
      range ? `${ms(range[0])}–${ms(range[1])}` : '–',
    ];
  });
  const isRefined = regions.some(({ refined }) => refined);
  const head = ['region', 'slice', 'mean ms', ...(isRefined ? ['kept', 'refined ms', 'SD ms'] : []), '95 %'];
  return textTable(head, rows, [1, 2, 3, 4, 5, 6].slice(0, head.length - 1));
}
