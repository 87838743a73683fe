/**
 * The voxel loop: signals in, values, standard errors and statuses out. It works on a range of voxels, so that threads
 * can share a series; each voxel's result depends on its own signals alone.
 */
import { VOXEL_STATUS } from '../core/status.ts';
import type { FitPlan } from './plan.ts';
import { FIT_QUALITY } from './quality.ts';
import { BLOCK_SIZE, createVoxelBlock, type VoxelBlock } from './voxel-block.ts';

/** Results per voxel, `[voxel]`; NaN where `status` gives no value. From `createTimeMaps` all but time and status are empty. */
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

/** Maps of `nVoxels` over `buffer`, or over new memory. */
export function createVoxelMaps(nVoxels: number, nParameters: number, buffer?: ArrayBufferLike): VoxelMaps {
  const memory = buffer ?? new ArrayBuffer(nVoxels * bytesPerVoxel(nParameters));
  const map = (place: number): Float32Array => new Float32Array(memory, place * nVoxels * 4, nVoxels);
  const nFloat = nParameters === 3 ? 6 : 5;
  const bytes = (place: number): Uint8Array =>
    new Uint8Array(memory, (nFloat * 4 + place) * nVoxels, nVoxels);
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

/** Views of voxels `begin`…`end − 1`. */
export function voxelMapsBetween(maps: VoxelMaps, begin: number, end: number): VoxelMaps {
  const { timeMs, s0, r2, residual, standardErrorMs, offset, status, quality } = maps;
  return {
    timeMs: timeMs.subarray(begin, end),
    s0: s0.subarray(begin, end),
    r2: r2.subarray(begin, end),
    residual: residual.subarray(begin, end),
    standardErrorMs: standardErrorMs.subarray(begin, end),
    offset: offset.subarray(begin, end),
    status: status.subarray(begin, end),
    quality: quality.subarray(begin, end),
  };
}

/** Maps of the time and its status alone, where nothing else is asked for. */
export function createTimeMaps(nVoxels: number): VoxelMaps {
  const none = new Float32Array(0);
  return {
    ...{ s0: none, r2: none, residual: none, standardErrorMs: none, offset: none },
    timeMs: new Float32Array(nVoxels),
    status: new Uint8Array(nVoxels),
    quality: new Uint8Array(0),
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

/** What the loop itself remembers of the voxels in a block. */
interface Gathered {
  readonly block: VoxelBlock;
  /** Index in the maps. */
  readonly voxel: Float64Array;
  /** Σ (signal − mean)². */
  readonly deviation: Float64Array;
  readonly flags: Uint8Array;
}

/** Fits voxels `begin`…`end − 1` into `maps`. */
export function fitVoxels(plan: FitPlan, range: VoxelRange, maps: VoxelMaps): void {
  const gathered: Gathered = {
    block: createVoxelBlock(plan.order.length),
    voxel: new Float64Array(BLOCK_SIZE),
    deviation: new Float64Array(BLOCK_SIZE),
    flags: new Uint8Array(BLOCK_SIZE),
  };
  const progress = { next: range.begin };
  while (progress.next < range.end) {
    const count = gather(plan, range, maps, gathered, progress);
    plan.solve(gathered.block, count);
    scatter(plan, maps, gathered, count);
  }
}

/** Fills a block with the next voxels that can be fitted; settles the status of the others. Returns how many. */
function gather(
  { order, options: { noiseFloor, risingFraction } }: FitPlan,
  { signal: series, nVoxels, end, mask }: VoxelRange,
  maps: VoxelMaps,
  { block: { signal }, voxel: voxels, deviation, flags }: Gathered,
  progress: { next: number },
): number {
  const n = order.length;
  let place = 0;
  let voxel = progress.next;
  for (; voxel < end && place < BLOCK_SIZE; voxel++) {
    if (mask !== undefined && mask[voxel] === 0) {
      setMissing(maps, voxel, VOXEL_STATUS.masked, 0);
      continue;
    }
    let sum = 0;
    let largest = Number.NEGATIVE_INFINITY;
    let rise = 0;
    let previous = Number.POSITIVE_INFINITY;
    for (let i = 0; i < n; i++) {
      const value = series[order[i]! * nVoxels + voxel]!;
      signal[i * BLOCK_SIZE + place] = value;
      sum += value;
      if (value > largest) largest = value;
      if (value - previous > rise) rise = value - previous;
      previous = value;
    }
    if (sum - sum !== 0) {
      setMissing(maps, voxel, VOXEL_STATUS['not-finite'], 0);
      continue;
    }
    if (!(largest > noiseFloor)) {
      setMissing(maps, voxel, VOXEL_STATUS['no-signal'], 0);
      continue;
    }
    const mean = sum / n;
    let total = 0;
    for (let i = 0; i < n; i++) {
      const difference = signal[i * BLOCK_SIZE + place]! - mean;
      total += difference * difference;
    }
    voxels[place] = voxel;
    deviation[place] = total;
    flags[place] = rise > risingFraction * largest ? FIT_QUALITY['rising-signal'] : 0;
    place++;
  }
  progress.next = voxel;
  return place;
}

/** Writes a block's results into the maps, with their status and quality. */
function scatter(
  { order, bounds, nParameters, options }: FitPlan,
  maps: VoxelMaps,
  { block, voxel: voxels, deviation, flags }: Gathered,
  count: number,
): void {
  const { timeMs, s0, r2, residual, standardErrorMs, offset, status, quality } = maps;
  const onlyTimes = s0.length === 0;
  const freedom = order.length - nParameters;
  const { poorFitR2 } = options;
  const isNoiseKnown = options.noiseSigma !== null;
  const sigma = options.noiseSigma ?? 0;
  const [cutLow, cutHigh] = options.cutoffMs ?? [0, Number.POSITIVE_INFINITY];
  for (let place = 0; place < count; place++) {
    const voxel = voxels[place]!;
    const rate = block.rate[place]!;
    if (!(rate > 0)) {
      const code = rate === 0 ? VOXEL_STATUS['no-decay'] : VOXEL_STATUS['no-signal'];
      setMissing(maps, voxel, code, flags[place]!);
      continue;
    }
    let time = 1 / rate;
    let code: number = VOXEL_STATUS.ok;
    if (rate >= bounds.high || time < cutLow) {
      code = VOXEL_STATUS['at-lower-cutoff'];
      time = cutLow;
    } else if (rate <= bounds.low || time > cutHigh) {
      code = VOXEL_STATUS['at-upper-cutoff'];
      time = cutHigh;
    }
    // The end of the search says how far was looked, nothing of the tissue: without a cut-off there is no value.
    if (code !== VOXEL_STATUS.ok && options.cutoffMs === null) {
      setMissing(maps, voxel, code, flags[place]!);
      continue;
    }
    timeMs[voxel] = time;
    status[voxel] = code;
    if (onlyTimes) continue;
    const fitR2 = freedom > 0 ? 1 - block.squares[place]! / deviation[place]! : Number.NaN;
    const sd = freedom > 0 ? Math.sqrt(block.squares[place]! / freedom) : Number.NaN;
    const standardError = time * time * (isNoiseKnown ? sigma : sd) * Math.sqrt(block.rateVariance[place]!);
    s0[voxel] = block.s0[place]!;
    r2[voxel] = fitR2;
    residual[voxel] = sd;
    standardErrorMs[voxel] = code === VOXEL_STATUS.ok ? standardError : Number.NaN;
    if (nParameters === 3) offset[voxel] = block.offset[place]!;
    quality[voxel] = flags[place]! | (fitR2 < poorFitR2 ? FIT_QUALITY['poor-fit'] : 0);
  }
}

function setMissing(maps: VoxelMaps, voxel: number, code: number, flags: number): void {
  maps.timeMs[voxel] = Number.NaN;
  maps.status[voxel] = code;
  if (maps.s0.length === 0) return;
  maps.s0[voxel] = Number.NaN;
  maps.r2[voxel] = Number.NaN;
  maps.residual[voxel] = Number.NaN;
  maps.standardErrorMs[voxel] = Number.NaN;
  if (maps.offset.length > 0) maps.offset[voxel] = Number.NaN;
  maps.quality[voxel] = flags;
}
