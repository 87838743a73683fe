/**
 * A slice as tissue fractions: the body is sampled several times within every pixel and through the slice's thickness.
 */
import { OptionError } from '../../core/errors.ts';
import { type Anatomy, type SampleBox, type SliceScene, TISSUES } from '../scene.ts';

export interface SliceSceneOptions {
  readonly nRows: number;
  readonly nColumns: number;
  readonly pixelSizeMm: number;
  readonly thicknessMm: number;
  /** Samples per pixel edge. */
  readonly inPlane: number;
  /** Planes through the thickness. */
  readonly throughPlane: number;
  /** World position of the grid's centre (mm). */
  readonly centreMm: readonly [number, number];
}

export const DEFAULT_SLICE_OPTIONS: SliceSceneOptions = {
  nRows: 512,
  nColumns: 512,
  pixelSizeMm: 0.75,
  thicknessMm: 7,
  inPlane: 2,
  throughPlane: 4,
  centreMm: [0, 0],
};

/**
 * Fractions of every tissue on the fine grid around `zMm`: row 0 in front, column 0 the patient's right.
 * @throws OptionError if a size or a number of samples is not a positive whole number, or a length is not positive.
 */
export function sliceScene(
  anatomy: Anatomy,
  zMm: number,
  options: Partial<SliceSceneOptions> = {},
): SliceScene {
  const settings = { ...DEFAULT_SLICE_OPTIONS, ...options };
  checkOptions(settings);
  const { nRows, nColumns, pixelSizeMm, thicknessMm } = settings;
  return {
    zMm,
    thicknessMm,
    nRows,
    nColumns,
    pixelSizeMm,
    fractions: sampleFractions(anatomy, zMm, settings),
    liverT1rhoFactor: throughSlice(settings, zMm, (box) => anatomy.liverT1rhoFactor(box)),
    fastShareFactor: anatomy.fastShareFactor(pixelBox(settings, zMm)),
    signalTexture: anatomy.signalTexture(pixelBox(settings, zMm)),
  };
}

function checkOptions(o: SliceSceneOptions): void {
  const whole = [o.nRows, o.nColumns, o.inPlane, o.throughPlane];
  if (!whole.every((n) => Number.isSafeInteger(n) && n > 0) || o.inPlane ** 2 * o.throughPlane > 255)
    throw new OptionError(
      'anatomy/sampling',
      `Rows, columns and samples of a slice must be positive whole numbers (at most 255 samples a pixel), got ${whole.join(', ')}.`,
    );
  if (!(o.pixelSizeMm > 0) || !(o.thicknessMm > 0))
    throw new OptionError(
      'anatomy/size',
      `Pixel size and slice thickness must be positive, got ${o.pixelSizeMm} and ${o.thicknessMm} mm.`,
    );
}

/** One sample at the centre of every pixel. */
function pixelBox(o: SliceSceneOptions, zMm: number): SampleBox {
  const { nRows, nColumns, pixelSizeMm: size, centreMm } = o;
  return {
    originMm: [centreMm[0] + ((nColumns - 1) / 2) * size, centreMm[1] + ((nRows - 1) / 2) * size, zMm],
    stepMm: [-size, -size, 1],
    size: [nColumns, nRows, 1],
  };
}

const planeZ = (o: SliceSceneOptions, zMm: number, k: number): number =>
  zMm + o.thicknessMm * ((k + 0.5) / o.throughPlane - 0.5);

/** Mean of a field over the planes through the slice. */
function throughSlice(
  o: SliceSceneOptions,
  zMm: number,
  sample: (box: SampleBox) => Float32Array,
): Float32Array {
  const sum = new Float32Array(o.nRows * o.nColumns);
  for (let k = 0; k < o.throughPlane; k++) {
    const values = sample(pixelBox(o, planeZ(o, zMm, k)));
    for (let i = 0; i < sum.length; i++) sum[i]! += values[i]! / o.throughPlane;
  }
  return sum;
}

/**
 * Every place within a pixel is sampled at heights of its own, so that n × n places and m planes resolve n²·m heights:
 * sloping surfaces (the diaphragm) come out smooth instead of in terraces.
 */
function sampleFractions(anatomy: Anatomy, zMm: number, o: SliceSceneOptions): Map<number, Float32Array> {
  const { inPlane, throughPlane, thicknessMm, pixelSizeMm } = o;
  const counts: (Uint8Array | undefined)[] = TISSUES.map(() => undefined);
  const box = pixelBox(o, zMm);
  const nPlaces = inPlane * inPlane;
  const nSamples = nPlaces * throughPlane;
  for (let k = 0; k < nSamples; k++) {
    const place = (k + Math.floor(k / nPlaces)) % nPlaces;
    const shift = (step: number): number => pixelSizeMm * ((step + 0.5) / inPlane - 0.5);
    const labels = anatomy.labels({
      ...box,
      originMm: [
        box.originMm[0] + shift(place % inPlane),
        box.originMm[1] + shift(Math.floor(place / inPlane)),
        zMm + thicknessMm * ((k + 0.5) / nSamples - 0.5),
      ],
    });
    countLabels(labels, counts);
  }
  const fractions = new Map<number, Float32Array>();
  counts.forEach((count, tissue) => {
    if (count === undefined) return;
    const fraction = new Float32Array(count.length);
    for (let i = 0; i < fraction.length; i++) if (count[i] !== 0) fraction[i] = count[i]! / nSamples;
    fractions.set(tissue, fraction);
  });
  return fractions;
}

/** Adds one sample per pixel to the counts of its tissue. */
function countLabels(labels: Uint8Array, counts: (Uint8Array | undefined)[]): void {
  // Runs of one tissue are long: look its counts up once a run.
  for (let i = 0; i < labels.length; ) {
    const label = labels[i]!;
    counts[label] ??= new Uint8Array(labels.length);
    const count = counts[label];
    for (; i < labels.length && labels[i] === label; i++) count[i] = count[i]! + 1;
  }
}
