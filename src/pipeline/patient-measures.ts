/** Everything that is measured on a virtual patient, slice by slice: see `slice-measures.ts` and `floor.ts`. */
import type { CohortParameters } from '../cohort/parameters.ts';
import {
  givenImages,
  imagePatient,
  type PatientOnScanner,
  scanPatient,
  type VirtualPatient,
} from '../cohort/simulate-patient.ts';
import { storedValues } from '../cohort/store.ts';
import { sliceSize } from '../core/grid.ts';
import type { SpinLockSeries } from '../core/volume.ts';
import { fillForTraining } from '../fit/fill-for-training.ts';
import { CUTOFF_MS, coarseAndTarget, coarseMap } from './coarse-and-target.ts';
import { type ContentMeasures, measureContents } from './content-measures.ts';
import { drawTargets, floorPercent } from './floor.ts';
import { type ImageStatistics, measureImage } from './image-statistics/measure.ts';
import {
  type ErrorMeasures,
  type MapMeasures,
  measureBm3d,
  measureErrors,
  measureMap,
  type SliceMaps,
  SMOOTHING_PIXELS,
} from './slice-measures.ts';

/** What to measure beyond the errors of the coarse map. */
export interface MeasureOptions {
  readonly bm3d: boolean;
  /** Draws of the information floor; 0: no floor. */
  readonly floorDraws: number;
  /** Signals of tissues, fields, image statistics, and a repeated scan. */
  readonly contents: boolean;
}

/** Numbers of one slice; those not asked for are absent. */
export interface SliceMeasures extends ErrorMeasures, MapMeasures {
  readonly participant: string;
  readonly slice: number;
  readonly roiPixels: number;
  readonly bm3dPercent?: number;
  readonly floorPercent?: number;
  readonly contents?: ContentMeasures;
  readonly image?: ImageStatistics;
  /** Mean of coarse and target in a repeated scan, ms. */
  readonly rescan?: { readonly coarseMs: number; readonly targetMs: number };
}

export function measurePatient(
  onScanner: PatientOnScanner,
  parameters: CohortParameters,
  options: MeasureOptions,
): SliceMeasures[] {
  const patient = imagePatient(onScanner, parameters);
  const { series, roi } = patient;
  const maps = sliceMaps(patient);
  const again = options.contents ? rescan(onScanner, parameters, series) : undefined;
  return maps.map((slice, k): SliceMeasures => {
    const nRoi = slice.roi.length;
    const { tslMs } = series;
    return {
      participant: patient.participant.id,
      slice: k,
      roiPixels: nRoi,
      ...measureErrors(slice),
      ...measureMap(slice),
      ...(options.bm3d && { bm3dPercent: measureBm3d(slice) }),
      ...(options.floorDraws > 0 && {
        floorPercent: floorPercent(
          drawTargets(
            onScanner,
            k,
            tslMs,
            givenImages(tslMs.length),
            options.floorDraws,
            parameters.storage.bits,
          ),
        ),
      }),
      ...(options.contents && {
        contents: measureContents(patient, k, slice.images),
        image: imageStatistics(patient, k, slice),
      }),
      ...(again && {
        rescan: {
          coarseMs: meanOver(slice.roi, again.coarse, k * sliceSize(roi.grid)),
          targetMs: meanOver(slice.roi, again.target, k * sliceSize(roi.grid)),
        },
      }),
    };
  });
}

function imageStatistics({ truth, roi }: VirtualPatient, k: number, slice: SliceMaps): ImageStatistics {
  const size = sliceSize(roi.grid);
  return measureImage({
    n: slice.n,
    pixelMm: Math.abs(roi.grid.affine[0]!),
    image: slice.images[0]!,
    target: slice.target,
    labels: truth.labels.subarray(k * size, (k + 1) * size),
    roi: slice.roi,
  });
}

const meanOver = (roi: Int32Array, map: Float32Array, offset: number): number =>
  roi.reduce((sum, i) => sum + map[offset + i]!, 0) / roi.length;

function rescan(
  onScanner: PatientOnScanner,
  parameters: CohortParameters,
  series: SpinLockSeries,
): ReturnType<typeof coarseAndTarget> {
  const signal = storedValues(scanPatient(onScanner, parameters, 1));
  return coarseAndTarget({ ...series, signal }, onScanner.roi);
}

/** Maps of every slice that has a ROI. */
function sliceMaps({ series, roi, truth }: VirtualPatient): SliceMaps[] {
  const { grid, tslMs, signal } = series;
  const n = sliceSize(grid);
  const { coarse, target } = coarseAndTarget(series);
  const smoothed = SMOOTHING_PIXELS.map((sigma) => coarseMap(series, roi, sigma));
  const truthMs = fillForTraining(truth.t1rho, CUTOFF_MS);
  return Array.from({ length: grid.nSlices }, (_, k) => {
    const part = (map: Float32Array): Float32Array => map.subarray(k * n, (k + 1) * n);
    const pixels: number[] = [];
    for (let i = 0; i < n; i++) if (roi.labels[k * n + i] !== 0) pixels.push(i);
    return {
      n: grid.nColumns,
      tslMs,
      images: tslMs.map((_t, t) =>
        signal.subarray((t * grid.nSlices + k) * n, (t * grid.nSlices + k + 1) * n),
      ),
      coarse: part(coarse),
      target: part(target),
      truth: part(truthMs),
      smoothed: smoothed.map(part),
      roi: Int32Array.from(pixels),
    };
  });
}
