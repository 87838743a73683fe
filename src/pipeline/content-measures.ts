/** What a slice shows outside the ROI: signals of tissues against liver, noise of air, and the fields. */
import { TISSUE_INDEX, type Tissue } from '../cohort/scene.ts';
import type { VirtualPatient } from '../cohort/simulate-patient.ts';
import { meanAndSd, quantileOfSorted } from '../core/statistics.ts';

export interface ContentMeasures {
  /** Median signal at TSL 0 relative to liver of each tissue that fills enough pixels. */
  readonly relativeSignal: Readonly<Partial<Record<Tissue, number>>>;
  /** SD of ΔB0 over the body, Hz. */
  readonly b0BodySdHz: number;
  /** SD of ΔB0 over the liver within 55 mm of the ROI's centre, Hz: the shim box. */
  readonly b0BoxSdHz: number;
  /** Gradient of ΔB0 in the body: median and 95th percentile, Hz/mm. */
  readonly b0GradientHzPerMm: readonly [number, number];
  readonly b1Mean: number;
  readonly b1Sd: number;
  /** How many pixels of the body have a b1 within each `B1_BIN` from 0 on: bodies can be pooled. */
  readonly b1Counts: readonly number[];
}

/** Width of a bin of `ContentMeasures.b1Counts`. */
export const B1_BIN = 0.01;
/** The last bin also takes what lies beyond; fields as strong do not occur. */
const B1_BINS = 250;

/** Fewer pixels of a tissue say little of its signal. */
const MIN_PIXELS = 12;

export function measureContents(
  { truth, roi, series }: VirtualPatient,
  k: number,
  images: readonly Float32Array[],
): ContentMeasures {
  const n = series.grid.nColumns;
  const [from, to] = [k * n * n, (k + 1) * n * n];
  const labels = truth.labels.subarray(from, to);
  const [b0, b1] = [truth.b0.values.subarray(from, to), truth.b1.values.subarray(from, to)];
  const body: number[] = [];
  const silent = new Set([TISSUE_INDEX.air, TISSUE_INDEX.gas, TISSUE_INDEX.lung]);
  for (let i = 0; i < n * n; i++) if (!silent.has(labels[i]!)) body.push(i);
  const isBody = new Set(body);
  const pixelMm = Math.abs(series.grid.affine[0]!);
  const gradients = body
    .filter((i) => isBody.has(i + 1) && isBody.has(i + n))
    .map((i) => Math.hypot(b0[i + 1]! - b0[i]!, b0[i + n]! - b0[i]!) / pixelMm)
    .filter(Number.isFinite)
    .sort((a, b) => a - b);
  const bodyB1 = body.map((i) => b1[i]!);
  const ofB1 = meanAndSd(bodyB1);
  const box = shimBox(labels, roi.labels.subarray(from, to), n, 55 / pixelMm);
  return {
    relativeSignal: relativeSignals(images[0]!, labels, n),
    b0BodySdHz: meanAndSd(body.map((i) => b0[i]!)).standardDeviation,
    b0BoxSdHz: meanAndSd(box.map((i) => b0[i]!)).standardDeviation,
    b0GradientHzPerMm: [quantileOfSorted(gradients, 0.5), quantileOfSorted(gradients, 0.95)],
    b1Mean: ofB1.mean,
    b1Sd: ofB1.standardDeviation,
    b1Counts: countB1(bodyB1),
  };
}

function countB1(values: readonly number[]): number[] {
  const counts = new Array<number>(B1_BINS).fill(0);
  for (const v of values) counts[Math.min(B1_BINS - 1, Math.max(0, Math.floor(v / B1_BIN)))]!++;
  return counts;
}

/** Medians over pixels whose eight neighbours are of the same tissue, so that none is a partial volume. */
function relativeSignals(
  image: Float32Array,
  labels: Uint8Array,
  n: number,
): Partial<Record<Tissue, number>> {
  const values = new Map<number, number[]>();
  for (let row = 1; row < n - 1; row++)
    for (let column = 1; column < n - 1; column++) {
      const i = row * n + column;
      const label = labels[i]!;
      let pure = true;
      for (const d of [-n - 1, -n, -n + 1, -1, 1, n - 1, n, n + 1]) pure &&= labels[i + d] === label;
      if (!pure) continue;
      const list = values.get(label);
      if (list) list.push(image[i]!);
      else values.set(label, [image[i]!]);
    }
  const median = (list: number[]): number =>
    quantileOfSorted(
      list.sort((a, b) => a - b),
      0.5,
    );
  const liver = median(values.get(TISSUE_INDEX.liver) ?? [Number.NaN]);
  const out: Partial<Record<Tissue, number>> = {};
  for (const [tissue, index] of Object.entries(TISSUE_INDEX)) {
    const list = values.get(index);
    if (list !== undefined && list.length >= MIN_PIXELS) out[tissue as Tissue] = median(list) / liver;
  }
  return out;
}

/** Liver pixels within `half` pixels of the ROI's centre along rows and columns. */
function shimBox(labels: Uint8Array, roi: Uint16Array, n: number, half: number): number[] {
  let [x, y, count] = [0, 0, 0];
  for (let i = 0; i < n * n; i++) {
    if (roi[i] === 0) continue;
    x += i % n;
    y += Math.floor(i / n);
    count++;
  }
  const out: number[] = [];
  for (let i = 0; i < n * n; i++)
    if (
      labels[i] === TISSUE_INDEX.liver &&
      Math.abs((i % n) - x / count) < half &&
      Math.abs(Math.floor(i / n) - y / count) < half
    )
      out.push(i);
  return out;
}
