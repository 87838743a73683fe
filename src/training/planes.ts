/**
 * What networks see of a slice: the coarse map from two of its contrasts, the target map from all of them, and the two
 * images themselves, each scaled to about 0…1. Maps are fitted here from contrasts, so that augmented contrasts give
 * augmented targets (the paper's way), and nothing is ever interpolated in a map.
 */
import { VOXEL_STATUS } from '../core/status.ts';
import { fillForTraining } from '../fit/fill-for-training.ts';
import { createVoxelMaps, fitVoxels, type VoxelMaps } from '../fit/fit-voxels.ts';
import { type FitOptions, resolveFitOptions } from '../fit/options.ts';
import { createFitPlan, type FitPlan } from '../fit/plan.ts';
import type { RangeMs } from '../signal/parameters.ts';

/** One slice of one patient: its contrasts on the training grid and the reader's region. */
export interface ContrastSlice {
  readonly patientId: string;
  readonly sliceIndex: number;
  readonly nRows: number;
  readonly nColumns: number;
  readonly tslMs: readonly number[];
  /** `[tsl, row, column]`, arbitrary units. */
  readonly contrasts: Float32Array;
  /** `[row, column]`, 1 inside the region of interest. */
  readonly roi: Uint8Array;
}

/** Which channels a network is shown. */
export type InputChannel = 'coarse' | 'image-short' | 'image-long';

/** Planes `[row, column]` of one slice; maps are scaled by `scaledFromMs`, images by the 99th percentile of the first. */
export interface SlicePlanes extends Readonly<Record<InputChannel, Float32Array>> {
  readonly target: Float32Array;
  /** 1 where the map is at a cut-off, or had no fit. */
  readonly coarseCut: Uint8Array;
  readonly targetCut: Uint8Array;
}

/** Scaled map values: the paper's range 25–65 ms becomes 0…1. */
const MAP_ORIGIN_MS = 25;
const MAP_SPAN_MS = 40;

export const scaledFromMs = (ms: number): number => (ms - MAP_ORIGIN_MS) / MAP_SPAN_MS;
export const msFromScaled = (scaled: number): number => MAP_ORIGIN_MS + MAP_SPAN_MS * scaled;
/** A difference or a scale parameter of scaled maps, in ms. */
export const msSpanFromScaled = (scaled: number): number => MAP_SPAN_MS * scaled;

export interface PlaneOptions {
  /** All spin-lock times of the contrasts, ms. */
  readonly tslMs: readonly number[];
  /** The two that the coarse map is fitted from. */
  readonly coarseTslMs: readonly [number, number];
  /** Values outside are clamped (paper, section 2.2). */
  readonly cutoffMs: RangeMs;
}

export interface PlaneFitter {
  planes(contrasts: Float32Array): SlicePlanes;
}

/** A fitter that keeps its plans and scratch memory between slices of `nPixels` pixels. */
export function createPlaneFitter(options: PlaneOptions, nPixels: number): PlaneFitter {
  const { tslMs, coarseTslMs, cutoffMs } = options;
  const fitOptions = resolveFitOptions({ cutoffMs });
  const all = createMapFitter(tslMs, fitOptions, nPixels);
  const two = createMapFitter(coarseTslMs, fitOptions, nPixels);
  const [short, long] = coarseTslMs.map((tsl) => tslMs.indexOf(tsl)) as [number, number];
  const image = (contrasts: Float32Array, t: number): Float32Array =>
    contrasts.subarray(t * nPixels, (t + 1) * nPixels);

  return {
    planes(contrasts) {
      const pair = new Float32Array(2 * nPixels);
      pair.set(image(contrasts, short));
      pair.set(image(contrasts, long), nPixels);
      const bright = brightSignal(pair.subarray(0, nPixels));
      const target = all(contrasts, AIR_SHARE * bright);
      const coarse = two(pair, AIR_SHARE * bright);
      // One factor for both images, so that their ratio survives.
      const scaled = pair.map((value) => (bright > 0 ? value / bright : 0));
      return {
        coarse: coarse.scaled,
        target: target.scaled,
        coarseCut: coarse.cut,
        targetCut: target.cut,
        'image-short': scaled.subarray(0, nPixels),
        'image-long': scaled.subarray(nPixels),
      };
    },
  };
}

type MapFitter = (
  signal: Float32Array,
  noiseFloor: number,
) => { readonly scaled: Float32Array; readonly cut: Uint8Array };

function createMapFitter(tslMs: readonly number[], options: FitOptions, nPixels: number): MapFitter {
  const plan: FitPlan = createFitPlan(tslMs, options);
  const maps: VoxelMaps = createVoxelMaps(nPixels, plan.nParameters);
  return (signal, noiseFloor) => {
    const floored = { ...plan, options: { ...options, noiseFloor } };
    fitVoxels(floored, { signal, nVoxels: nPixels, begin: 0, end: nPixels }, maps);
    const filled = fillForTraining({ values: maps.timeMs, status: maps.status }, options.cutoffMs!);
    return {
      scaled: filled.map(scaledFromMs),
      cut: maps.status.map((status) => (status === VOXEL_STATUS.ok ? 0 : 1)),
    };
  };
}

/** Part of the brightest pixels that may saturate the scale: fat and fluid, not the liver. */
const BRIGHT_SHARE = 0.01;
/** A percentile of an image does not need every pixel of it. */
const PERCENTILE_STRIDE = 4;

/** The 99th percentile of an image: the unit of its signal. */
function brightSignal(image: Float32Array): number {
  const sample = Float32Array.from(
    { length: Math.ceil(image.length / PERCENTILE_STRIDE) },
    (_, i) => image[i * PERCENTILE_STRIDE]!,
  ).sort();
  return sample[Math.floor((1 - BRIGHT_SHARE) * (sample.length - 1))]!;
}

/**
 * Signals below this part of the bright ones are air: no signal, in the coarse map and the target alike. Scanners mask
 * air (exactly 0, or far quieter than tissue), but not always; its fits would be noise that no network can learn.
 */
const AIR_SHARE = 0.015;
