/**
 * Agreement of prediction and reference from pair moments: Bland–Altman (Bland and Altman, Lancet 1986,
 * doi:10.1016/S0140-6736(86)90837-8) and the regression line of the paper's Fig. 5.
 *
 * Intervals and standard errors treat the pairs as independent. Pixels of a slice are not: with them the widths come
 * out far too small, and the bootstrap by patient (`bootstrap.ts`) is the honest one.
 */
import { studentQuantile, studentTwoSidedP } from './distributions.ts';
import type { PairMoments } from './pair-moments.ts';

export type Interval = readonly [lower: number, upper: number];

/** 97.5 % point of the normal distribution, which Bland and Altman round to 1.96. */
const Z_975 = 1.959963984540054;

/** Unit of the inputs. */
export interface BlandAltman {
  readonly n: number;
  /** Mean of prediction − reference. */
  readonly bias: number;
  readonly standardDeviation: number;
  /** Bias ± 1.96 SD: holds about 95 % of the differences. */
  readonly limits: Interval;
  /** 95 % confidence intervals. */
  readonly biasInterval: Interval;
  readonly lowerLimitInterval: Interval;
  readonly upperLimitInterval: Interval;
}

/** NaN for fewer than two pairs. */
export function blandAltman(m: PairMoments): BlandAltman {
  const bias = m.meanY - m.meanX;
  const variance = m.n > 1 ? Math.max(0, m.sumXX + m.sumYY - 2 * m.sumXY) / (m.n - 1) : Number.NaN;
  const standardDeviation = Math.sqrt(variance);
  const limits: Interval = [bias - Z_975 * standardDeviation, bias + Z_975 * standardDeviation];
  const t = m.n > 1 ? studentQuantile(0.975, m.n - 1) : Number.NaN;
  const around = (value: number, standardError: number): Interval => [
    value - t * standardError,
    value + t * standardError,
  ];
  // Var(bias ± z·SD) ≈ s²/n + z²·s²/(2(n − 1)): the paper of 1986 rounds it to 3·s²/n.
  const limitError = Math.sqrt(variance / m.n + (Z_975 ** 2 * variance) / (2 * (m.n - 1)));
  return {
    n: m.n,
    bias,
    standardDeviation,
    limits,
    biasInterval: around(bias, Math.sqrt(variance / m.n)),
    lowerLimitInterval: around(limits[0], limitError),
    upperLimitInterval: around(limits[1], limitError),
  };
}

/** Least-squares line: prediction = intercept + slope · reference. */
export interface Regression {
  readonly n: number;
  readonly slope: number;
  readonly intercept: number;
  readonly slopeStandardError: number;
  readonly pearsonR: number;
  /** Two-sided p-value of slope 0. */
  readonly p: number;
}

/** NaN where the line is not determined: fewer than three pairs, or one reference value only. */
export function regression(m: PairMoments): Regression {
  const slope = m.sumXY / m.sumXX;
  const pearsonR = m.sumXY / Math.sqrt(m.sumXX * m.sumYY);
  const residual = Math.max(0, m.sumYY - slope * m.sumXY);
  const slopeStandardError = m.n > 2 ? Math.sqrt(residual / (m.n - 2) / m.sumXX) : Number.NaN;
  return {
    n: m.n,
    slope,
    intercept: m.meanY - slope * m.meanX,
    slopeStandardError,
    pearsonR,
    p: studentTwoSidedP(slope / slopeStandardError, m.n - 2),
  };
}
