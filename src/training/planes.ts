/**
 * What networks see of a slice: the coarse map from two of its contrasts, the target map from all of them, and the two
 * images themselves, each scaled to about 0…1. Maps are fitted here from contrasts, so that augmented contrasts give
 * augmented targets (the paper's way), and nothing is ever interpolated in a map.
 */
import { VOXEL_STATUS } from '../core/status.ts';
import { fillForTraining } from '../fit/fill-for-training.ts';
import { createTimeMaps, fitVoxels, type VoxelMaps } from '../fit/fit-voxels.ts';
import { type FitOptions, resolveFitOptions } from '../fit/options.ts';
import { createFitPlan, type FitPlan } from '../fit/plan.ts';
import type { RangeMs } from '../signal/parameters.ts';

/** One slice of one patient: its contrasts on the training grid and the reader's region. */
export interface ContrastSlice {
  readonly patientId: string;
  readonly sliceIndex: number;
  readonly nRows: number;
  readonly nColumns: number;
  /** Spacing of the training grid, mm, where it is known. */
  readonly pixelMm?: number;
  readonly tslMs: readonly number[];
  /** `[tsl, row, column]`, arbitrary units. */
  readonly contrasts: Float32Array;
  /** `[row, column]`, 1 inside the region of interest. */
  readonly roi: Uint8Array;
}

/** Which channels a network is shown. */
export type InputChannel = 'coarse' | 'image-short' | 'image-long';

/** Planes `[row, column]` of a slice's two images; maps are scaled by `scaledFromMs`, images by `brightSignal`. */
export interface InputPlanes extends Readonly<Record<InputChannel, Float32Array>> {
  /** 1 where the map is at a cut-off, or had no fit. */
  readonly coarseCut: Uint8Array;
  /** 1 where the first image is no brighter than `airLevel`. */
  readonly air: Uint8Array;
}

/** The same with the map that all images give, which only training and evaluation have. */
export interface SlicePlanes extends InputPlanes {
  readonly target: Float32Array;
  readonly targetCut: Uint8Array;
}

/** Scaled map values: the paper's range 25–65 ms becomes 0…1. */
const MAP_ORIGIN_MS = 25;
const MAP_SPAN_MS = 40;

export const scaledFromMs = (ms: number): number => (ms - MAP_ORIGIN_MS) / MAP_SPAN_MS;
export const msFromScaled = (scaled: number): number => MAP_ORIGIN_MS + MAP_SPAN_MS * scaled;
/** A difference or a scale parameter of scaled maps, in ms. */
export const msSpanFromScaled = (scaled: number): number => MAP_SPAN_MS * scaled;

export interface InputOptions {
  /** The two times that the coarse map is fitted from, ms. */
  readonly coarseTslMs: readonly [number, number];
  /** Values outside are clamped (paper, section 2.2). */
  readonly cutoffMs: RangeMs;
}

export interface PlaneOptions extends InputOptions {
  /** All spin-lock times of the contrasts, ms. */
  readonly tslMs: readonly number[];
}

/** Planes from the two images `[tsl, row, column]` that a network may see; `bright` is the first one's `brightSignal`. */
export type InputFitter = (pair: Float32Array, bright?: number) => InputPlanes;

export interface PlaneFitter {
  planes(contrasts: Float32Array): SlicePlanes;
}

/** A fitter that keeps its plan and scratch memory between slices of `nPixels` pixels. */
export function createInputFitter({ coarseTslMs, cutoffMs }: InputOptions, nPixels: number): InputFitter {
  const fitMap = createMapFitter(coarseTslMs, resolveFitOptions({ cutoffMs }), nPixels);
  return (pair, bright = brightSignal(pair.subarray(0, nPixels))) => {
    const level = airLevel(bright);
    const { scaled, cut } = fitMap(pair, level);
    const air = new Uint8Array(nPixels);
    for (let p = 0; p < nPixels; p++) air[p] = pair[p]! <= level ? 1 : 0;
    // One factor for both images, so that their ratio survives.
    const images = new Float32Array(pair.length);
    if (bright > 0) for (let i = 0; i < pair.length; i++) images[i] = pair[i]! / bright;
    return {
      coarse: scaled,
      coarseCut: cut,
      air,
      'image-short': images.subarray(0, nPixels),
      'image-long': images.subarray(nPixels),
    };
  };
}

