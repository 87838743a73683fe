import fc from 'fast-check';
import { expect, it } from 'vitest';
import { histogram2d } from './histogram2d.ts';

const axis = { low: -1, high: 3, nBins: 4 };

it('puts points where they belong, edges included', () => {
  const { counts, nOutside } = histogram2d([-1, 0, 3, 3.01, Number.NaN], [-1, 2.5, 3, 0, 0], axis, axis);
  expect(counts).toEqual([1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0, 1]);
  expect(nOutside).toBe(2);
});

it('counts every point once', () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(fc.double(), fc.double())), (points) => {
      const { counts, nOutside } = histogram2d(
        points.map((p) => p[0]),
        points.map((p) => p[1]),
        axis,
        axis,
      );
      expect(counts.reduce((a, b) => a + b, nOutside)).toBe(points.length);
    }),
  );
});
