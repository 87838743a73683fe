/**
 * Numbers of one slice by which a cohort is calibrated, ablated and compared with real slices. All are taken on the
 * reader's ROI, in the fit convention of the evaluation (coarse: first and last image; target: all; 25–65 ms).
 */
import { denoiseBm3d } from '../denoise/bm3d.ts';
import { estimateNoiseSigma } from '../denoise/noise-level.ts';
import { CUTOFF_MS } from './coarse-and-target.ts';

/** Widths of the Gaussians by which the images are smoothed before the coarse fit, pixels. */
export const SMOOTHING_PIXELS = [0.5, 0.7, 1] as const;

/** Maps and images of one slice, `[row, column]` each, square. */
export interface SliceMaps {
  readonly n: number;
  readonly tslMs: readonly number[];
  /** One image per TSL, as stored. */
  readonly images: readonly Float32Array[];
  readonly coarse: Float32Array;
  readonly target: Float32Array;
  readonly truth: Float32Array;
  /** Coarse maps of images smoothed by `SMOOTHING_PIXELS`. */
  readonly smoothed: readonly Float32Array[];
  /** Pixel numbers of the ROI. */
  readonly roi: Int32Array;
}

/** Errors against the target, %, and what smoothing does to the coarse one. */
export interface ErrorMeasures {
  readonly coarsePercent: number;
  readonly truthPercent: number;
  /** Coarse map less its mean difference from the target: what is left without a constant bias. */
  readonly shiftedPercent: number;
  /** Mean of coarse − target, ms. */
  readonly biasMs: number;
  /** Ratio to coarse of a coarse map from images smoothed by σ 0.5, 0.7 and 1 pixel. */
  readonly smoothed05: number;
  readonly smoothed07: number;
  readonly smoothed10: number;
}

export function measureErrors(maps: SliceMaps): ErrorMeasures {
  const { coarse, target, truth, roi } = maps;
  const biasMs = mean(roi, (i) => coarse[i]! - target[i]!);
  const coarsePercent = relativeError(coarse, target, roi);
  const [smoothed05, smoothed07, smoothed10] = maps.smoothed.map(
    (map) => relativeError(map, target, roi) / coarsePercent,
  ) as [number, number, number];
  return {
    coarsePercent,
    truthPercent: relativeError(truth, target, roi),
    shiftedPercent: 100 * mean(roi, (i) => Math.abs(coarse[i]! - biasMs - target[i]!) / target[i]!),
    biasMs,
    smoothed05,
    smoothed07,
    smoothed10,
  };
}

/** BM3D searches 19 pixels around a block of 8, twice: nothing further away changes the ROI. */
const BM3D_REACH = 56;

/** RMRE of BM3D on the coarse map, %; its noise level is estimated where the map is not cut off. */
export function measureBm3d({ coarse, target, roi, n }: SliceMaps): number {
  const mask = Uint8Array.from(coarse, (v) => (v > CUTOFF_MS[0] && v < CUTOFF_MS[1] ? 1 : 0));
  const sigma = estimateNoiseSigma(coarse, n, n, mask);
  const rows = roi.map((i) => Math.floor(i / n));
  const columns = roi.map((i) => i % n);
  const [top, left] = [rows, columns].map((v) => Math.max(0, Math.min(...v) - BM3D_REACH)) as [
    number,
    number,
  ];
  const [bottom, right] = [rows, columns].map((v) => Math.min(n, Math.max(...v) + BM3D_REACH)) as [
    number,
    number,
  ];
  const [height, width] = [bottom - top, right - left];
  const part = new Float32Array(height * width);
  for (let row = 0; row < height; row++)
    part.set(coarse.subarray((top + row) * n + left, (top + row) * n + right), row * width);
  const { values } = denoiseBm3d(part, height, width, { sigma, valueRange: CUTOFF_MS[1] - CUTOFF_MS[0] });
  const map = new Float32Array(n * n);
  for (const [p, i] of roi.entries()) map[i] = values[(rows[p]! - top) * width + columns[p]! - left]!;
  return relativeError(map, target, roi);
}

/** Statistics of the target map and of its fit. */
export interface MapMeasures {
  readonly meanMs: number;
  /** SD over pixels, ms. */
  readonly pixelSdMs: number;
  /** Percentiles 1, 5, 25, 50, 75, 95, 99, ms. */
  readonly percentilesMs: readonly number[];
  /** Correlation of the target map with itself three pixels along a row or column. */
  readonly lag3: number;
  /** R² of the target's fit: median and 5th percentile. */
  readonly r2Median: number;
  readonly r2Low: number;
  /** Correlation of the fit's residuals between neighbouring pixels. */
  readonly residualLag1: number;
  /** Number of ROI pixels and sums of powers 1–4 of coarse − target, ms: for moments of pooled slices. */
  readonly differenceSums: readonly [number, number, number, number, number];
  /** SNR of the first and the last image, by the fit's residuals. */
  readonly snrFirst: number;
  readonly snrLast: number;
}

