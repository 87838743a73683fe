/**
 * The distribution functions that tests and intervals need, from jStat (MIT): the only place that names it. Checked
 * against SciPy to 1e-6, more than a printed p-value shows.
 */
import jstat from 'jstat';

const { jStat } = jstat;

/**
 * Probability that a Student t variable is at least as far from 0 as `t`, on either side. Taken from the incomplete
 * beta function directly, so that tiny values keep their digits. NaN for a NaN or no degrees of freedom.
 */
export function studentTwoSidedP(t: number, degreesOfFreedom: number): number {
  if (!(degreesOfFreedom > 0) || Number.isNaN(t)) return Number.NaN;
  if (!Number.isFinite(t)) return 0;
  return jStat.ibeta(degreesOfFreedom / (degreesOfFreedom + t * t), degreesOfFreedom / 2, 0.5);
}

/** The value below which a Student t variable falls with probability p. */
export const studentQuantile = (p: number, degreesOfFreedom: number): number =>
  jStat.studentt.inv(p, degreesOfFreedom);

/** The value below which a standard normal variable falls with probability p; ±Infinity at 1 and 0. */
export const normalQuantile = (p: number): number =>
  p <= 0 ? Number.NEGATIVE_INFINITY : p >= 1 ? Number.POSITIVE_INFINITY : jStat.normal.inv(p, 0, 1);

/** Probability that a standard normal variable is below z. */
export const normalCdf = (z: number): number => jStat.normal.cdf(z, 0, 1);
