/**
 * How well stated Laplace scales describe errors: proper score, coverage, sharpness, calibration and ranking in one
 * record. Works on pixels (every pixel a sample) or on slices (mean error, mean σ), raw or scaled.
 */
import { laplaceIntervalFactor, laplaceNll, sigmaScaling } from '../uncertainty/laplace.ts';
import { calibrationError, expectedNormalisedCalibrationError, N_BINS } from './calibration-error.ts';
import { spearman } from './ranks.ts';
import type { Values } from './roi-pixels.ts';

/** Interval levels that are always reported. */
export const COVERAGE_LEVELS: readonly number[] = [0.5, 0.8, 0.9, 0.95];

export interface Coverage {
  readonly level: number;
  /** Share of errors inside the central interval of that level; equals the level for perfect scales. */
  readonly covered: number;
}

export interface LaplaceQuality {
  readonly n: number;
  /** Mean negative log likelihood, nats. Lower is better; it rewards both calibration and sharpness. */
  readonly nll: number;
  /** mean(|error|/σ): 1 if calibrated, above 1 if σ is too small. */
  readonly sigmaScaling: number;
  readonly coverage: readonly Coverage[];
  /** Root mean square of u = √2·σ: how narrow the statements are, whether true or not. Unit of σ. */
  readonly sharpness: number;
  /** UCE of the samples with `scale` (σ against |error|) and `std` (√2·σ against |error|); unit of σ. */
  readonly uceScale: number;
  readonly uceStd: number;
  /** Expected normalised calibration error, no unit. */
  readonly ence: number;
  /** Rank correlation of σ and |error|. */
  readonly spearman: number;
}

/** `error` (signed or absolute) and `sigma` in one unit; `sigma` > 0. */
export function laplaceQuality(error: Values, sigma: Values, nBins: number = N_BINS): LaplaceQuality {
  const n = error.length;
  const absolute = Float64Array.from(error, Math.abs);
  let [nll, squares] = [0, 0];
  for (let i = 0; i < n; i++) {
    nll += laplaceNll(error[i], sigma[i]);
    squares += 2 * sigma[i] ** 2;
  }
  return {
    n,
    nll: nll / n,
    sigmaScaling: sigmaScaling(absolute, sigma),
    coverage: COVERAGE_LEVELS.map((level) => ({
      level,
      covered: coverage(absolute, sigma, laplaceIntervalFactor(level)),
    })),
    sharpness: Math.sqrt(squares / n),
    uceScale: calibrationError(sigma, absolute, nBins).value,
    uceStd: calibrationError(
      sigma.map((s) => Math.SQRT2 * s),
      absolute,
      nBins,
    ).value,
    ence: expectedNormalisedCalibrationError(sigma, absolute, nBins),
    spearman: spearman(sigma, absolute),
  };
}

/** Share of samples with |error| ≤ factor · σ; for conformal factors too. */
export function coverage(error: Values, sigma: Values, factor: number): number {
  let inside = 0;
  for (let i = 0; i < error.length; i++) if (Math.abs(error[i]) <= factor * sigma[i]) inside++;
  return inside / error.length;
}
