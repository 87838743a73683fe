/**
 * Paired t-test by slice, as in the paper, and by patient. Slices of one patient are alike, so the test by slice counts
 * the same evidence about three times and its p-value is too small; the one by patient is the valid one.
 */
import { ShapeError } from '../core/errors.ts';
import { meanAndSd } from '../core/statistics.ts';
import type { Interval } from './agreement.ts';
import { studentQuantile, studentTwoSidedP } from './distributions.ts';
import type { Values } from './roi-pixels.ts';

export interface PairedTTest {
  /** Pairs in which both values are finite. */
  readonly n: number;
  /** Mean of second − first. */
  readonly meanDifference: number;
  readonly t: number;
  readonly degreesOfFreedom: number;
  /** Two-sided. */
  readonly p: number;
  /** 95 % confidence interval of the mean difference. */
  readonly interval: Interval;
}

/**
 * Tests whether `second − first` has mean 0. Pairs with a value that is not finite do not count (see `n`). NaN
 * statistics for fewer than two pairs.
 * @throws ShapeError if the arrays differ in length.
 */
export function pairedTTest(first: Values, second: Values): PairedTTest {
  if (first.length !== second.length)
    throw new ShapeError(
      'evaluate/pairs',
      `A paired test needs arrays of one length, got ${first.length} and ${second.length}.`,
    );
  const differences = Float64Array.from(first, (value, i) => second[i] - value).filter(Number.isFinite);
  const { n, mean, standardDeviation } = meanAndSd(differences);
  const degreesOfFreedom = n - 1;
  const standardError = standardDeviation / Math.sqrt(n);
  const t = mean / standardError;
  const halfWidth = n > 1 ? studentQuantile(0.975, degreesOfFreedom) * standardError : Number.NaN;
  return {
    n,
    meanDifference: mean,
    t,
    degreesOfFreedom,
    p: studentTwoSidedP(t, degreesOfFreedom),
    interval: [mean - halfWidth, mean + halfWidth],
  };
}

/** Mean of the finite slice values of each patient, patients in order of first appearance; NaN where there is none. */
export function patientMeans(sliceValues: Values, patients: readonly string[]): Float64Array {
  const sums = new Map<string, { sum: number; n: number }>();
  patients.forEach((patient, s) => {
    const entry = sums.get(patient) ?? { sum: 0, n: 0 };
    if (Number.isFinite(sliceValues[s])) {
      entry.sum += sliceValues[s];
      entry.n++;
    }
    sums.set(patient, entry);
  });
  return Float64Array.from([...sums.values()], ({ sum, n }) => sum / n);
}
