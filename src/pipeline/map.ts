/**
 * The product's main path, as the paper's Figure 1 has it: two images → coarse map → network → refined map and its
 * uncertainty, on the grid of the images. Follow it down: `map-slice.ts` → `training/planes.ts` →
 * `methods/predict.ts`. Runs wherever a `Session` does, in Node and in browsers.
 *
 * A slice is mapped from its own pixels alone: what other slices hold, and how many there are, changes nothing.
 */
import { voxelSizeMm } from '../core/affine.ts';
import { sliceSize } from '../core/grid.ts';
import { VOXEL_STATUS } from '../core/status.ts';
import { imageAt, type Mask, type ParametricMap, type SpinLockSeries } from '../core/volume.ts';
import { type FitResult, fitSeries } from '../fit/fit-series.ts';
import { statesUncertainty } from '../methods/model-info.ts';
import { checkFeatures, type InputCheck, worstCheck } from '../uncertainty/input-checks.ts';
import { checkProtocol } from '../uncertainty/protocol-check.ts';
import { chooseTwoTimes } from './choose-times.ts';
import { createSliceMapper } from './map-slice.ts';
import type { MappingModel } from './mapping-model.ts';

export interface MapSettings {
  /** The two times to map from, ms; the two nearest to the model's where absent. */
  readonly mapFromMs?: readonly [number, number] | undefined;
  /** Regions on the grid of the images: with them the checks know where to look. */
  readonly roi?: Mask | undefined;
  /** Told the finished part, 0…1, after each slice. */
  readonly onProgress?: ((fraction: number) => void) | undefined;
  /** Order in which slices are mapped, each once, from 0; from first to last where absent. The result is the same. */
  readonly order?: readonly number[] | undefined;
  /** Told each slice once it is mapped, with the maps so far: where slices are to come they are NaN and `masked`. */
  readonly onSlice?: ((slice: number, maps: MapsSoFar) => void) | undefined;
}

/** What is there of a result while slices are still being mapped. */
export type MapsSoFar = Pick<MapResult, 't1rho' | 'uncertainty' | 'coarse' | 'usedTslMs'>;

/** Maps on the grid of the images. */
export interface MapResult {
  /** The two times that were used, ms, and the places of their images in the series. */
  readonly usedTslMs: readonly [number, number];
  readonly usedImages: readonly [number, number];
  /** Matrix on which the network saw the slices. */
  readonly matrix: { readonly nRows: number; readonly nColumns: number };
  /** The refined map `T1rho`, ms. NaN where there is no signal, with the status of why. */
  readonly t1rho: ParametricMap;
  /** Standard deviation √2·σ of the error, ms, recalibrated where the model is; same status. Absent for a network that states none. */
  readonly uncertainty?: ParametricMap;
  /** Least-squares map of the two images. */
  readonly coarse: ParametricMap;
  /** Whether the images are like those that the model knows: of the protocol and all slices, and slice by slice. */
  readonly check: InputCheck;
  readonly sliceChecks: readonly InputCheck[];
  /** Least-squares fit of all images, for comparison; absent where there are only two. */
  readonly reference?: FitResult;
}

/**
 * Maps a series.
 * @throws OptionError `map/times`; UnsupportedError `map/matrix`; what the session throws.
 */
export async function mapSeries(
  series: SpinLockSeries,
  model: MappingModel,
  settings: MapSettings = {},
): Promise<MapResult> {
  const { grid } = series;
  const { cutoffMs } = model.info;
  const used = chooseTwoTimes(series.tslMs, model.info.coarseTslMs, settings.mapFromMs);
  const mapper = createSliceMapper(grid, used.tslMs, model);
  const ranges = model.calibration?.inputs;
  const sliceChecks: InputCheck[] = [];
  const maps = createMaps(series, statesUncertainty(model.info));
  const nPixels = sliceSize(grid);
  const pair = new Float32Array(2 * nPixels);
  const order = settings.order ?? Array.from({ length: grid.nSlices }, (_, k) => k);
  for (const [nBefore, k] of order.entries()) {
    const inSlice = <A extends Float32Array | Uint8Array | Uint16Array>(whole: A): A =>
      whole.subarray(k * nPixels, (k + 1) * nPixels) as A;
    for (const [i, t] of used.images.entries()) pair.set(inSlice(imageAt(series, t)), i * nPixels);
    const features = await mapper.map(pair, settings.roi && inSlice(settings.roi.labels), {
      t1rhoMs: inSlice(maps.t1rho.values),
      uncertaintyMs: maps.uncertainty && inSlice(maps.uncertainty.values),
      coarseMs: inSlice(maps.coarse.values),
      status: inSlice(maps.t1rho.status),
      coarseStatus: inSlice(maps.coarse.status),
    });
    if (features && ranges) sliceChecks[k] = checkFeatures(features, ranges);
    settings.onSlice?.(k, { ...maps, usedTslMs: used.tslMs });
    settings.onProgress?.((nBefore + 1) / grid.nSlices);
  }
  const [columnMm, rowMm] = voxelSizeMm(grid.affine);
  return {
    usedTslMs: used.tslMs,
    usedImages: used.images,
    matrix: mapper.matrix,
    ...maps,
    check: worstCheck([checkProtocol(model.info, used.tslMs, [columnMm, rowMm]), ...sliceChecks]),
    sliceChecks,
    ...(series.tslMs.length > 2 && { reference: fitSeries(series, { cutoffMs }) }),
  };
}

type Maps = Pick<MapResult, 't1rho' | 'uncertainty' | 'coarse'>;

function createMaps({ grid }: SpinLockSeries, withUncertainty: boolean): Maps {
  const n = sliceSize(grid) * grid.nSlices;
  const unmapped = (): Uint8Array => new Uint8Array(n).fill(VOXEL_STATUS.masked);
  const status = unmapped();
  const map = (name: string, own: Uint8Array): ParametricMap => ({
    ...{ grid, name, unit: 'ms', values: new Float32Array(n).fill(Number.NaN), status: own },
  });
  return {
    t1rho: map('T1rho', status),
    coarse: map('coarse', unmapped()),
    ...(withUncertainty && { uncertainty: map('uncertainty', status) }),
  };
}
