import fc from 'fast-check';
import { expect, it } from 'vitest';
import { createDecayCurve } from './decay-curve.ts';
import { createProjectionScan } from './projection-scan.ts';
import { createTwoPointSolver } from './two-point.ts';
import { FIT_EXTRA } from './voxel-block.ts';

it('is the least-squares optimum for any two signals: that of the scan over all rates', () => {
  const signal = fc.double({ min: -1, max: 1, noNaN: true });
  const first = fc.constantFrom(0, 10);
  const bounds = { low: 1 / 300, high: 1 / 5 };
  fc.assert(
    fc.property(signal, signal, first, fc.constantFrom(20, 50), (y1, y2, firstMs, delayMs) => {
      // Where nothing decides between no signal and a decay of nothing, rounding does.
      fc.pre(Math.min(Math.abs(y1 + y2), Math.abs(y1 - y2), Math.abs(y1) + Math.abs(y2)) > 1e-6);
      const times = [firstMs, firstMs + delayMs];
      const curve = createDecayCurve(times, { minRate: 0, maxRate: bounds.high, offset: false });
      const [exact, scanned] = [new Float64Array(2 + FIT_EXTRA), new Float64Array(2 + FIT_EXTRA)];
      const y = Float64Array.of(y1, y2);
      const rate = createTwoPointSolver(times, bounds)(y, exact);
      const expected = createProjectionScan(curve, bounds, firstMs)(y, scanned);
      expect(Number.isNaN(rate)).toBe(Number.isNaN(expected));
      if (!(rate > 0)) {
        expect(rate).toEqual(expected);
        return;
      }
      expect(Math.abs(rate / expected - 1)).toBeLessThan(1e-6);
      exact.forEach((value, i) => {
        expect(Math.abs(value - scanned[i]!)).toBeLessThan(1e-4 * Math.abs(scanned[i]!) + 1e-9);
      });
    }),
    { numRuns: 2000 },
  );
});
