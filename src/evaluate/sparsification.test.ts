import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createRandom } from '../core/random.ts';
import { argsort } from './argsort.ts';
import { perfectSparsification } from './perfect-sparsification.ts';
import { sparsification } from './sparsification.ts';

const one = (n: number): Uint32Array => Uint32Array.of(0, n);

describe('argsort', () => {
  it('orders doubles as a comparison does, ties by position', () => {
    fc.assert(
      fc.property(fc.array(fc.oneof(fc.double({ noNaN: true }), fc.integer({ min: -2, max: 2 }))), (list) => {
        const values = Float64Array.from(list, (v) => v + 0);
        const expected = [...values.keys()].sort((a, b) => values[a] - values[b] || a - b);
        expect([...argsort(values)]).toEqual(expected);
      }),
    );
  });

  it('orders float32', () => {
    expect([...argsort(Float32Array.of(0.3, -1, 7, 0.1, -2))]).toEqual([4, 1, 3, 0, 2]);
  });
});

describe('sparsification', () => {
  it('follows a worked example', () => {
    const error = Float64Array.of(4, 1, 2, 3);
    const result = sparsification(error, Float64Array.of(4, 3, 2, 1), one(4), { step: 0.25 });
    expect(result.byUncertainty).toEqual([2.5, 2, 2.5, 3]);
    expect(result.oracle).toEqual([2.5, 2, 1.5, 1]);
    expect(result.random).toBe(2.5);
    expect(result.ause).toBeCloseTo((0 + 0) / 8 + (0 + 1) / 8 + (1 + 2) / 8, 12);
    expect(result.aurg).toBeCloseTo((0 + 0.5) / 8 + (0.5 + 0) / 8 + (0 - 0.5) / 8, 12);
    expect(result.ause + result.aurg).toBeCloseTo(result.auseOfRandom, 12);
  });

  it('has 20 points at steps of 5 %', () => {
    const error = Float64Array.from({ length: 100 }, (_, i) => i);
    const { removed, oracle } = sparsification(error, error, one(100));
    expect(removed).toHaveLength(20);
    expect(removed.at(-1)).toBeCloseTo(0.95, 12);
    expect(oracle.at(-1)).toBe(2);
  });

  it('is flat for an uncertainty that tells nothing, even if errors are stored in order', () => {
    const error = Float64Array.from({ length: 97 }, (_, i) => i);
    const { byUncertainty, aurg, ause, auseOfRandom } = sparsification(
      error,
      new Float64Array(97).fill(3),
      one(97),
    );
    for (const value of byUncertainty) expect(value).toBeCloseTo(48, 9);
    expect(aurg).toBeCloseTo(0, 9);
    expect(ause).toBeCloseTo(auseOfRandom, 9);
  });

  it('does not depend on the order of pixels or on a monotone change of uncertainty; the oracle is best', () => {
    const pixel = fc.tuple(fc.integer({ min: 0, max: 9 }), fc.integer({ min: 1, max: 9 }));
    fc.assert(
      fc.property(fc.array(pixel, { minLength: 1, maxLength: 80 }), (pixels) => {
        const of = (list: [number, number][], f = (u: number) => u) =>
          sparsification(
            Float64Array.from(list, (p) => p[0]),
            Float64Array.from(list, (p) => f(p[1])),
            one(list.length),
          );
        const result = of(pixels);
        const other = of(pixels.toReversed(), (u) => Math.log(u) + 3);
        other.byUncertainty.forEach((value, k) => {
          expect(value).toBeCloseTo(result.byUncertainty[k], 9);
        });
        result.oracle.forEach((best, k) => {
          expect(best).toBeLessThanOrEqual(result.byUncertainty[k] + 1e-9);
        });
      }),
    );
  });

  it('per slice ranks within slices: knowing only which slice is bad helps pooled, not per slice', () => {
    const random = createRandom('slices');
    const offsets = Uint32Array.of(0, 1000, 2000);
    const level = (i: number): number => (i < 1000 ? 1 : 3);
    const error = Float64Array.from({ length: 2000 }, (_, i) => level(i) * random.uniform());
    const uncertainty = Float64Array.from({ length: 2000 }, (_, i) => level(i));
    expect(sparsification(error, uncertainty, offsets).aurg).toBeGreaterThan(0.1);
    expect(sparsification(error, uncertainty, offsets, { pooling: 'per-slice' }).aurg).toBeCloseTo(0, 9);
  });
});

describe('a perfect Laplace scale', () => {
  // Shares of the random order's AUSE from an independent Monte Carlo.
  it.each([
    [0.3, 0.64],
    [0.5, 0.46],
    [0.8, 0.27],
  ])('of log-SD %d reaches an AUSE of %d of random', (logSd, share) => {
    const random = createRandom(`ause ${logSd}`);
    const n = 100_000;
    const sigma = Float64Array.from({ length: n }, () => Math.exp(logSd * random.normal()));
    const { ause, auseOfRandom } = perfectSparsification(sigma, new Float64Array(n).fill(43), one(n), {
      random,
    });
    expect(Math.abs(ause / auseOfRandom - share)).toBeLessThan(0.01);
  });
});
