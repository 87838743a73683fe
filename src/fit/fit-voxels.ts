/**
 * The voxel loop: signals in, values, standard errors and statuses out. It works on a range of voxels, so that threads
 * can share a series; each voxel's result depends on its own signals alone.
 */
import { VOXEL_STATUS } from '../core/status.ts';
import type { FitPlan } from './plan.ts';
import { FIT_QUALITY } from './quality.ts';
import { FIT_EXTRA, FIT_OFFSET, FIT_RATE_VARIANCE, FIT_S0 } from './voxel-solver.ts';

/** Results per voxel, `[voxel]`; NaN where `status` gives no value. */
export interface VoxelMaps {
  /** T in ms, clamped at a cut-off. */
  readonly timeMs: Float32Array;
  /** Signal at time 0 by the fit, units of the signal. */
  readonly s0: Float32Array;
  /** 1 − Σ(residual²)/Σ(deviation from the mean²); NaN where the fit has no residual degrees of freedom. */
  readonly r2: Float32Array;
  /** √(Σ residual²/(N − parameters)), units of the signal; NaN without degrees of freedom. */
  readonly residual: Float32Array;
  /**
   * Standard error of T in ms, from the curvature at the optimum and the noise (`noiseSigma`, else `residual`);
   * NaN where T is clamped or the noise is unknown.
   */
  readonly standardErrorMs: Float32Array;
  /** Constant part of the signal; empty unless the method has one. */
  readonly offset: Float32Array;
  /** `VOXEL_STATUS` codes. */
  readonly status: Uint8Array;
  /** `FIT_QUALITY` bits. */
  readonly quality: Uint8Array;
}

/** Bytes of result per voxel: five or six maps of float32, status and quality. */
export const bytesPerVoxel = (nParameters: number): number => (nParameters === 3 ? 6 : 5) * 4 + 2;

/** Maps over `buffer`, or over a new one; a shared buffer lets threads fill them together. */
export function createVoxelMaps(nVoxels: number, nParameters: number, buffer?: ArrayBufferLike): VoxelMaps {
  const memory = buffer ?? new ArrayBuffer(nVoxels * bytesPerVoxel(nParameters));
  const map = (place: number): Float32Array =>
    new Float32Array(memory as ArrayBuffer, place * nVoxels * 4, nVoxels);
  const nFloat = nParameters === 3 ? 6 : 5;
  const bytes = (place: number): Uint8Array =>
    new Uint8Array(memory as ArrayBuffer, (nFloat * 4 + place) * nVoxels, nVoxels);
  return {
    timeMs: map(0),
    s0: map(1),
    r2: map(2),
    residual: map(3),
    standardErrorMs: map(4),
    offset: nParameters === 3 ? map(5) : new Float32Array(0),
    status: bytes(0),
    quality: bytes(1),
  };
}

/** A stretch of voxels of a series. */
export interface VoxelRange {
  /** `[time, voxel]`, times in the order given to `createFitPlan`. */
  readonly signal: Float32Array;
  /** Voxels per image. */
  readonly nVoxels: number;
  readonly begin: number;
  readonly end: number;
  /** `[voxel]`, 0: `masked`. */
  readonly mask?: Uint8Array | Uint16Array | undefined;
}

/** Fits voxels `begin`…`end − 1` into `maps`. */
export function fitVoxels(plan: FitPlan, range: VoxelRange, maps: VoxelMaps): void {
  const { solve, order, bounds, options, nParameters } = plan;
  const { signal, nVoxels, begin, end, mask } = range;
  const { timeMs, s0, r2, residual, standardErrorMs, offset, status, quality } = maps;
  const n = order.length;
  const freedom = n - nParameters;
  const { noiseFloor, poorFitR2, risingFraction, boundsMs } = options;
  const sigmaKnown = options.noiseSigma !== null;
  const sigma = options.noiseSigma ?? 0;
  const [cutLow, cutHigh] = options.cutoffMs ?? [0, Number.POSITIVE_INFINITY];
  const y = new Float64Array(n);
  const fit = new Float64Array(n + FIT_EXTRA);
  const starts = order.map((image) => image * nVoxels);

  for (let voxel = begin; voxel < end; voxel++) {
    if (mask !== undefined && mask[voxel] === 0) {
      fail(voxel, VOXEL_STATUS.masked, 0);
      continue;
    }
    let sum = 0;
    let largest = Number.NEGATIVE_INFINITY;
    let rise = 0;
    let previous = Number.POSITIVE_INFINITY;
    for (let i = 0; i < n; i++) {
      const value = signal[starts[i]! + voxel]!;
      y[i] = value;
      sum += value;
      if (value > largest) largest = value;
      if (value - previous > rise) rise = value - previous;
      previous = value;
    }
    if (sum - sum !== 0) {
      fail(voxel, VOXEL_STATUS['not-finite'], 0);
      continue;
    }
    if (!(largest > noiseFloor)) {
      fail(voxel, VOXEL_STATUS['no-signal'], 0);
      continue;
    }
    let flags = rise > risingFraction * largest ? FIT_QUALITY['rising-signal'] : 0;
    const rate = solve(y, fit);
    if (!(rate > 0)) {
      fail(voxel, rate === 0 ? VOXEL_STATUS['no-decay'] : VOXEL_STATUS['no-signal'], flags);
      continue;
    }

    const mean = sum / n;
    let squares = 0;
    let total = 0;
    for (let i = 0; i < n; i++) {
      const difference = y[i]! - fit[i]!;
      const deviation = y[i]! - mean;
      squares += difference * difference;
      total += deviation * deviation;
    }
    const fitR2 = freedom > 0 ? 1 - squares / total : Number.NaN;
    const sd = freedom > 0 ? Math.sqrt(squares / freedom) : Number.NaN;
    if (fitR2 < poorFitR2) flags |= FIT_QUALITY['poor-fit'];

    let time = 1 / rate;
    let code: number = VOXEL_STATUS.ok;
    if (rate >= bounds.high || time < cutLow) {
      code = VOXEL_STATUS['at-lower-cutoff'];
      time = Math.max(cutLow, boundsMs[0]);
    } else if (rate <= bounds.low || time > cutHigh) {
      code = VOXEL_STATUS['at-upper-cutoff'];
      time = Math.min(cutHigh, boundsMs[1]);
    }
    timeMs[voxel] = time;
    s0[voxel] = fit[n + FIT_S0]!;
    r2[voxel] = fitR2;
    residual[voxel] = sd;
    const standardError = time * time * (sigmaKnown ? sigma : sd) * Math.sqrt(fit[n + FIT_RATE_VARIANCE]!);
    standardErrorMs[voxel] = code === VOXEL_STATUS.ok ? standardError : Number.NaN;
    if (nParameters === 3) offset[voxel] = fit[n + FIT_OFFSET]!;
    status[voxel] = code;
    quality[voxel] = flags;
  }

  function fail(voxel: number, code: number, flags: number): void {
    for (const map of [timeMs, s0, r2, residual, standardErrorMs]) map[voxel] = Number.NaN;
    if (nParameters === 3) offset[voxel] = Number.NaN;
    status[voxel] = code;
    quality[voxel] = flags;
  }
}
