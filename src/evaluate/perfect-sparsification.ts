/**
 * The sparsification that a *perfect* Laplace scale of the same spread would reach: errors are drawn from the very
 * distributions that σ states. Knowing a pixel's distribution does not tell its error, so even this AUSE is far from 0;
 * an observed AUSE is to be compared with it, both as shares of the random order's.
 */
import type { Random } from '../core/random.ts';
import type { Values } from './roi-pixels.ts';
import { type Sparsification, type SparsificationOptions, sparsification } from './sparsification.ts';

/**
 * @param sigmaMs scale of each pixel.
 * @param referenceMs value of each pixel, by which the drawn error is divided to give a relative one.
 */
export function perfectSparsification(
  sigmaMs: Values,
  referenceMs: Values,
  offsets: Uint32Array,
  options: SparsificationOptions & { readonly random: Random },
): Sparsification {
  // |error| of a Laplace distribution is exponential with mean σ.
  const error = Float64Array.from(
    sigmaMs,
    (sigma, i) => (-sigma * Math.log1p(-options.random.uniform())) / referenceMs[i],
  );
  return sparsification(error, sigmaMs, offsets, options);
}
