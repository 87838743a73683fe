/** What a slice shows outside the ROI: signals of tissues against liver, noise of air, and the fields. */
import { TISSUE_INDEX, type Tissue } from '../cohort/scene.ts';
import type { VirtualPatient } from '../cohort/simulate-patient.ts';

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
  /** 1st and 99th percentile of b1 over the body. */
  readonly b1Percentiles: readonly [number, number];
}

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
  const sortedB1 = body.map((i) => b1[i]!).sort((a, b) => a - b);
  const box = shimBox(labels, roi.labels.subarray(from, to), n, 55 / pixelMm);
  return {
    relativeSignal: relativeSignals(images[0]!, labels, n),
    b0BodySdHz: sd(body.map((i) => b0[i]!)),
    b0BoxSdHz: sd(box.map((i) => b0[i]!)),
    b0GradientHzPerMm: [quantile(gradients, 0.5), quantile(gradients, 0.95)],
    b1Mean: average(sortedB1),
    b1Sd: sd(sortedB1),
    b1Percentiles: [quantile(sortedB1, 0.01), quantile(sortedB1, 0.99)],
  };
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
    quantile(
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

const average = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0) / values.length;

function sd(values: readonly number[]): number {
  const centre = average(values);
  return Math.sqrt(average(values.map((v) => (v - centre) ** 2)));
}

const quantile = (sorted: readonly number[], p: number): number =>
  sorted[Math.min(sorted.length - 1, Math.floor(p * sorted.length))] ?? Number.NaN;
