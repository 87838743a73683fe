import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { smallModel } from '../../test/support/model.ts';
import type { Grid } from '../core/grid.ts';
import { createRandom } from '../core/random.ts';
import { VOXEL_STATUS } from '../core/status.ts';
import { createSpinLockSeries, type SpinLockSeries } from '../core/volume.ts';
import { nodeSessionProvider } from '../runtime/node/session.ts';
import { mapSeries } from './map.ts';
import { type MappingModel, openMappingModel } from './mapping-model.ts';

const provider = nodeSessionProvider({ threads: 1 });
const gridOf = (size: number, mm: number, nSlices = 3): Grid => ({
  ...{ nColumns: size, nRows: size, nSlices },
  affine: [-mm, 0, 0, 0, 0, -mm, 0, 0, 0, 0, 7, 0, 0, 0, 0, 1],
});

/** A smooth liver in air: T1rho 38–48 ms, a little noise. */
function series(grid: Grid, tslMs: readonly number[] = [0, 50], noise = 5): SpinLockSeries {
  const { nColumns, nRows, nSlices } = grid;
  const n = nColumns * nRows * nSlices;
  const random = createRandom('series');
  const signal = Float32Array.from({ length: n * tslMs.length }, (_, i) => {
    const p = i % n;
    const [x, y] = [
      ((p % nColumns) + 0.5) / nColumns - 0.5,
      ((Math.floor(p / nColumns) % nRows) + 0.5) / nRows - 0.5,
    ];
    if (Math.hypot(x, y) > 0.4) return 0;
    const t1rhoMs = 43 + 5 * Math.sin(6 * x) * Math.cos(5 * y) + Math.floor(p / (nColumns * nRows));
    return 800 * Math.exp(-tslMs[Math.floor(i / n)]! / t1rhoMs) + noise * random.normal();
  });
  return createSpinLockSeries(grid, tslMs, signal);
}

describe('mapSeries', () => {
  let still: MappingModel;
  let lively: MappingModel;
  beforeAll(async () => {
    still = await openMappingModel(smallModel(), 'still', provider);
    lively = await openMappingModel(smallModel({ headGain: 0.3 }), 'lively', provider);
  });
  afterAll(async () => {
    await still.close();
    await lively.close();
  });

  it('gives the coarse map where the network corrects nothing, and u = √2·σ', async () => {
    const { t1rho, coarse, uncertainty, matrix } = await mapSeries(series(gridOf(32, 1.5)), still);
    expect(matrix).toEqual({ nRows: 32, nColumns: 32 });
    t1rho.values.forEach((ms, p) => {
      if (t1rho.status[p] !== VOXEL_STATUS.ok) return;
      expect(ms).toBeCloseTo(coarse.values[p]!, 4);
      expect(uncertainty!.values[p]).toBeCloseTo(2 * Math.SQRT2, 5);
    });
    expect(t1rho.status.filter((s) => s === VOXEL_STATUS.ok).length).toBeGreaterThan(1000);
  });

  it('tells each slice once it is mapped, in any order, with the same result', async () => {
    const input = series(gridOf(32, 1.5));
    const plain = await mapSeries(input, lively);
    const seen: [number, number][] = [];
    const other = await mapSeries(input, lively, {
      order: [1, 2, 0],
      onSlice: (slice, { t1rho: { status } }) =>
        seen.push([slice, status.filter((s) => s === VOXEL_STATUS.masked).length]),
    });
    expect(seen).toEqual([
      [1, 2 * 32 * 32],
      [2, 32 * 32],
      [0, 0],
    ]);
    for (const name of ['t1rho', 'uncertainty', 'coarse'] as const) {
      expect(other[name]!.values).toEqual(plain[name]!.values);
      expect(other[name]!.status).toEqual(plain[name]!.status);
    }
    expect(other.check).toEqual(plain.check);
  });

  it('has no value in air, in no map', async () => {
    const { t1rho, coarse, uncertainty } = await mapSeries(series(gridOf(32, 1.5)), lively);
    for (const map of [t1rho, coarse, uncertainty!]) {
      expect(map.status[0]).toBe(VOXEL_STATUS['no-signal']);
      expect(map.values[0]).toBeNaN();
    }
  });

  it('maps any matrix: the same anatomy stored finer gives the same map', async () => {
    const coarseGrid = await mapSeries(series(gridOf(32, 1.5), [0, 50], 0), still);
    const fineGrid = await mapSeries(series(gridOf(64, 0.75), [0, 50], 0), still);
    expect(fineGrid.matrix).toEqual({ nRows: 32, nColumns: 32 });
    const at = (size: number, r: number, c: number): number => r * size + c;
    for (const [r, c] of [
      [12, 12],
      [16, 20],
      [20, 14],
    ] as const) {
      const fine = [0, 1].flatMap((i) =>
        [0, 1].map((j) => fineGrid.t1rho.values[at(64, 2 * r + i, 2 * c + j)]!),
      );
      const mean = fine.reduce((a, b) => a + b) / 4;
      expect(Math.abs(mean - coarseGrid.t1rho.values[at(32, r, c)]!)).toBeLessThan(0.05);
    }
  });

  it('maps each slice from its own pixels alone, and the same twice', async () => {
    const grid = gridOf(32, 1.5);
    const whole = series(grid);
    const all = await mapSeries(whole, lively);
    const n = 32 * 32;
    const one = createSpinLockSeries(
      gridOf(32, 1.5, 1),
      [0, 50],
      Float32Array.from([...whole.signal.subarray(n, 2 * n), ...whole.signal.subarray(4 * n, 5 * n)]),
    );
    const alone = await mapSeries(one, lively);
    expect(alone.t1rho.values).toEqual(all.t1rho.values.slice(n, 2 * n));
    expect(alone.uncertainty!.values).toEqual(all.uncertainty!.values.slice(n, 2 * n));
    const again = await mapSeries(whole, lively);
    expect(again.t1rho.values).toEqual(all.t1rho.values);
  });

  it('keeps a pixel that is no number to itself', async () => {
    const clean = series(gridOf(32, 1.5, 1));
    const broken = { ...clean, signal: clean.signal.slice() };
    const middle = 16 * 32 + 16;
    broken.signal[middle] = Number.NaN;
    const { t1rho, uncertainty } = await mapSeries(broken, lively);
    expect(t1rho.status[middle]).toBe(VOXEL_STATUS['not-finite']);
    expect(uncertainty!.values[middle]).toBeNaN();
    expect([...t1rho.values].filter(Number.isNaN).length).toBe(
      1 + t1rho.status.filter((s) => s === VOXEL_STATUS['no-signal']).length,
    );
  });

  it('takes the two images nearest to the model’s times, and fits all of them beside', async () => {
    const four = await mapSeries(series(gridOf(32, 1.5), [0, 10, 30, 50]), still);
    expect(four.usedTslMs).toEqual([0, 50]);
    expect(four.usedImages).toEqual([0, 3]);
    expect(four.reference!.tslMs).toEqual([0, 10, 30, 50]);
    const unordered = await mapSeries(series(gridOf(32, 1.5), [50, 0]), still);
    expect(unordered.usedImages).toEqual([1, 0]);
    expect(unordered.reference).toBeUndefined();
    await expect(mapSeries(series(gridOf(32, 1.5), [200, 300]), still)).rejects.toThrow(
      /one image is nearest to both/,
    );
  });

  it('refuses a field of view that is a mistake of units', async () => {
    await expect(mapSeries(series(gridOf(32, 150, 1)), still)).rejects.toThrow(/check the voxel size/);
  });
});
