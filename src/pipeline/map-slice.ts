/**
 * One slice's way from two images to a map: coarse fit → network → refined map and its uncertainty, back on the grid of
 * the images; and what the input checks want to know of it.
 */
import { type Grid, sliceSize } from '../core/grid.ts';
import { VOXEL_STATUS } from '../core/status.ts';
import { fitVoxels } from '../fit/fit-voxels.ts';
import { resolveFitOptions } from '../fit/options.ts';
import { createFitPlan } from '../fit/plan.ts';
import { predictSlice } from '../methods/predict.ts';
import { type Matrix, modelMatrix } from '../training/model-grid.ts';
import { airLevel, brightSignal, createInputFitter } from '../training/planes.ts';
import { resizeBilinear } from '../training/resize.ts';
import { type Features, sliceFeatures } from '../uncertainty/input-features.ts';
import { standardDeviationFromSigma } from '../uncertainty/laplace.ts';
import { recalibrated } from '../uncertainty/recalibration.ts';
import type { MappingModel } from './mapping-model.ts';

/** Where a slice's results go, `[row, column]` each: views into the maps of the whole series. */
export interface SliceMaps {
  readonly t1rhoMs: Float32Array;
  /** Absent for a model that states none. */
  readonly uncertaintyMs?: Float32Array | undefined;
  readonly coarseMs: Float32Array;
  readonly status: Uint8Array;
  readonly coarseStatus: Uint8Array;
}

export interface SliceMapper {
  /** On which the network sees the slices. */
  readonly matrix: Matrix;
  /**
   * @param pair the two images `[image, row, column]`, the shorter time first.
   * @param labels of the slice's regions, where there are some.
   * @returns what the input checks look at; nothing where the model knows no ranges.
   */
  map(pair: Float32Array, labels: Uint16Array | undefined, into: SliceMaps): Promise<Features | undefined>;
}

/**
 * A mapper that keeps plans and scratch memory between slices.
 * @throws UnsupportedError `map/matrix`.
 */
export function createSliceMapper(
  grid: Grid,
  tslMs: readonly [number, number],
  model: MappingModel,
): SliceMapper {
  const { cutoffMs } = model.info;
  const matrix = modelMatrix(grid, model.grid);
  const nPixels = sliceSize(grid);
  const nSeen = matrix.nRows * matrix.nColumns;
  const isSeenAsIs = matrix.nRows === grid.nRows && matrix.nColumns === grid.nColumns;
  const seen = (plane: Float32Array): Float32Array =>
    isSeenAsIs ? plane : resizeBilinear(plane, grid.nRows, grid.nColumns, matrix.nRows, matrix.nColumns);
  const onGrid = (plane: Float32Array): Float32Array =>
    isSeenAsIs ? plane : resizeBilinear(plane, matrix.nRows, matrix.nColumns, grid.nRows, grid.nColumns);
  const toPlanes = createInputFitter({ coarseTslMs: tslMs, cutoffMs }, nSeen);
  const fitCoarse = createCoarseFitter(tslMs, cutoffMs, nPixels);
  const none = { kind: 'none' } as const;
  const recalibration = model.calibration?.recalibration ?? none;

  return {
    matrix,
    async map(pair, labels, into) {
      const clean = finite(pair);
      const [short, long] = [clean.subarray(0, nPixels), clean.subarray(nPixels)];
      const bright = brightSignal(short);
      const planes = isSeenAsIs ? toPlanes(clean, bright) : toPlanes(joined(seen(short), seen(long)));
      const { mapMs, scaleMs } = await predictSlice(model, planes, matrix.nRows, matrix.nColumns);
      fitCoarse(pair, airLevel(bright), into);
      writeMap(onGrid(mapMs), cutoffMs, into);
      if (into.uncertaintyMs && scaleMs) {
        const sigmaMs = onGrid(scaleMs);
        for (let p = 0; p < nPixels; p++)
          into.uncertaintyMs[p] = Number.isNaN(into.t1rhoMs[p])
            ? Number.NaN
            : standardDeviationFromSigma(recalibrated(recalibration, sigmaMs[p]!));
      }
      if (!model.calibration?.inputs) return undefined;
      const roi = labels && roiSeen(labels, seen);
      return sliceFeatures({ ...matrix, planes, mapMs, sigmaMs: scaleMs, roi });
    },
  };
}

/** A pixel that is NaN must not spread through the network; its own status says what it is. */
function finite(pair: Float32Array): Float32Array {
  let sum = 0;
  // The sum of the differences is NaN where any value is infinite or NaN.
  for (let i = 0; i < pair.length; i++) sum += pair[i]! - pair[i]!;
  return sum === 0 ? pair : pair.map((v) => (Number.isFinite(v) ? v : 0));
}

function joined(short: Float32Array, long: Float32Array): Float32Array {
  const pair = new Float32Array(2 * short.length);
  pair.set(short);
  pair.set(long, short.length);
  return pair;
}

/** Least squares of the two images, on the grid of the images. */
function createCoarseFitter(
  tslMs: readonly [number, number],
  cutoffMs: readonly [number, number],
  nPixels: number,
): (pair: Float32Array, noiseFloor: number, into: SliceMaps) => void {
  const options = resolveFitOptions({ cutoffMs: [...cutoffMs] });
  const plan = createFitPlan(tslMs, options);
  const none = new Float32Array(0);
  const onlyTimes = { s0: none, r2: none, residual: none, standardErrorMs: none, offset: none };
  return (signal, noiseFloor, { coarseMs: timeMs, coarseStatus: status }) =>
    fitVoxels(
      { ...plan, options: { ...options, noiseFloor } },
      { signal, nVoxels: nPixels, begin: 0, end: nPixels },
      { ...onlyTimes, quality: new Uint8Array(0), timeMs, status },
    );
}

/** The refined map, clamped. Where there is nothing to map the network has values by convention; a user must not see one. */
function writeMap(
  predictedMs: Float32Array,
  [low, high]: readonly [number, number],
  { t1rhoMs, status, coarseStatus }: SliceMaps,
): void {
  for (let p = 0; p < predictedMs.length; p++) {
    const ms = predictedMs[p]!;
    const code = coarseStatus[p]!;
    const isMissing = code === VOXEL_STATUS['no-signal'] || code === VOXEL_STATUS['not-finite'];
    t1rhoMs[p] = isMissing ? Number.NaN : Math.min(Math.max(ms, low), high);
    status[p] = isMissing ? code : statusOf(ms, low, high);
  }
}

function statusOf(ms: number, low: number, high: number): number {
  if (ms <= low) return VOXEL_STATUS['at-lower-cutoff'];
  return ms >= high ? VOXEL_STATUS['at-upper-cutoff'] : VOXEL_STATUS.ok;
}

/** The regions on the network's matrix, by the nearest pixel; `undefined` where the slice has none. */
function roiSeen(labels: Uint16Array, seen: (plane: Float32Array) => Float32Array): Uint8Array | undefined {
  const inside = new Float32Array(labels.length);
  for (let p = 0; p < labels.length; p++) inside[p] = labels[p]! > 0 ? 1 : 0;
  const shares = seen(inside);
  const roi = new Uint8Array(shares.length);
  for (let p = 0; p < roi.length; p++) roi[p] = shares[p]! >= 0.5 ? 1 : 0;
  return roi.includes(1) ? roi : undefined;
}
