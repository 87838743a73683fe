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
  const ratio = scene.nColumns / n;
  const parts = new Float64Array(tissues.length);
  for (let row = 0; row < n; row++)
    for (let column = 0; column < n; column++) {
      const voxel = row * n + column;
      parts.fill(0);
      let [visible, slowSum, fastSum, b0Sum, b1Sum, count] = [0, 0, 0, 0, 0, 0];
      for (let r = Math.floor(row * ratio); r < Math.ceil((row + 1) * ratio); r++)
        for (let c = Math.floor(column * ratio); c < Math.ceil((column + 1) * ratio); c++) {
          const at = r * scene.nColumns + c;
          count++;
          b0Sum += fields.b0Hz[at]!;
          b1Sum += fields.b1[at]!;
          for (const [tissue, fractions] of scene.fractions) {
            const fraction = fractions[at]!;
            if (fraction === 0) continue;
            parts[tissue] = parts[tissue]! + fraction;
            const { signal, t1rhoMs, fastShare } = tissues[tissue]!;
            const weight = fraction * signal;
            const isLiver = tissue === TISSUE_INDEX.liver;
            visible += weight;
            slowSum += weight * t1rhoMs * (isLiver ? scene.liverT1rhoFactor[at]! : 1);
            fastSum += weight * fastShare * scene.fastShareFactor[at]!;
          }
        }
      labels[voxel] = parts.indexOf(Math.max(...parts));
      slow![voxel] = visible > 0 ? slowSum / visible : Number.NaN;
      fast![voxel] = visible > 0 ? fastSum / visible : Number.NaN;
      b0![voxel] = b0Sum / count;
      b1![voxel] = b1Sum / count;
    }
}
