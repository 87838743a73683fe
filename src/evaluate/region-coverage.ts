/** Whether the intervals of regions' means hold what they promise, by kind of region, each share with its interval over patients. */
import { createRandom, type Random } from '../core/random.ts';
import { type Calibration, calibrationAgainst, refinementThresholdOf } from '../uncertainty/calibration.ts';
import { type RegionKind, regionMeanError, regionsOfPatient } from '../uncertainty/region-means.ts';
import type { ErrorReference, RegionSlice } from '../uncertainty/region-slice.ts';
import { type Estimate, estimateByPatient } from './patient-bootstrap.ts';

export interface RegionCoverage {
  readonly kind: RegionKind | 'all';
  readonly nRegions: number;
  /** Mean |error of the mean|, ms. */
  readonly meanErrorMs: Estimate;
  /** Mean SD that was stated for it, ms. */
  readonly meanDeviationMs: Estimate;
  /** Share of means inside their interval, in the order of the stored levels. */
  readonly coverage: readonly Estimate[];
}

const KINDS = ['all', 'patient', 'slice', 'refined', 'disc'] as const;

/** @param slices of test patients; σ recalibrated. */
export function regionCoverage(
  slices: readonly RegionSlice[],
  reference: ErrorReference,
  calibration: Calibration,
  random: Random,
): RegionCoverage[] {
  const by = calibrationAgainst(calibration, reference)!;
  const factorsOf = (kind: RegionKind): readonly number[] =>
    (kind === 'refined' ? by.refinedRegions : by.regions).map(({ factor }) => factor ?? Number.NaN);
  const nLevels = by.regions.length;
  const threshold = refinementThresholdOf(calibration);
  const drawn = createRandom('test regions');
  const patients = [...Map.groupBy(slices, ({ patient }) => patient).values()].map((own) =>
    regionsOfPatient(own, threshold, drawn.fork(own[0]!.patient)).map((region) => ({
      kind: region.kind,
      ...regionMeanError(region, reference, by),
    })),
  );
  return KINDS.flatMap((kind) => {
    const rows = patients
      .map((own) => own.filter((region) => kind === 'all' || region.kind === kind))
      .filter((own) => own.length > 0)
      .map((regions) => {
        const row = new Float64Array(3 + nLevels);
        for (const { kind: own, errorMs, deviationMs } of regions) {
          row[0]! += 1;
          row[1]! += Math.abs(errorMs);
          row[2]! += deviationMs;
          factorsOf(own).forEach((factor, f) => {
            if (Math.abs(errorMs) <= factor * deviationMs) row[3 + f]! += 1;
          });
        }
        return row;
      });
    if (rows.length === 0) return [];
    const [meanErrorMs, meanDeviationMs, ...coverage] = estimateByPatient(
      rows,
      (sums) => Array.from(sums.subarray(1), (sum) => sum / sums[0]!),
      random.fork(kind),
    );
    const nRegions = rows.reduce((n, row) => n + row[0]!, 0);
    return [{ kind, nRegions, meanErrorMs: meanErrorMs!, meanDeviationMs: meanDeviationMs!, coverage }];
  });
}
