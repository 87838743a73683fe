/**
 * Errors of a model's maps on test patients of each data set, beside those of the maps that need no network: RMRE per
 * slice (the paper's eq. 7) against the map of all images and against the truth.
 */
import { type MeanAndSd, meanAndSd, type Numbers } from '../core/statistics.ts';
import { type RegionSlice, referenceOf } from '../uncertainty/region-slice.ts';
import { meanRelativeErrorPercent } from './rmre.ts';

/** Percent, over slices. */
export interface MapErrors {
  readonly dataSet: string;
  readonly nPatients: number;
  readonly target: {
    readonly coarse: MeanAndSd;
    readonly refined: MeanAndSd;
    /** The refined map less the mean error of its slice: what would be left if somebody told each slice's offset. */
    readonly refinedLessOffset: MeanAndSd;
  };
  /** Virtual patients only; `fit` is the map of all images. */
  readonly truth?: { readonly coarse: MeanAndSd; readonly refined: MeanAndSd; readonly fit: MeanAndSd };
}

/** One record per data set, in order of first appearance. */
export function mapErrors(slices: readonly RegionSlice[]): MapErrors[] {
  return [...Map.groupBy(slices, (slice) => slice.dataSet ?? '')].map(([dataSet, own]) => {
    const rmre = (map: (slice: RegionSlice) => Numbers, reference: 'target' | 'truth'): MeanAndSd =>
      meanAndSd(own.map((slice) => meanRelativeErrorPercent(map(slice), referenceOf(slice, reference)!)));
    const both = (reference: 'target' | 'truth'): Pick<MapErrors['target'], 'coarse' | 'refined'> => ({
      coarse: rmre((slice) => slice.coarseMs, reference),
      refined: rmre((slice) => slice.predictedMs, reference),
    });
    return {
      dataSet,
      nPatients: new Set(own.map(({ patient }) => patient)).size,
      target: { ...both('target'), refinedLessOffset: rmre(lessOffset, 'target') },
      ...(own.every(({ truthMs }) => truthMs) && {
        truth: { ...both('truth'), fit: rmre((slice) => slice.targetMs, 'truth') },
      }),
    };
  });
}

function lessOffset({ predictedMs, targetMs }: RegionSlice): Float32Array {
  const offsetMs = meanAndSd(predictedMs.map((value, i) => value - targetMs[i]!)).mean;
  return predictedMs.map((value) => value - offsetMs);
}
