import { describe, expect, it } from 'vitest';
import { createRandom } from '../core/random.ts';
import { measureErrors, measureMap, type SliceMaps } from './slice-measures.ts';

const N = 64;

/** A slice of T1rho 43 ms, white noise of SNR 40, a ROI of 40×40 pixels, and a coarse map that reads 2 ms high. */
function slice(): SliceMaps {
  const random = createRandom(4);
  const tslMs = [0, 10, 30, 50];
  const map = (value: () => number) => Float32Array.from({ length: N * N }, value);
  const target = map(() => 43);
  const rows = Array.from({ length: 40 }, (_, i) => i + 12);
  return {
    ...{ n: N, tslMs, target },
    images: tslMs.map((t) => map(() => 400 * Math.exp(-t / 43) + 10 * random.normal())),
    coarse: map(() => 45),
    truth: target,
    smoothed: [44, 43, 47].map((v) => map(() => v)),
    roi: Int32Array.from(rows.flatMap((row) => rows.map((column) => row * N + column))),
  };
}

describe('measures of a slice', () => {
  it('separates a constant bias from the rest of the error', () => {
    const errors = measureErrors(slice());
    expect(errors.biasMs).toBeCloseTo(2, 5);
    expect(errors.coarsePercent).toBeCloseTo(200 / 43, 4);
    expect(errors.shiftedPercent).toBeCloseTo(0, 4);
    expect(errors.smoothed05).toBeCloseTo(0.5, 4);
    expect(errors.smoothed10).toBeCloseTo(2, 4);
  });

  it('finds SNR, R² and the colour of noise from the residuals', () => {
    const maps = slice();
    const measures = measureMap(maps);
    // T is given here, so only S0 is fitted: three degrees of freedom where the measure counts two.
    expect(measures.snrFirst * Math.sqrt(3 / 2)).toBeGreaterThan(38);
    expect(measures.snrFirst * Math.sqrt(3 / 2)).toBeLessThan(42);
    expect(Math.abs(measures.residualLag1)).toBeLessThan(0.05);
    expect(measures.r2Median).toBeGreaterThan(0.99);
    const coloured = maps.images.map((image) => image.map((v, i) => (v + (image[i + 1] ?? v)) / 2));
    expect(measureMap({ ...maps, images: coloured }).residualLag1).toBeGreaterThan(0.2);
  });

  it('keeps the power sums of the difference', () => {
    const [n, s1, s2] = measureMap(slice()).differenceSums;
    expect([n, s1, s2]).toEqual([1600, 3200, 6400]);
  });
});
