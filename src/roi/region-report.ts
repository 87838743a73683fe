/** Everything a user is told of a region: numbers before and after refinement, intervals of the mean, and warnings. */
import { sliceSize } from '../core/grid.ts';
import type { Mask, ParametricMap } from '../core/volume.ts';
import type { WarningSink } from '../core/warnings.ts';
import type { Calibration } from '../uncertainty/calibration.ts';
import { REMOVAL, type RefinedRoi, type RefinementRule, refineRoi } from './refine.ts';
import { hasError, type MeanInterval, meanIntervals } from './region-mean.ts';
import { warnOfMean, warnOfRefinement } from './region-warnings.ts';
import { roiStatistics, summarise, type ValueSummary } from './statistics.ts';

/** A region's pixels, before or after refinement. */
export interface RegionNumbers extends ValueSummary {
  /** Empty without a calibrated model, or without pixels. */
  readonly intervals: readonly MeanInterval[];
}

export interface RegionReport {
  readonly label: number;
  readonly name?: string;
  /** Slice index from 0; absent in the row over all slices. */
  readonly slice?: number;
  readonly nVoxels: number;
  readonly before: RegionNumbers;
  /** Absent without an uncertainty, which refinement goes by. */
  readonly refined?: RegionNumbers & {
    readonly thresholdMs: number;
    readonly nKept: number;
    readonly nUncertain: number;
    readonly nWithoutValue: number;
  };
}

export interface RegionsInput {
  readonly t1rho: ParametricMap;
  readonly uncertainty?: ParametricMap | undefined;
  readonly mask: Mask;
  readonly calibration?: Calibration | undefined;
  /** How to refine; not at all where absent. */
  readonly rule?: RefinementRule | undefined;
}

export interface RegionsResult {
  /** Ordered by label; within a label by slice, then the row over all slices. */
  readonly regions: readonly RegionReport[];
  readonly refined?: RefinedRoi;
}

/**
 * @throws what `roiStatistics` throws for a mask without regions or on another grid; OptionError `roi/rule`.
 */
export function reportRegions(input: RegionsInput, warnings: WarningSink): RegionsResult {
  const { t1rho, uncertainty, mask, rule } = input;
  const rows = roiStatistics(t1rho, mask, warnings);
  const refined = uncertainty && rule && refineRoi(mask, t1rho, uncertainty, rule);
  const regions = rows.map((row): RegionReport => {
    const { label, name, slice, nVoxels } = row;
    return {
      ...{ label, nVoxels },
      ...(name !== undefined && { name }),
      ...(slice !== undefined && { slice }),
      before: numbers(input, mask, label, slice, false),
      ...(refined && { refined: refinedNumbers(input, refined, label, slice) }),
    };
  });
  for (const region of regions) {
    if (region.slice === undefined && uncertainty)
      warnOfMean(region, countWithoutUncertainty(t1rho, uncertainty, mask, region.label), warnings);
    if (refined) warnOfRefinement(region, mask, refined, warnings);
  }
  return { regions, ...(refined && { refined }) };
}

function numbers(
  { t1rho, uncertainty, calibration }: RegionsInput,
  mask: Mask,
  label: number,
  slice: number | undefined,
  isRefined: boolean,
): RegionNumbers {
  const [from, to] = voxelRange(mask, slice);
  const values: number[] = [];
  for (let p = from; p < to; p++)
    if (mask.labels[p] === label && Number.isFinite(t1rho.values[p])) values.push(t1rho.values[p]!);
  const intervals =
    uncertainty && calibration
      ? meanIntervals(t1rho, uncertainty, mask, label, calibration, { slice, isRefined })
      : [];
  return { ...summarise(values), intervals };
}

function refinedNumbers(
  input: RegionsInput,
  { mask, removal, thresholdMs }: RefinedRoi,
  label: number,
  slice: number | undefined,
): NonNullable<RegionReport['refined']> {
  const [from, to] = voxelRange(mask, slice);
  const count = (code: number): number => {
    let n = 0;
    for (let p = from; p < to; p++) if (input.mask.labels[p] === label && removal[p] === code) n++;
    return n;
  };
  return {
    ...numbers(input, mask, label, slice, true),
    thresholdMs: thresholdMs.get(label) ?? Number.NaN,
    nKept: count(REMOVAL.kept),
    nUncertain: count(REMOVAL.uncertain),
    nWithoutValue: count(REMOVAL['no-value']),
  };
}

const voxelRange = ({ grid, labels }: Mask, slice: number | undefined): [number, number] =>
  slice === undefined ? [0, labels.length] : [slice * sliceSize(grid), (slice + 1) * sliceSize(grid)];

/** Pixels of a label that have a value and nothing that says how wrong it is. */
function countWithoutUncertainty(
  t1rho: ParametricMap,
  uncertainty: ParametricMap,
  { labels }: Mask,
  label: number,
): number {
  let n = 0;
  for (let p = 0; p < labels.length; p++)
    if (labels[p] === label && Number.isFinite(t1rho.values[p]) && !hasError(uncertainty, p)) n++;
  return n;
}
