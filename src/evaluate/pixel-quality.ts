/**
 * What stated scales are worth at the pixels of regions: proper score, coverage, sharpness, calibration and ranking, each
 * with an interval over patients. Calibration errors use bins of equal count over all patients; ranking is judged within
 * each slice and averaged, because that is where a reader ranks.
 */
import type { Random } from '../core/random.ts';
import { laplaceNll } from '../uncertainty/laplace.ts';
import { argsort } from './argsort.ts';
import { type Estimate, estimateByPatient } from './patient-bootstrap.ts';
import { spearman } from './ranks.ts';
import { sparsification } from './sparsification.ts';

/** Errors of one slice, ms, and what was stated for them. */
export interface StatedSlice {
  readonly patient: string;
  readonly errorMs: Float32Array;
  /** Laplace scale. */
  readonly sigmaMs: Float32Array;
}

export interface PixelQuality {
  readonly nPixels: number;
  /** Mean |error|, ms. */
  readonly meanErrorMs: Estimate;
  /** Negative log likelihood, nats a pixel. */
  readonly nll: Estimate;
  /** Root mean square of u = √2·σ, ms: how narrow the statements are. */
  readonly sharpnessMs: Estimate;
  /** Share of errors within factor·σ, in the order of `factors`. */
  readonly coverage: readonly Estimate[];
  /** Calibration error of σ against |error|, ms: 0 for a perfect Laplace. */
  readonly uceScaleMs: Estimate;
  /** Of √2·σ against |error|, ms: the paper's comparison, at pixels. */
  readonly uceStdMs: Estimate;
  /** Expected normalised calibration error. */
  readonly ence: Estimate;
  /** Rank correlation of σ and |error| within slices. */
  readonly spearman: Estimate;
  /** Area between the sparsification curve and the oracle's, within slices, ms. */
  readonly auseMs: Estimate;
  /** Area between random removal and the curve, ms. */
  readonly aurgMs: Estimate;
}

const N_BINS = 15;
/** Sums per patient: eight scalars, then a coverage count per factor, then five sums per bin. */
const N_SCALARS = 8;
const PER_BIN = 5;

/** @param factors half-widths of intervals in units of σ. */
export function pixelQuality(
  slices: readonly StatedSlice[],
  factors: readonly number[],
  random: Random,
): PixelQuality {
  const edges = binEdges(slices);
  const binsAt = N_SCALARS + factors.length;
  const patients = [...Map.groupBy(slices, ({ patient }) => patient).values()];
  const rows = patients.map((own) => {
    const row = new Float64Array(binsAt + PER_BIN * N_BINS);
    for (const slice of own) addSlice(row, slice, factors, edges);
    return row;
  });
  const estimates = estimateByPatient(
    rows,
    (sums) => [
      ...[sums[1]! / sums[0]!, sums[2]! / sums[0]!, Math.sqrt(sums[3]! / sums[0]!)],
      ...binErrors(sums, binsAt),
      ...[sums[4]! / sums[7]!, sums[5]! / sums[7]!, sums[6]! / sums[7]!],
      ...factors.map((_, f) => sums[N_SCALARS + f]! / sums[0]!),
    ],
    random,
  );
  const [meanErrorMs, nll, sharpnessMs, uceScaleMs, uceStdMs, ence, rank, auseMs, aurgMs, ...coverage] =
    estimates as [Estimate, Estimate, Estimate, Estimate, Estimate, Estimate, Estimate, Estimate, Estimate];
  return {
    nPixels: slices.reduce((n, { errorMs }) => n + errorMs.length, 0),
    ...{
      meanErrorMs,
      nll,
      sharpnessMs,
      coverage,
      uceScaleMs,
      uceStdMs,
      ence,
      spearman: rank,
      auseMs,
      aurgMs,
    },
  };
}

function addSlice(
  row: Float64Array,
  { errorMs, sigmaMs }: StatedSlice,
  factors: readonly number[],
  edges: readonly number[],
): void {
  const binsAt = N_SCALARS + factors.length;
  const absolute = errorMs.map(Math.abs);
  for (let i = 0; i < absolute.length; i++) {
    const [error, sigma] = [absolute[i]!, sigmaMs[i]!];
    row[0]! += 1;
    row[1]! += error;
    row[2]! += laplaceNll(error, sigma);
    row[3]! += 2 * sigma ** 2;
    for (let f = 0; f < factors.length; f++) if (error <= factors[f]! * sigma) row[N_SCALARS + f]! += 1;
    const at = binsAt + PER_BIN * binOf(sigma, edges);
    row[at]! += 1;
    row[at + 1]! += sigma;
    row[at + 2]! += error;
    row[at + 3]! += 2 * sigma ** 2;
    row[at + 4]! += error ** 2;
  }
  const rank = spearman(sigmaMs, absolute);
  // A constant σ ranks nothing.
  row[4]! += Number.isNaN(rank) ? 0 : rank;
  const { ause, aurg } = sparsification(absolute, sigmaMs, Uint32Array.of(0, absolute.length));
  row[5]! += ause;
  row[6]! += aurg;
  row[7]! += 1;
}

/** [UCE of σ, UCE of √2·σ, ENCE] from the sums of bins. */
function binErrors(sums: Float64Array, binsAt: number): readonly [number, number, number] {
  let [scale, std, ence, nUsed] = [0, 0, 0, 0];
  for (let b = 0; b < N_BINS; b++) {
    const [n, sigma, error, variance, squares] = sums.subarray(
      binsAt + PER_BIN * b,
      binsAt + PER_BIN * (b + 1),
    );
    if (!n) continue;
    scale += Math.abs(error! - sigma!);
    std += Math.abs(error! - Math.SQRT2 * sigma!);
    ence += Math.abs(Math.sqrt(variance!) - Math.sqrt(squares!)) / Math.sqrt(variance!);
    nUsed++;
  }
  return [scale / sums[0]!, std / sums[0]!, ence / nUsed];
}

/** Upper ends of all bins but the last. */
function binEdges(slices: readonly StatedSlice[]): number[] {
  const all = Float32Array.from(slices.flatMap(({ sigmaMs }) => [...sigmaMs]));
  const order = argsort(all);
  return Array.from(
    { length: N_BINS - 1 },
    (_, b) => all[order[Math.floor(((b + 1) * all.length) / N_BINS)]!]!,
  );
}

function binOf(sigma: number, edges: readonly number[]): number {
  const bin = edges.findIndex((edge) => sigma < edge);
  return bin < 0 ? edges.length : bin;
}
