/**
 * The mean of a region with an interval that knows how errors of neighbours hang together
 * (`uncertainty/error-covariance.ts`): n pixels are far fewer than n independent ones.
 */
import { voxelSizeMm } from '../core/affine.ts';
import { sliceSize } from '../core/grid.ts';
import type { Mask, ParametricMap } from '../core/volume.ts';
import type { Calibration, ReferenceCalibration } from '../uncertainty/calibration.ts';
import {
  type ErrorCovariance,
  meanErrorDeviationMs,
  type PixelValues,
  regionSums,
} from '../uncertainty/error-covariance.ts';
import type { ErrorReference } from '../uncertainty/region-slice.ts';

/** Where the mean of the reference lies, by what calibration patients taught. */
export interface MeanInterval {
  /** The mean of the map of all images (what the network learned), or the true mean (virtual calibration patients). */
  readonly of: ErrorReference;
  /** SD of the mean's error, ms. */
  readonly deviationMs: number;
  /** By level; `null` where the calibration patients were too few for it. */
  readonly levels: readonly {
    readonly level: number;
    readonly rangeMs: readonly [low: number, high: number] | null;
  }[];
}

/** Whether an uncertainty says anything of a pixel: a network may overflow where it never saw the like. */
export const hasError = ({ values }: ParametricMap, p: number): boolean =>
  values[p]! > 0 && values[p]! < Number.POSITIVE_INFINITY;

/**
 * Intervals of the mean over the pixels of a label; none where it has no value, or one without an uncertainty.
 * `slice`: only this one, from 0; all where absent. `isRefined`: the mask is what refinement left.
 */
export function meanIntervals(
  map: ParametricMap,
  uncertainty: ParametricMap,
  mask: Mask,
  label: number,
  calibration: Calibration,
  { slice, isRefined = false }: { readonly slice?: number | undefined; readonly isRefined?: boolean } = {},
): MeanInterval[] {
  const pixels = regionPixels(map, uncertainty, mask, label, slice);
  if (!pixels) return [];
  const { target, truth } = calibration;
  const sums = regionSums(pixels.slices, target.covariance);
  const interval = (of: ErrorReference, by: ReferenceCalibration): MeanInterval => {
    const { covariance } = by;
    const own = hasSameBins(covariance, target.covariance) ? sums : regionSums(pixels.slices, covariance);
    const deviationMs = meanErrorDeviationMs(own, covariance);
    const centre = pixels.meanMs - by.shiftMs;
    return {
      ...{ of, deviationMs },
      levels: (isRefined ? by.refinedRegions : by.regions).map(({ level, factor }) => ({
        level,
        rangeMs: factor === null ? null : [centre - factor * deviationMs, centre + factor * deviationMs],
      })),
    };
  };
  return [interval('target', target), ...(truth ? [interval('truth', truth)] : [])];
}

const hasSameBins = (a: ErrorCovariance, b: ErrorCovariance): boolean =>
  a.binMm === b.binMm && a.near.length === b.near.length;

/** Uncertainties of a label's pixels, slice by slice, and the mean of their map values; nothing where one is missing. */
function regionPixels(
  map: ParametricMap,
  uncertainty: ParametricMap,
  mask: Mask,
  label: number,
  onlySlice: number | undefined,
): { readonly slices: readonly PixelValues[]; readonly meanMs: number } | undefined {
  const { grid } = mask;
  const [columnMm, rowMm] = voxelSizeMm(grid.affine);
  const perSlice = sliceSize(grid);
  const slices: PixelValues[] = [];
  let [sum, n] = [0, 0];
  for (let k = onlySlice ?? 0; k <= (onlySlice ?? grid.nSlices - 1); k++) {
    const [rows, columns, values]: [number[], number[], number[]] = [[], [], []];
    for (let p = k * perSlice; p < (k + 1) * perSlice; p++) {
      if (mask.labels[p] !== label || !Number.isFinite(map.values[p])) continue;
      if (!hasError(uncertainty, p)) return undefined;
      rows.push(Math.floor((p % perSlice) / grid.nColumns));
      columns.push(p % grid.nColumns);
      values.push(uncertainty.values[p]!);
      sum += map.values[p]!;
      n++;
    }
    if (rows.length > 0)
      slices.push({
        rows: Uint16Array.from(rows),
        columns: Uint16Array.from(columns),
        // Distances on pixels that are not square are meant in this spacing: a few percent of a smooth function.
        pixelMm: Math.sqrt(columnMm * rowMm),
        values: Float64Array.from(values),
      });
  }
  return n > 0 ? { slices, meanMs: sum / n } : undefined;
}
