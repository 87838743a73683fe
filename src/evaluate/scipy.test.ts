/** Statistics against SciPy (`test/data/evaluate/make-scipy.py`). */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { createRandom } from '../core/random.ts';
import { blandAltman, regression } from './agreement.ts';
import { bootstrapByPatient } from './bootstrap.ts';
import { normalCdf, normalQuantile, studentQuantile, studentTwoSidedP } from './distributions.ts';
import { mergeMoments, NO_PAIRS, pairMoments } from './pair-moments.ts';
import { pairedTTest } from './paired-t-test.ts';
import { ranks, spearman } from './ranks.ts';

const scipy = JSON.parse(
  readFileSync(join(import.meta.dirname, '../../test/data/evaluate/scipy.json'), 'utf8'),
);
const [x, y, ties, skewed] = ['x', 'y', 'ties', 'skewed'].map((name) => Float64Array.from(scipy[name]));

/** Relative, so that tiny p-values count. */
function expectClose(actual: number, expected: number, tolerance: number): void {
  expect(Math.abs(actual - expected)).toBeLessThanOrEqual(tolerance * Math.abs(expected) + 1e-15);
}

describe('distributions', () => {
  it('Student t: two-sided p-values down to 1e-20', () => {
    for (const [t, df, p] of scipy.studentTwoSidedP) expectClose(studentTwoSidedP(t, df), p, 1e-6);
  });
  it('Student t: quantiles', () => {
    for (const [p, df, t] of scipy.studentQuantile) expectClose(studentQuantile(p, df), t, 1e-6);
  });
  it('normal', () => {
    for (const [p, z] of scipy.normalQuantile) expectClose(normalQuantile(p), z, 1e-9);
    for (const [z, p] of scipy.normalCdf) expectClose(normalCdf(z), p, 1e-9);
    expect([normalQuantile(0), normalQuantile(1)]).toEqual([-Infinity, Infinity]);
  });
  it('has no p-value without degrees of freedom or statistic', () => {
    expect(studentTwoSidedP(2, 0)).toBeNaN();
    expect(studentTwoSidedP(Number.NaN, 5)).toBeNaN();
    expect(studentTwoSidedP(Number.POSITIVE_INFINITY, 5)).toBe(0);
  });
});

describe('paired t-test', () => {
  it('agrees in t, p and interval', () => {
    const test = pairedTTest(x, y);
    expectClose(test.t, scipy.pairedT.t, 1e-9);
    expectClose(test.p, scipy.pairedT.p, 1e-6);
    test.interval.forEach((end, i) => {
      expectClose(end, scipy.pairedT.interval[i], 1e-6);
    });
  });
});

describe('regression', () => {
  it('agrees in line, standard error, r and p', () => {
    const line = regression(pairMoments(x, y));
    for (const key of ['slope', 'intercept', 'slopeStandardError', 'pearsonR'] as const)
      expectClose(line[key], scipy.regression[key], 1e-9);
    expectClose(line.p, scipy.regression.p, 1e-6);
  });

  it('is the same from merged parts', () => {
    const parts = [0, 7, 8, 30].map((from, k, all) =>
      pairMoments(x.subarray(from, all[k + 1]), y.subarray(from, all[k + 1])),
    );
    const merged = regression(parts.reduce(mergeMoments, NO_PAIRS));
    const whole = regression(pairMoments(x, y));
    for (const key of ['n', 'slope', 'intercept', 'slopeStandardError', 'pearsonR'] as const)
      expect(merged[key]).toBeCloseTo(whole[key], 10);
  });

  it('and its moments survive float32 data far from 0', () => {
    const shifted = pairMoments(
      x.map((v) => v + 1e6),
      y.map((v) => v + 1e6),
    );
    expectClose(regression(shifted).slope, scipy.regression.slope, 1e-6);
    expectClose(
      blandAltman(shifted).standardDeviation,
      blandAltman(pairMoments(x, y)).standardDeviation,
      1e-6,
    );
  });
});

describe('ranks', () => {
  it('agree, ties included', () => {
    expect([...ranks(ties.map((v) => -v))]).toEqual(scipy.ranks);
    expectClose(spearman(ties, y), scipy.spearman, 1e-9);
  });
});

describe('bootstrap', () => {
  it('agrees with 200,000 resamples: percentile and BCa interval of a skewed mean', () => {
    const patients = [...skewed.keys()].map(String);
    const mean = (slices: readonly number[]): number =>
      slices.reduce((sum, s) => sum + skewed[s], 0) / slices.length;
    const interval = bootstrapByPatient(patients, mean, { random: createRandom('scipy'), nRepeats: 20_000 });
    // 20,000 resamples know an end of the interval to about 1 % of its width, 0.006.
    for (const i of [0, 1]) {
      expect(Math.abs(interval.percentile[i] - scipy.bootstrap.percentile[i])).toBeLessThan(0.015);
      expect(Math.abs(interval.bca[i] - scipy.bootstrap.BCa[i])).toBeLessThan(0.015);
    }
    expect(interval.bca[1] - interval.percentile[1]).toBeGreaterThan(0.02);
  });
});