export function measureMap(maps: SliceMaps): MapMeasures {
  const { target, coarse, roi, images, tslMs, n } = maps;
  const sorted = Float64Array.from(roi, (i) => target[i]!).sort();
  const at = (p: number): number => sorted[Math.round((p / 100) * (sorted.length - 1))]!;
  const meanMs = mean(roi, (i) => target[i]!);
  const { residuals, r2 } = fitResiduals(images, tslMs, target, roi);
  const goodness = r2.sort();
  // Two of N degrees of freedom go into S0 and T1rho.
  const perImage = residuals.map((r) => mean(roi, (i) => r[i]! ** 2));
  const sigma = Math.sqrt(perImage.reduce((a, b) => a + b, 0) / (tslMs.length - 2));
  const last = images.length - 1;
  return {
    meanMs,
    pixelSdMs: Math.sqrt(mean(roi, (i) => (target[i]! - meanMs) ** 2)),
    percentilesMs: [1, 5, 25, 50, 75, 95, 99].map(at),
    lag3: correlation(target, roi, n, 3),
    r2Median: goodness[goodness.length >> 1]!,
    r2Low: goodness[Math.floor(0.05 * goodness.length)]!,
    residualLag1: residuals.reduce((sum, r) => sum + correlation(r, roi, n, 1), 0) / residuals.length,
    differenceSums: powerSums(Float64Array.from(roi, (i) => coarse[i]! - target[i]!)),
    snrFirst: mean(roi, (i) => images[0]![i]!) / sigma,
    snrLast: mean(roi, (i) => images[last]![i]!) / sigma,
  };
}

/** Residuals of S0·exp(−t/T) with T of the target and the best S0; R² of every ROI pixel. */
function fitResiduals(
  images: readonly Float32Array[],
  tslMs: readonly number[],
  target: Float32Array,
  roi: Int32Array,
): { residuals: Float32Array[]; r2: Float64Array } {
  const residuals = images.map((image) => new Float32Array(image.length));
  const r2 = new Float64Array(roi.length);
  for (const [p, i] of roi.entries()) {
    const decay = tslMs.map((t) => Math.exp(-t / target[i]!));
    const values = images.map((image) => image[i]!);
    const dot = (a: readonly number[], b: readonly number[]): number =>
      a.reduce((s, v, k) => s + v * b[k]!, 0);
    const s0 = dot(decay, values) / dot(decay, decay);
    const average = values.reduce((a, b) => a + b, 0) / values.length;
    let [squares, total] = [0, 0];
    for (const [t, value] of values.entries()) {
      const r = value - s0 * decay[t]!;
      residuals[t]![i] = r;
      squares += r * r;
      total += (value - average) ** 2;
    }
    r2[p] = 1 - squares / total;
  }
  return { residuals, r2 };
}

export const relativeError = (map: Float32Array, target: Float32Array, roi: Int32Array): number =>
  100 * mean(roi, (i) => Math.abs(map[i]! - target[i]!) / target[i]!);

function mean(roi: Int32Array, value: (i: number) => number): number {
  let sum = 0;
  for (const i of roi) sum += value(i);
  return sum / roi.length;
}

/** Correlation of a map with itself `lag` pixels further along rows and along columns, both pixels in the ROI. */
function correlation(map: Float32Array, roi: Int32Array, n: number, lag: number): number {
  const inside = new Set(roi);
  const centre = mean(roi, (i) => map[i]!);
  const variance = mean(roi, (i) => (map[i]! - centre) ** 2);
  let [sum, count] = [0, 0];
  for (const i of roi)
    for (const j of [i + lag, i + lag * n]) {
      if (!inside.has(j)) continue;
      sum += (map[i]! - centre) * (map[j]! - centre);
      count++;
    }
  return sum / count / variance;
}

function powerSums(values: Float64Array): [number, number, number, number, number] {
  const sums: [number, number, number, number, number] = [0, 0, 0, 0, 0];
  for (const v of values) {
    sums[0] += 1;
    sums[1] += v;
    sums[2] += v ** 2;
    sums[3] += v ** 3;
    sums[4] += v ** 4;
  }
  return sums;
}
