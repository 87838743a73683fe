/**
 * The product's main path, as the paper's Figure 1 has it: two images → coarse map → network → refined map and its
 * uncertainty, on the grid of the images. Follow it down: `fit/fit-series.ts` → `training/planes.ts` →
 * `methods/predict.ts`. Runs wherever a `Session` does, in Node and in browsers.
 *
 * A slice is mapped from its own pixels alone: what other slices hold, and how many there are, changes nothing.
 */
import { voxelSizeMm } from '../core/affine.ts';
import { sliceSize } from '../core/grid.ts';
import { VOXEL_STATUS } from '../core/status.ts';
import { imageAt, type Mask, type ParametricMap, type SpinLockSeries } from '../core/volume.ts';
import { type FitResult, fitSeries } from '../fit/fit-series.ts';
import { predictSlice } from '../methods/predict.ts';
import type { RangeMs } from '../signal/parameters.ts';
import { modelMatrix } from '../training/model-grid.ts';
import { airLevel, brightSignal, createInputFitter } from '../training/planes.ts';
import { resizeBilinear } from '../training/resize.ts';
import { checkFeatures, type InputCheck, worstCheck } from '../uncertainty/input-checks.ts';
import { sliceFeatures } from '../uncertainty/input-features.ts';
import { standardDeviationFromSigma } from '../uncertainty/laplace.ts';
import { checkProtocol } from '../uncertainty/protocol-check.ts';
import { type Recalibration, recalibrated } from '../uncertainty/recalibration.ts';
import { chooseTwoTimes } from './choose-times.ts';
import type { MappingModel } from './mapping-model.ts';

export interface MapSettings {
  /** The two times to map from, ms; the two nearest to the model's where absent. */
  readonly mapFromMs?: readonly [number, number] | undefined;
  /** Regions on the grid of the images: with them the checks know where to look. */
  readonly roi?: Mask | undefined;
  /** Told the finished part, 0…1, after each slice. */
  readonly onProgress?: ((fraction: number) => void) | undefined;
}

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
  const recalibration = model.calibration?.recalibration ?? { kind: 'none' };
  const used = chooseTwoTimes(series.tslMs, model.info.coarseTslMs, settings.mapFromMs);
  const nPixels = sliceSize(grid);
  const voxelMm = voxelSizeMm(grid.affine);
  const matrix = modelMatrix(grid, model.grid);
  const toPlanes = createInputFitter({ coarseTslMs: used.tslMs, cutoffMs }, matrix.nRows * matrix.nColumns);
  const ranges = model.calibration?.inputs;
  const sliceChecks: InputCheck[] = [];
  const maps = createMaps(series, model.info.method.outputChannels === 2);
  for (let k = 0; k < grid.nSlices; k++) {
    const images = used.images.map((t) =>
      finite(imageAt(series, t).subarray(k * nPixels, (k + 1) * nPixels)),
    );
    const bright = brightSignal(images[0]!);
    const pair = new Float32Array(2 * matrix.nRows * matrix.nColumns);
    images.forEach((image, i) => {
      const resized = resizeBilinear(image, grid.nRows, grid.nColumns, matrix.nRows, matrix.nColumns);
      pair.set(resized, i * resized.length);
    });
    const planes = toPlanes(pair);
    const predicted = await predictSlice(model, planes, matrix.nRows, matrix.nColumns);
    const onGrid = (plane: Float32Array): Float32Array =>
      resizeBilinear(plane, matrix.nRows, matrix.nColumns, grid.nRows, grid.nColumns);
    const coarse = coarseSlice(series, used, k, { cutoffMs, noiseFloor: airLevel(bright) });
    maps.coarse.values.set(coarse.values, k * nPixels);
    maps.coarse.status.set(coarse.status, k * nPixels);
    writeSlice(maps, k * nPixels, onGrid(predicted.mapMs), coarse.status, cutoffMs);
    if (predicted.scaleMs) writeUncertainty(maps, k * nPixels, onGrid(predicted.scaleMs), recalibration);
    if (ranges) {
      const roi = settings.roi && roiOnMatrix(settings.roi, k, matrix);
      const features = sliceFeatures({
        ...matrix,
        planes,
        mapMs: predicted.mapMs,
        sigmaMs: predicted.scaleMs,
        roi,
      });
      sliceChecks.push(checkFeatures(features, ranges));
    }
    settings.onProgress?.((k + 1) / grid.nSlices);
  }
  return {
    usedTslMs: used.tslMs,
    usedImages: used.images,
    matrix,
    ...maps,
    check: worstCheck([checkProtocol(model.info, used.tslMs, [voxelMm[0], voxelMm[1]]), ...sliceChecks]),
    sliceChecks,
    ...(series.tslMs.length > 2 && { reference: fitSeries(series, { cutoffMs }) }),
  };
}

