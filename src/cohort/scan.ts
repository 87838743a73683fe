/**
 * One slice on the scanner: an object for each TSL, and images of it on demand. Every image draws from its own named
 * stream, so an image can be had again, or drawn anew (`draw` > 0), without touching the others.
 */
import type { Random } from '../core/random.ts';
import type { SpinLockKernel } from '../signal/spin-lock.ts';
import type { PatientFields, SliceFields } from './fields.ts';
import { BLOOD, createObjectSignal, type ObjectSignal, PLANES, type PlaneName } from './object.ts';
import type { CohortParameters } from './parameters.ts';
import { axialPlane, type PlaneGrid } from './plane.ts';
import type { ComplexImage, ObjectPlane, Readout } from './readout.ts';
import { createReceive, type Receive } from './receive.ts';
import { type SliceScene, TISSUE_INDEX } from './scene.ts';
import type { PatientTissues } from './tissue.ts';
import {
  displace,
  drawSliceMotion,
  drawVariation,
  type ImageVariation,
  type Motion,
  type MotionContext,
} from './variation.ts';

export interface SliceScan {
  /** Noise SD per channel of the magnitude images, before the factor of parallel imaging; signal of liver is about 1. */
  readonly sigma: number;
  readonly snr: number;
  readonly fields: SliceFields;
  /** Magnitude image of TSL number `tslIndex`, stored matrix `[row, column]`; `draw` 0 is the acquired one. */
  image(tslIndex: number, draw: number): Float32Array;
  /** What an ideal scanner would give: ideal fields, no noise, nothing that varies. All TSLs, `[tsl, row, column]`. */
  idealImages(): Float32Array;
}

/** What slices of one patient share. */
export interface PatientSetup {
  readonly parameters: CohortParameters;
  readonly tissues: PatientTissues;
  readonly fields: PatientFields;
  readonly kernel: SpinLockKernel;
  readonly readout: Readout;
  /** Liver's SNR at TSL 0 in this patient. */
  readonly snr: number;
  /** What the vendor's mask leaves of air. */
  readonly airFactor: number;
  readonly moves: boolean;
  /** TSL numbers of the two images that a method is given; held when others are drawn anew. */
  readonly given: readonly number[];
}

/** T2 by which a plane's blur is computed, ms; the short one is the liver's own. */
const LONG_T2_MS = 80;
const FAT_T2_MS = 68;

export function scanSlice(scene: SliceScene, setup: PatientSetup, random: Random): SliceScan {
  const { parameters, tissues, kernel, readout } = setup;
  const { grid, spinLock } = parameters;
  const { tslMs } = spinLock;
  const nTsl = tslMs.length;
  const fine = axialPlane(scene.zMm, grid.fovMm, grid.objectMatrix);
  const stored = axialPlane(scene.zMm, grid.fovMm, grid.matrix);
  const fields = setup.fields.onPlane(fine);
  const receive = createReceive(scene, fine, stored, parameters, setup.airFactor, random.fork('coil'));
  const object = createObjectSignal(scene, fields, tissues, kernel, parameters);
  const expose = createExposure(object, fine, setup);
  const snr = setup.snr * Math.exp(parameters.noise.snrLogSdSlices * random.fork('snr').normal());
  const sigma = liverLevel(scene, receive, grid.matrix, expose(0, receive, undefined)) / snr;
  const noise = readout.createKSpace();
  const motionContext: MotionContext = {
    moves: setup.moves,
    nTsl,
    given: setup.given,
    pixelSizeMm: grid.fovMm / grid.matrix,
    parameters: parameters.motion,
  };

  const image = (tslIndex: number, draw: number): Float32Array => {
    const stream = random.fork(`tsl-${tslIndex}`).fork(`draw-${draw}`);
    const motion = drawSliceMotion(random.fork('motion'), motionContext, draw);
    const moved = motion?.tslIndex === tslIndex ? motion.motion : undefined;
    const variation = drawVariation(
      stream,
      tslMs[tslIndex]! / tslMs[nTsl - 1]!,
      BLOOD.length,
      fine,
      parameters.variation,
    );
    const signal = expose(tslIndex, receive, { ...variation, moved });
    readout.fillNoise(stream.fork('noise').normal, noise);
    const noiseImage = readout.reconstruct(noise);
    return magnitude(signal, noiseImage, sigma, receive);
  };

  const idealImages = (): Float32Array => {
    const ideal = createObjectSignal(scene, undefined, tissues, kernel, parameters);
    const exposeIdeal = createExposure(ideal, fine, setup);
    const images = new Float32Array(nTsl * grid.matrix * grid.matrix);
    for (let t = 0; t < nTsl; t++) {
      const { re, im } = exposeIdeal(t, undefined, undefined);
      for (let i = 0; i < re.length; i++) images[t * re.length + i] = Math.hypot(re[i]!, im[i]!);
    }
    return images;
  };
  return { sigma, snr, fields, image, idealImages };
}

