/**
 * Recalibration: a network's Laplace scale σ corrected by what the errors of calibration patients were. Two ways:
 * one factor for all σ (σ-scaling, Laves 2020, arXiv:2006.11584), or a rising curve from the stated σ to the mean
 * |error| that was found at it (isotonic regression by pool-adjacent-violators; Kuleshov 2018, arXiv:1807.00263, asks the
 * same of quantiles). A calibrated Laplace has mean |error| = σ, so both aim at the same thing.
 */
import { DataError } from '../core/errors.ts';
import { sigmaScaling } from './laplace.ts';

export type Recalibration =
  | { readonly kind: 'none' }
  | { readonly kind: 'scale'; readonly factor: number }
  /** Stated σ and σ to put in its place, both rising, ms; straight between, in proportion beyond the ends. */
  | { readonly kind: 'isotonic'; readonly statedMs: readonly number[]; readonly foundMs: readonly number[] };

type Values = Float32Array | Float64Array;

/** σ in place of the stated one; same unit. */
export function recalibrated(recalibration: Recalibration, sigmaMs: number): number {
  if (recalibration.kind === 'none') return sigmaMs;
  if (recalibration.kind === 'scale') return recalibration.factor * sigmaMs;
  const { statedMs, foundMs } = recalibration;
  const last = statedMs.length - 1;
  if (!(sigmaMs > statedMs[0]!)) return (sigmaMs * foundMs[0]!) / statedMs[0]!;
  if (sigmaMs >= statedMs[last]!) return (sigmaMs * foundMs[last]!) / statedMs[last]!;
  let [low, high] = [0, last];
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if (statedMs[middle]! <= sigmaMs) low = middle;
    else high = middle;
  }
  const share = (sigmaMs - statedMs[low]!) / (statedMs[high]! - statedMs[low]!);
  return foundMs[low]! + share * (foundMs[high]! - foundMs[low]!);
}

/** One factor, from the errors of calibration pixels; ms. */
export const fitScale = (errorMs: Values, sigmaMs: Values): Recalibration => ({
  kind: 'scale',
  factor: sigmaScaling(errorMs, sigmaMs),
});

/** Enough to follow a curve, and each mean rests on many pixels. */
const N_STRETCHES = 40;

/**
 * A rising curve, from the errors of calibration pixels: means over stretches of equal count by σ, then neighbours that
 * fall are pooled.
 * @throws DataError `recalibration/empty`.
 */
export function fitIsotonic(errorMs: Values, sigmaMs: Values): Recalibration {
  const n = sigmaMs.length;
  if (n === 0) throw new DataError('recalibration/empty', 'Calibration needs at least one pixel.');
  const order = Uint32Array.from(sigmaMs, (_, i) => i).sort((a, b) => sigmaMs[a]! - sigmaMs[b]!);
  const nStretches = Math.min(N_STRETCHES, n);
  const blocks: { stated: number; found: number; n: number }[] = [];
  for (let s = 0; s < nStretches; s++) {
    const [from, to] = [Math.floor((s * n) / nStretches), Math.floor(((s + 1) * n) / nStretches)];
    let [stated, found] = [0, 0];
    for (let k = from; k < to; k++) {
      stated += sigmaMs[order[k]!]!;
      found += Math.abs(errorMs[order[k]!]!);
    }
    let block = { stated, found, n: to - from };
    // A mean below the one before is pooled with it until the curve rises.
    for (let before = blocks.at(-1); before && falls(before, block); before = blocks.at(-1)) {
      blocks.pop();
      block = {
        stated: before.stated + block.stated,
        found: before.found + block.found,
        n: before.n + block.n,
      };
    }
    blocks.push(block);
  }
  return {
    kind: 'isotonic',
    statedMs: blocks.map((b) => b.stated / b.n),
    foundMs: blocks.map((b) => b.found / b.n),
  };
}

interface Block {
  readonly stated: number;
  readonly found: number;
  readonly n: number;
}

/** Equal stated values cannot carry two found ones either. */
const falls = (before: Block, block: Block): boolean =>
  block.found / block.n <= before.found / before.n || block.stated / block.n <= before.stated / before.n;
