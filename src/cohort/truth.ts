/**
 * What is known of a virtual patient and never given to a method. `t1rho` is what methods are scored against: the
 * least-squares fit of all TSLs to what an ideal scanner would have given from the same voxel contents, with the
 * readout's own blur. The others say where it came from and are never scored.
 */
import type { Grid } from '../core/grid.ts';
import { VOXEL_STATUS } from '../core/status.ts';
import type { ParametricMap } from '../core/volume.ts';
import { fitSeries } from '../fit/fit-series.ts';
import type { SliceFields } from './fields.ts';
import { type SliceScene, TISSUE_INDEX } from './scene.ts';
import type { PatientTissues } from './tissue.ts';

export interface Truth {
  /** ms, not clamped; `masked` in air. */
  readonly t1rho: ParametricMap;
  /** T1rho of the slow magnetisation, mean over the voxel's tissues, ms. */
  readonly slowT1rho: ParametricMap;
  /** Share of fast-relaxing magnetisation in the voxel's signal. */
  readonly fastShare: ParametricMap;
  /** Hz. */
  readonly b0: ParametricMap;
  /** Relative to nominal. */
  readonly b1: ParametricMap;
  /** Tissue index of each voxel's largest part, `[slice, row, column]`. */
  readonly labels: Uint8Array;
}

export interface TruthSlice {
  readonly scene: SliceScene;
  readonly fields: SliceFields;
  /** Images of the ideal scanner, `[tsl, row, column]`. */
  readonly ideal: Float32Array;
}

export function createTruth(
  grid: Grid,
  tslMs: readonly number[],
  slices: readonly TruthSlice[],
  tissues: PatientTissues,
): Truth {
  const nPixels = grid.nColumns * grid.nRows;
  const nVoxels = nPixels * slices.length;
  const signal = new Float32Array(tslMs.length * nVoxels);
  const labels = new Uint8Array(nVoxels);
  const maps = ['slowT1rho', 'fastShare', 'b0', 'b1'].map(() => new Float32Array(nVoxels));
  for (const [k, slice] of slices.entries()) {
    for (let t = 0; t < tslMs.length; t++)
      signal.set(slice.ideal.subarray(t * nPixels, (t + 1) * nPixels), t * nVoxels + k * nPixels);
    describeSlice(
      slice,
      grid.nColumns,
      tissues,
      labels.subarray(k * nPixels, (k + 1) * nPixels),
      maps.map((map) => map.subarray(k * nPixels, (k + 1) * nPixels)),
    );
  }
  const body = { grid, labels: Uint16Array.from(labels, (label) => (label === TISSUE_INDEX.air ? 0 : 1)) };
  const { time } = fitSeries({ grid, tslMs, signal }, { cutoffMs: null }, { mask: body });
  const [slow, fast, b0, b1] = maps as [Float32Array, Float32Array, Float32Array, Float32Array];
  const status = time.status.map((s) => (s === VOXEL_STATUS.masked ? s : VOXEL_STATUS.ok));
  const named = (name: string, unit: string, values: Float32Array): ParametricMap => ({
    grid,
    name,
    unit,
    values: values.map((v, i) => (status[i] === VOXEL_STATUS.ok ? v : Number.NaN)),
    status,
  });
  return {
    t1rho: time,
    slowT1rho: named('slowT1rho', 'ms', slow),
    fastShare: named('fastShare', '1', fast),
    b0: named('B0', 'Hz', b0),
    b1: named('B1', '1', b1),
    labels,
  };
}

/** Averages one slice's contents and fields over the fine pixels of each stored voxel. */
function describeSlice(
  { scene, fields }: TruthSlice,
  n: number,
  tissues: PatientTissues,
  labels: Uint8Array,
  [slow, fast, b0, b1]: readonly Float32Array[],
): void {
  const { nColumns, nRows, fractions } = scene;
  /** Stored voxel of each fine row or column. */
  const storedOf = Int32Array.from({ length: nColumns }, (_, i) => Math.floor((i * n) / nColumns));
  const [visible, count] = [new Float64Array(n * n), new Float64Array(n * n)];
  const [part, largest] = [new Float32Array(n * n), new Float32Array(n * n)];
  const eachPixel = (visit: (pixel: number, voxel: number) => void): void => {
    for (let row = 0, pixel = 0; row < nRows; row++)
      for (let column = 0; column < nColumns; column++, pixel++)
        visit(pixel, storedOf[row]! * n + storedOf[column]!);
  };
  for (const [tissue, fraction] of fractions) {
    const { signal, t1rhoMs, fastShare } = tissues[tissue]!;
    const isLiver = tissue === TISSUE_INDEX.liver;
    part.fill(0);
    eachPixel((pixel, voxel) => {
      const f = fraction[pixel]!;
      if (f === 0) return;
      part[voxel]! += f;
      visible[voxel]! += f * signal;
      slow![voxel]! += f * signal * t1rhoMs * (isLiver ? scene.liverT1rhoFactor[pixel]! : 1);
      fast![voxel]! += f * signal * fastShare * scene.fastShareFactor[pixel]!;
    });
    for (let voxel = 0; voxel < part.length; voxel++) {
      if (part[voxel]! <= largest[voxel]!) continue;
      largest[voxel] = part[voxel]!;
      labels[voxel] = tissue;
    }
  }
  eachPixel((pixel, voxel) => {
    count[voxel]!++;
    b0![voxel]! += fields.b0Hz[pixel]!;
    b1![voxel]! += fields.b1[pixel]!;
  });
  for (let voxel = 0; voxel < count.length; voxel++) {
    slow![voxel]! /= visible[voxel]!;
    fast![voxel]! /= visible[voxel]!;
    b0![voxel]! /= count[voxel]!;
    b1![voxel]! /= count[voxel]!;
  }
}