/** As `createInputFitter`, for slices with all their contrasts. */
export function createPlaneFitter(options: PlaneOptions, nPixels: number): PlaneFitter {
  const { tslMs, coarseTslMs, cutoffMs } = options;
  const inputs = createInputFitter(options, nPixels);
  const all = createMapFitter(tslMs, resolveFitOptions({ cutoffMs }), nPixels);
  const [short, long] = coarseTslMs.map((tsl) => tslMs.indexOf(tsl)) as [number, number];
  const image = (contrasts: Float32Array, t: number): Float32Array =>
    contrasts.subarray(t * nPixels, (t + 1) * nPixels);

  const pair = new Float32Array(2 * nPixels);
  return {
    planes(contrasts) {
      pair.set(image(contrasts, short));
      pair.set(image(contrasts, long), nPixels);
      const bright = brightSignal(pair.subarray(0, nPixels));
      const target = all(contrasts, airLevel(bright));
      return { ...inputs(pair, bright), target: target.scaled, targetCut: target.cut };
    },
  };
}

type MapFitter = (
  signal: Float32Array,
  noiseFloor: number,
) => { readonly scaled: Float32Array; readonly cut: Uint8Array };

/** Only what is not air is fitted. */
function createMapFitter(tslMs: readonly number[], options: FitOptions, nPixels: number): MapFitter {
  const plan: FitPlan = createFitPlan(tslMs, options);
  const maps: VoxelMaps = createTimeMaps(nPixels);
  const cutoffMs = options.cutoffMs!;
  const airValue = scaledFromMs(Math.fround(cutoffMs[0]));
  const pixels = new Int32Array(nPixels);
  const packed = new Float32Array(tslMs.length * nPixels);
  return (signal, noiseFloor) => {
    const n = packSignal(signal, noiseFloor, nPixels, pixels, packed);
    const floored = { ...plan, options: { ...options, noiseFloor } };
    fitVoxels(floored, { signal: packed, nVoxels: nPixels, begin: 0, end: n }, maps);
    const status = maps.status.subarray(0, n);
    const filled = fillForTraining({ values: maps.timeMs.subarray(0, n), status }, cutoffMs);
    const scaled = new Float32Array(nPixels).fill(airValue);
    const cut = new Uint8Array(nPixels).fill(1);
    for (let i = 0; i < n; i++) {
      scaled[pixels[i]!] = scaledFromMs(filled[i]!);
      cut[pixels[i]!] = status[i] === VOXEL_STATUS.ok ? 0 : 1;
    }
    return { scaled, cut };
  };
}

/** Moves pixels with any signal above `noiseFloor` to the front of `packed`, their places to `pixels`. Returns how many. */
function packSignal(
  signal: Float32Array,
  noiseFloor: number,
  nPixels: number,
  pixels: Int32Array,
  packed: Float32Array,
): number {
  let n = 0;
  for (let p = 0; p < nPixels; p++) {
    let at = p;
    while (at < signal.length && !(signal[at]! > noiseFloor)) at += nPixels;
    if (at >= signal.length) continue;
    for (let from = 0; from < signal.length; from += nPixels) packed[from + n] = signal[from + p]!;
    pixels[n++] = p;
  }
  return n;
}

/** Part of the brightest pixels that may saturate the scale: fat and fluid, not the liver. */
const BRIGHT_SHARE = 0.01;
/** A percentile of an image does not need every pixel of it. */
const PERCENTILE_STRIDE = 4;

/** The 99th percentile of an image: the unit of its signal. */
export function brightSignal(image: Float32Array): number {
  const sample = new Float32Array(Math.ceil(image.length / PERCENTILE_STRIDE));
  for (let i = 0; i < sample.length; i++) sample[i] = image[i * PERCENTILE_STRIDE]!;
  sample.sort();
  return sample[Math.floor((1 - BRIGHT_SHARE) * (sample.length - 1))]!;
}

/**
 * Signals below this part of the bright ones are air: no signal, in the coarse map and the target alike. Scanners mask
 * air (exactly 0, or far quieter than tissue), but not always; its fits would be noise that no network can learn.
 */
const AIR_SHARE = 0.015;

/** Signal up to which a pixel counts as air, from the image's `brightSignal`; unit of the signal. */
export const airLevel = (bright: number): number => AIR_SHARE * bright;