interface Variation extends ImageVariation {
  /** How far the body has moved; `undefined` where it held still. */
  readonly moved: Motion | undefined;
}

/** Noise-free complex image of one TSL. */
type Exposure = (
  tslIndex: number,
  receive: Receive | undefined,
  variation: Variation | undefined,
) => ComplexImage;

function createExposure(object: ObjectSignal, fine: PlaneGrid, setup: PatientSetup): Exposure {
  const { parameters, readout, tissues } = setup;
  const nPixels = fine.nColumns * fine.nRows;
  const t2Ms: Record<PlaneName, number> = {
    short: tissues[TISSUE_INDEX.liver]!.t2Ms,
    long: LONG_T2_MS,
    fat: FAT_T2_MS,
  };
  const weights = PLANES.map((name) => readout.decayWeights(t2Ms[name]));
  const nBlood = object.blood.pixel.length;

  const nothing = new Float32Array(nPixels);
  const scratch: Record<PlaneName, Float32Array> = {
    short: new Float32Array(nPixels),
    long: new Float32Array(nPixels),
    fat: new Float32Array(nPixels),
  };

  const planeValues = (
    name: PlaneName,
    tslIndex: number,
    receive: Receive | undefined,
    variation: Variation | undefined,
  ): Float32Array => {
    let plane = scratch[name];
    plane.set(object.planes[name].subarray(tslIndex * nPixels, (tslIndex + 1) * nPixels));
    if (name === 'long')
      for (let b = 0; b < nBlood; b++) {
        const kind = BLOOD_ORDER[object.blood.tissue[b]!]!;
        const signal = object.blood.signal[tslIndex * nBlood + b]! * (variation?.blood[kind] ?? 1);
        const pixel = object.blood.pixel[b]!;
        plane[pixel] = plane[pixel]! + signal;
      }
    if (variation?.moved) plane = displace(plane, fine, variation.moved);
    if (receive)
      for (let i = 0; i < nPixels; i++)
        if (plane[i] !== 0) plane[i] = plane[i]! * receive.sensitivity[i]! * (variation?.gain[i] ?? 1);
    return plane;
  };

  return (tslIndex, receive, variation) => {
    const kSpace = readout.createKSpace();
    const [short, long, fat] = PLANES.map((name, p) => ({
      values: planeValues(name, tslIndex, receive, variation),
      weights: weights[p]!,
      shiftPixels: name === 'fat' ? parameters.readout.fatShiftPixels : 0,
    })) as [ObjectPlane, ObjectPlane, ObjectPlane];
    readout.sample(short, long, kSpace);
    readout.sample(fat, { ...fat, values: nothing }, kSpace);
    const { re, im } = readout.reconstruct(kSpace);
    return { re: re.slice(), im: im.slice() };
  };
}

/** Position of each tissue in `BLOOD`. */
const BLOOD_ORDER: readonly number[] = Array.from(
  { length: 1 + Math.max(...BLOOD.map((tissue) => TISSUE_INDEX[tissue])) },
  (_, index) => BLOOD.findIndex((tissue) => TISSUE_INDEX[tissue] === index),
);

function magnitude(signal: ComplexImage, noise: ComplexImage, sigma: number, receive: Receive): Float32Array {
  const out = new Float32Array(signal.re.length);
  for (let i = 0; i < out.length; i++) {
    const noiseScale = sigma * receive.noiseGain[i]!;
    const re = signal.re[i]! * receive.correction[i]! + noiseScale * noise.re[i]!;
    const im = signal.im[i]! * receive.correction[i]! + noiseScale * noise.im[i]!;
    out[i] = Math.hypot(re, im) * receive.mask[i]!;
  }
  return out;
}

/** Mean signal over mean noise gain of pure liver in an image; 1 where the slice holds none. */
function liverLevel(scene: SliceScene, receive: Receive, matrix: number, image: ComplexImage): number {
  const liver = scene.fractions.get(TISSUE_INDEX.liver);
  if (liver === undefined) return 1;
  const ratio = scene.nColumns / matrix;
  let [signal, gain, n] = [0, 0, 0];
  for (let row = 0; row < matrix; row++)
    for (let column = 0; column < matrix; column++) {
      const at = Math.floor((row + 0.5) * ratio) * scene.nColumns + Math.floor((column + 0.5) * ratio);
      if (liver[at]! < 0.99) continue;
      const i = row * matrix + column;
      signal += Math.hypot(image.re[i]!, image.im[i]!) * receive.correction[i]!;
      gain += receive.noiseGain[i]!;
      n++;
    }
  return n === 0 ? 1 : signal / gain;
}
