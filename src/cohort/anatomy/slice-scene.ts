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

function sampleFractions(anatomy: Anatomy, zMm: number, o: SliceSceneOptions): Map<number, Float32Array> {
  const { nRows, nColumns, inPlane, throughPlane } = o;
  const counts: (Uint8Array | undefined)[] = TISSUES.map(() => undefined);
  const box = pixelBox(o, zMm);
  const step = o.pixelSizeMm / inPlane;
  const lead = ((inPlane - 1) / 2) * step;
  for (let k = 0; k < throughPlane; k++) {
    const labels = anatomy.labels({
      originMm: [box.originMm[0] + lead, box.originMm[1] + lead, planeZ(o, zMm, k)],
      stepMm: [-step, -step, 1],
      size: [nColumns * inPlane, nRows * inPlane, 1],
    });
    countLabels(labels, nRows, nColumns, inPlane, counts);
  }
  const scale = 1 / (inPlane * inPlane * throughPlane);
  const fractions = new Map<number, Float32Array>();
  counts.forEach((count, tissue) => {
    if (count === undefined) return;
    const fraction = new Float32Array(count.length);
    for (let i = 0; i < fraction.length; i++) fraction[i] = count[i]! * scale;
    fractions.set(tissue, fraction);
  });
  return fractions;
}

/** Adds every sample of a plane to its pixel's count of its tissue. */
function countLabels(
  labels: Uint8Array,
  nRows: number,
  nColumns: number,
  inPlane: number,
  counts: (Uint8Array | undefined)[],
): void {
  const nSamples = nColumns * inPlane;
  for (let j = 0; j < nRows * inPlane; j++) {
    const row = Math.floor(j / inPlane) * nColumns;
    // Runs of one tissue are long: look its counts up once a run.
    for (let i = 0; i < nSamples; ) {
      const label = labels[j * nSamples + i]!;
      counts[label] ??= new Uint8Array(nRows * nColumns);
      const count = counts[label];
      for (; i < nSamples && labels[j * nSamples + i] === label; i++) {
        const at = row + Math.floor(i / inPlane);
        count[at] = count[at]! + 1;
      }
    }
  }
}
