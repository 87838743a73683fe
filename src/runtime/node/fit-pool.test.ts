import { describe, expect, it } from 'vitest';
import { IDENTITY_AFFINE } from '../../core/affine.ts';
import { createRandom } from '../../core/random.ts';
import { createSpinLockSeries } from '../../core/volume.ts';
import { fitSeries } from '../../fit/fit-series.ts';
import type { FitOptionsInput } from '../../fit/options.ts';
import { fitSeriesOnThreads } from './fit-pool.ts';

const grid = { nColumns: 300, nRows: 301, nSlices: 2, affine: IDENTITY_AFFINE };
const nVoxels = 300 * 301 * 2;
const tslMs = [0, 10, 30, 50];
const random = createRandom(5);
const signal = Float32Array.from({ length: 4 * nVoxels }, (_, i) => {
  const decay = Math.exp(-tslMs[Math.floor(i / nVoxels)]! / (30 + (i % 40)));
  return i % 7919 === 0 ? Number.NaN : 300 * decay + 30 * random.normal();
});
const series = createSpinLockSeries(grid, tslMs, signal);
const mask = { grid, labels: Uint16Array.from({ length: nVoxels }, (_, i) => (i % 5 === 0 ? 0 : 1)) };

describe('fit on threads', () => {
  it.each([
    [1, {}],
    [3, {}],
    [2, { method: 'three-parameter', smoothingPixels: 0.7 }],
  ] as [number, FitOptionsInput][])(
    '%i workers, %o: the maps of one thread, bit for bit',
    async (nWorkers, options) => {
      const steps: number[] = [];
      const settings = { mask, nWorkers, minVoxels: 0, onProgress: (part: number) => steps.push(part) };
      const threaded = await fitSeriesOnThreads(series, options, settings);
      const single = fitSeries(series, options, { mask });
      expect(threaded).toEqual(single);
      expect(new Set(single.status).size).toBeGreaterThan(3);
      expect(steps.at(-1)).toBe(1);
    },
  );

  it('passes a bad mask and bad options on', async () => {
    const other = { grid: { ...grid, nRows: 602, nSlices: 1 }, labels: mask.labels };
    await expect(
      fitSeriesOnThreads(series, {}, { mask: other, nWorkers: 2, minVoxels: 0 }),
    ).rejects.toMatchObject({
      code: 'fit/mask-grid',
    });
    await expect(fitSeriesOnThreads(series, { method: 'rician' })).rejects.toMatchObject({
      code: 'fit/noise-sigma',
    });
  });
});
