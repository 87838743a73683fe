/**
 * Gaussian smoothing of each image within its slices, before the fit. It lowers every error that is compared with a
 * map of the same smoothed images and hides detail: off by default, recorded where used.
 */
import { sliceSize } from '../core/grid.ts';
import type { SpinLockSeries } from '../core/volume.ts';

/** The kernel is cut at this many SD and normed to sum 1. */
const TRUNCATE = 4;

/**
 * The series smoothed with a Gaussian of SD `sigmaPixels` along rows and columns, edges repeated by reflection; the
 * series itself for 0. A voxel that is not finite makes its neighbours not finite.
 */
export function smoothSeries(series: SpinLockSeries, sigmaPixels: number): SpinLockSeries {
  if (sigmaPixels === 0) return series;
  const kernel = gaussianKernel(sigmaPixels);
  const { nColumns, nRows } = series.grid;
  const size = sliceSize(series.grid);
  const signal = new Float32Array(series.signal.length);
  const rows = new Float64Array(size);
  for (let start = 0; start < signal.length; start += size) {
    const slice = series.signal.subarray(start, start + size);
    const target = signal.subarray(start, start + size);
    for (let row = 0; row < nRows; row++) smoothLine(slice, rows, row * nColumns, 1, nColumns, kernel);
    for (let column = 0; column < nColumns; column++)
      smoothLine(rows, target, column, nColumns, nRows, kernel);
  }
  return { ...series, signal };
}

/** Half of the kernel: the weight at distance 0, 1, … */
function gaussianKernel(sigma: number): Float64Array {
  const radius = Math.ceil(TRUNCATE * sigma);
  const half = Float64Array.from({ length: radius + 1 }, (_, d) => Math.exp(-((d / sigma) ** 2) / 2));
  const sum = half.reduce((total, weight) => total + 2 * weight, -half[0]!);
  return half.map((weight) => weight / sum);
}

type Line = Float32Array | Float64Array;

function smoothLine(
  from: Line,
  to: Line,
  start: number,
  stride: number,
  length: number,
  half: Float64Array,
): void {
  for (let i = 0; i < length; i++) {
    let sum = half[0]! * from[start + i * stride]!;
    for (let d = 1; d < half.length; d++) {
      const before = from[start + reflect(i - d, length) * stride]!;
      const after = from[start + reflect(i + d, length) * stride]!;
      sum += half[d]! * (before + after);
    }
    to[start + i * stride] = sum;
  }
}

/** Index inside 0…length−1, mirrored at the edges with the edge repeated. */
function reflect(i: number, length: number): number {
  const wrapped = ((i % (2 * length)) + 2 * length) % (2 * length);
  return wrapped < length ? wrapped : 2 * length - 1 - wrapped;
}
