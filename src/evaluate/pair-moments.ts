/**
 * Running moments of pairs (reference x, prediction y): a few numbers from which Bland–Altman and regression follow, so
 * that millions of pixels need one pass and no memory. Updates by Welford, merging by Chan, Golub, LeVeque (1979).
 */
import { ShapeError } from '../core/errors.ts';
import type { Values } from './roi-pixels.ts';

export interface PairMoments {
  readonly n: number;
  readonly meanX: number;
  readonly meanY: number;
  /** Sums of squares and products about the means. */
  readonly sumXX: number;
  readonly sumYY: number;
  readonly sumXY: number;
}

export const NO_PAIRS: PairMoments = { n: 0, meanX: 0, meanY: 0, sumXX: 0, sumYY: 0, sumXY: 0 };

/** @throws ShapeError if the arrays differ in length. */
export function pairMoments(x: Values, y: Values): PairMoments {
  if (x.length !== y.length)
    throw new ShapeError(
      'evaluate/pairs',
      `Pairs need arrays of one length, got ${x.length} and ${y.length}.`,
    );
  let [meanX, meanY, sumXX, sumYY, sumXY] = [0, 0, 0, 0, 0];
  for (let i = 0; i < x.length; i++) {
    const dx = x[i] - meanX;
    const dy = y[i] - meanY;
    meanX += dx / (i + 1);
    meanY += dy / (i + 1);
    sumXX += dx * (x[i] - meanX);
    sumYY += dy * (y[i] - meanY);
    sumXY += dx * (y[i] - meanY);
  }
  return { n: x.length, meanX, meanY, sumXX, sumYY, sumXY };
}

/** Moments of two disjoint sets of pairs together, e.g. of slices or folds. */
export function mergeMoments(a: PairMoments, b: PairMoments): PairMoments {
  const n = a.n + b.n;
  if (n === 0) return NO_PAIRS;
  const dx = b.meanX - a.meanX;
  const dy = b.meanY - a.meanY;
  const weight = (a.n * b.n) / n;
  return {
    n,
    meanX: a.meanX + (dx * b.n) / n,
    meanY: a.meanY + (dy * b.n) / n,
    sumXX: a.sumXX + b.sumXX + dx * dx * weight,
    sumYY: a.sumYY + b.sumYY + dy * dy * weight,
    sumXY: a.sumXY + b.sumXY + dx * dy * weight,
  };
}
