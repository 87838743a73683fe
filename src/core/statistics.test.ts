import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { solveByElimination } from './gauss-jordan.ts';
import { meanAndSd, quantileInPlace, quantileOfSorted } from './statistics.ts';

describe('mean and standard deviation', () => {
  it('are those of the sample', () => {
    expect(meanAndSd([2, 4, 4, 4, 5, 5, 7, 9])).toEqual({
      n: 8,
      mean: 5,
      standardDeviation: Math.sqrt(32 / 7),
    });
  });

  it('keep a small spread on a large mean', () => {
    expect(meanAndSd([1e9, 1e9 + 1, 1e9 + 2]).standardDeviation).toBe(1);
  });

  it('are NaN where there are too few values', () => {
    expect(meanAndSd([])).toEqual({ n: 0, mean: Number.NaN, standardDeviation: Number.NaN });
    expect(meanAndSd([3])).toEqual({ n: 1, mean: 3, standardDeviation: Number.NaN });
  });
});

describe('quantiles', () => {
  // numpy.percentile([1, 2, 4, 8, 16], [0, 10, 25, 50, 90, 100])
  it.each([
    [0, 1],
    [0.1, 1.4],
    [0.25, 2],
    [0.5, 4],
    [0.9, 12.8],
    [1, 16],
  ])('%f is as in NumPy', (p, expected) => {
    expect(quantileOfSorted([1, 2, 4, 8, 16], p)).toBeCloseTo(expected, 12);
  });

  it('of nothing are NaN', () => {
    expect(quantileOfSorted([], 0.5)).toBeNaN();
    expect(quantileInPlace(new Float64Array(0), 0.5)).toBeNaN();
  });

  it('selected are those of the sorted values, NaN, infinity and ties among them', () => {
    const value = fc.oneof(fc.double(), fc.integer({ min: 0, max: 3 }));
    fc.assert(
      fc.property(fc.array(value), fc.double({ min: 0, max: 1, noNaN: true }), (values, p) => {
        const [found, wanted] = [Float64Array.from(values), Float64Array.from(values).sort()];
        expect(quantileInPlace(found, p) + 0).toBe(quantileOfSorted(wanted, p) + 0);
        expect(found.sort()).toEqual(wanted);
      }),
    );
  });
});

describe('elimination', () => {
  it('solves for several right sides and needs its pivoting', () => {
    const x = solveByElimination([Float64Array.of(0, 2, 4, 2), Float64Array.of(3, 1, 5, 7)]);
    expect(x.map((row) => [...row])).toEqual([
      [1, 2],
      [2, 1],
    ]);
  });

  it('gives 0 to what the equations leave free', () => {
    const x = solveByElimination([Float64Array.of(4, 0, 8), Float64Array.of(0, 0, 0)]);
    expect(x.map((row) => [...row])).toEqual([[2], [0]]);
  });
});
