import { describe, expect, it } from 'vitest';
import { fitSeries } from '../fit/fit-series.ts';
import { slowT1rhoMs } from './slow-t1rho.ts';

describe('slow T1rho', () => {
  it('maps to the published value when the fast part is added', () => {
    const tslMs = [0, 10, 30, 50];
    for (const [mapped, share, fast] of [
      [43, 0.13, 6],
      [51, 0.05, 8],
      [35, 0.15, 4],
      [43, 0, 6],
    ] as const) {
      const slow = slowT1rhoMs(mapped, share, fast, tslMs);
      const signal = Float32Array.from(
        tslMs,
        (t) => 1000 * ((1 - share) * Math.exp(-t / slow) + share * Math.exp(-t / fast)),
      );
      const grid = {
        nColumns: 1,
        nRows: 1,
        nSlices: 1,
        affine: [1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1],
      };
      expect(fitSeries({ grid, tslMs, signal }, { cutoffMs: null }).time.values[0]).toBeCloseTo(mapped, 2);
    }
  });
});