/** The regions of a slice on the network's matrix, by the nearest pixel; `undefined` where it has none. */
function roiOnMatrix(
  { grid, labels }: Mask,
  slice: number,
  matrix: MapResult['matrix'],
): Uint8Array | undefined {
  const inside = Float32Array.from(
    labels.subarray(slice * sliceSize(grid), (slice + 1) * sliceSize(grid)),
    (label) => (label > 0 ? 1 : 0),
  );
  const resized = resizeBilinear(inside, grid.nRows, grid.nColumns, matrix.nRows, matrix.nColumns);
  const roi = Uint8Array.from(resized, (share) => (share >= 0.5 ? 1 : 0));
  return roi.includes(1) ? roi : undefined;
}

type Maps = Pick<MapResult, 't1rho' | 'uncertainty' | 'coarse'>;

function createMaps({ grid }: SpinLockSeries, withUncertainty: boolean): Maps {
  const n = sliceSize(grid) * grid.nSlices;
  const status = new Uint8Array(n);
  const map = (name: string, own: Uint8Array): ParametricMap => ({
    ...{ grid, name, unit: 'ms', values: new Float32Array(n), status: own },
  });
  return {
    t1rho: map('T1rho', status),
    coarse: map('coarse', new Uint8Array(n)),
    ...(withUncertainty && { uncertainty: map('uncertainty', status) }),
  };
}

/** A pixel that is NaN must not spread through the network; its own status says what it is. */
const finite = (image: Float32Array): Float32Array => image.map((v) => (Number.isFinite(v) ? v : 0));

/** Least squares of the two images of one slice, on the grid of the images. */
function coarseSlice(
  series: SpinLockSeries,
  { tslMs, images }: { readonly tslMs: readonly number[]; readonly images: readonly number[] },
  slice: number,
  options: { readonly cutoffMs: RangeMs; readonly noiseFloor: number },
): ParametricMap {
  const nPixels = sliceSize(series.grid);
  const signal = new Float32Array(2 * nPixels);
  images.forEach((t, i) => {
    signal.set(imageAt(series, t).subarray(slice * nPixels, (slice + 1) * nPixels), i * nPixels);
  });
  const grid = { ...series.grid, nSlices: 1 };
  return fitSeries({ grid, tslMs, signal }, { ...options, cutoffMs: [...options.cutoffMs] }).time;
}

/** Where there is nothing to map. The network fills these pixels by convention; a user must not see that as a value. */
const WITHOUT_VALUE: readonly number[] = [VOXEL_STATUS['no-signal'], VOXEL_STATUS['not-finite']];

function writeSlice(
  { t1rho: { values, status } }: Maps,
  offset: number,
  predicted: Float32Array,
  coarseStatus: Uint8Array,
  [low, high]: RangeMs,
): void {
  for (let p = 0; p < predicted.length; p++) {
    const ms = predicted[p]!;
    const at = offset + p;
    const missing = WITHOUT_VALUE.includes(coarseStatus[p]!);
    values[at] = missing ? Number.NaN : Math.min(Math.max(ms, low), high);
    if (missing) status[at] = coarseStatus[p]!;
    else if (ms <= low) status[at] = VOXEL_STATUS['at-lower-cutoff'];
    else if (ms >= high) status[at] = VOXEL_STATUS['at-upper-cutoff'];
  }
}

function writeUncertainty(
  { t1rho, uncertainty }: Maps,
  offset: number,
  scaleMs: Float32Array,
  recalibration: Recalibration,
): void {
  for (let p = 0; p < scaleMs.length; p++) {
    const missing = Number.isNaN(t1rho.values[offset + p]);
    uncertainty!.values[offset + p] = missing
      ? Number.NaN
      : standardDeviationFromSigma(recalibrated(recalibration, scaleMs[p]!));
  }
}
