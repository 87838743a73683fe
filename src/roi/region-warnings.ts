/** What a user must hear of a region's numbers: of how few pixels they are, and what refinement did to it. */
import type { Mask } from '../core/volume.ts';
import type { WarningSink } from '../core/warnings.ts';
import { FEWEST_REGION_PIXELS } from '../uncertainty/region-means.ts';
import { pieceSizes } from './pieces.ts';
import type { RefinedRoi } from './refine.ts';
import type { RegionReport } from './region-report.ts';

const nameOf = ({ label, name }: RegionReport): string => name ?? `label ${label}`;

/** Of a region over all slices: intervals that are missing, or that nothing vouches for. */
export function warnOfMean(region: RegionReport, nWithoutUncertainty: number, warnings: WarningSink): void {
  const { before, refined } = region;
  if (nWithoutUncertainty > 0)
    warnings.add(
      'roi/no-uncertainty',
      nameOf(region),
      `${nWithoutUncertainty} of its ${before.nValues} values have no uncertainty, so the mean of all has no interval; refinement leaves these pixels out`,
    );
  const small = [before, refined].find(
    (numbers) => numbers && numbers.intervals.length > 0 && numbers.nValues < FEWEST_REGION_PIXELS,
  );
  if (small)
    warnings.add(
      'roi/small',
      nameOf(region),
      `its mean is of ${small.nValues} pixel${small.nValues === 1 ? '' : 's'}${small === before ? '' : ' after refinement'}: intervals were calibrated on regions of ${FEWEST_REGION_PIXELS} pixels and more; draw a larger region`,
    );
}

/** Above this part removed, a mean is that of a selection, not of the region. */
const MOST_REMOVED = 0.5;
/** A region's largest piece may shrink to this part of its share before the region counts as split. */
const SPLIT_SHARE = 0.75;

export function warnOfRefinement(
  region: RegionReport,
  mask: Mask,
  { mask: kept }: RefinedRoi,
  warnings: WarningSink,
): void {
  const { label, slice, nVoxels, refined } = region;
  const where = slice === undefined ? nameOf(region) : `${nameOf(region)}, slice ${slice + 1}`;
  const { nKept, thresholdMs } = refined!;
  if (nKept === 0)
    warnings.add(
      'roi/all-removed',
      where,
      Number.isFinite(thresholdMs)
        ? `no pixel is certain enough to stay (threshold ${thresholdMs.toFixed(2)} ms): there is no refined number; look at the uncertainty map, and at what the region lies on`
        : 'no pixel has a value and an uncertainty, so none stays: there is no refined number; look at what the region lies on',
    );
  else if (nKept < (1 - MOST_REMOVED) * nVoxels)
    warnings.add(
      'roi/most-removed',
      where,
      `refinement leaves ${nKept} of ${nVoxels} pixels: the refined mean is that of a selection; look at the uncertainty map`,
    );
  if (slice === undefined || nKept === 0) return;
  const share = (labels: Uint16Array): number => {
    const sizes = pieceSizes(mask.grid, slice, (p) => labels[p] === label);
    return sizes[0]! / sizes.reduce((a, b) => a + b, 0);
  };
  if (share(kept.labels) < SPLIT_SHARE * share(mask.labels))
    warnings.add(
      'roi/split',
      where,
      'refinement splits the region: its largest piece is much smaller than before; look at where pixels were removed',
    );
}
