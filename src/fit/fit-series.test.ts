import { describe, expect, it } from 'vitest';
import { IDENTITY_AFFINE } from '../core/affine.ts';
import { VOXEL_STATUS } from '../core/status.ts';
import { createSpinLockSeries, type SpinLockSeries } from '../core/volume.ts';
import { fillForTraining } from './fill-for-training.ts';
import { fitSeries } from './fit-series.ts';
import { smoothSeries } from './smooth.ts';

const tslMs = [0, 10, 30, 50];
const grid = { nColumns: 4, nRows: 3, nSlices: 2, affine: IDENTITY_AFFINE };

function seriesOf(s0: (voxel: number) => number, timeMs: (voxel: number) => number): SpinLockSeries {
  const signal = new Float32Array(4 * 24);
  tslMs.forEach((t, i) => {
    for (let voxel = 0; voxel < 24; voxel++)
      signal[i * 24 + voxel] = s0(voxel) * Math.exp(-t / timeMs(voxel));
  });
  return createSpinLockSeries(grid, tslMs, signal);
}

describe('fit of a series', () => {
  it('gives named maps on the grid of the images', () => {
    const result = fitSeries(
      seriesOf(
        (v) => 100 + v,
        (v) => 30 + v,
      ),
    );
    expect(result.time).toMatchObject({ grid, name: 'T1rho', unit: 'ms' });
    result.time.values.forEach((ms, voxel) => {
      expect(ms).toBeCloseTo(30 + voxel, 3);
    });
    expect(result.offset).toBeUndefined();
    const t2 = fitSeries(
      seriesOf(
        () => 100,
        () => 80,
      ),
      { parameter: 't2' },
    );
    expect([t2.time.name, t2.status[0]]).toEqual(['T2', VOXEL_STATUS.ok]);
  });

  it('leaves voxels outside the mask alone and refuses a mask on another grid', () => {
    const series = seriesOf(
      () => 100,
      () => 43,
    );
    const labels = new Uint16Array(24).fill(1, 5);
    const result = fitSeries(series, {}, { mask: { grid, labels } });
    expect(result.status[4]).toBe(VOXEL_STATUS.masked);
    expect(result.time.values[4]).toBeNaN();
    expect(result.status[5]).toBe(VOXEL_STATUS.ok);
    const moved = { ...grid, affine: IDENTITY_AFFINE.map((x, i) => (i === 3 ? 2 : x)) };
    expect(() => fitSeries(series, {}, { mask: { grid: moved, labels } })).toThrow(/another grid/);
  });

  it('takes the offset for what it is when asked', () => {
    const series = seriesOf(
      () => 100,
      () => 43,
    );
    const raised = { ...series, signal: series.signal.map((value) => value + 20) };
    const result = fitSeries(raised, { method: 'three-parameter' });
    expect(result.time.values[3]).toBeCloseTo(43, 2);
    expect(result.offset!.values[3]).toBeCloseTo(20, 2);
  });
});

describe('smoothing before the fit', () => {
  it('is the Gaussian in both directions, within a slice, and keeps a constant', () => {
    const impulse = new Float32Array(4 * 24);
    impulse[5] = 1;
    const { signal } = smoothSeries(createSpinLockSeries(grid, tslMs, impulse), 0.5);
    const weights = [-2, -1, 0, 1, 2].map((d) => Math.exp(-(d * d) / (2 * 0.25)));
    const total = weights.reduce((sum, w) => sum + w, 0);
    expect(signal[5]! / signal[6]!).toBeCloseTo(Math.exp(2), 1);
    expect(signal[6]).toBeCloseTo((weights[2]! * weights[3]!) / total ** 2, 2);
    expect(signal.subarray(12).every((value) => value === 0)).toBe(true);
    expect(signal.reduce((sum, value) => sum + value, 0)).toBeCloseTo(1, 6);
    const flat = smoothSeries(createSpinLockSeries(grid, tslMs, new Float32Array(96).fill(7)), 3);
    for (const value of flat.signal) expect(value).toBeCloseTo(7, 5);
  });
});

describe('maps for training', () => {
  it('counts voxels without a fit as cut off', () => {
    const status = Uint8Array.from([0, 2, 4, 3, 5, 6].map(Number));
    const values = Float32Array.from([43, 65, Number.NaN, Number.NaN, Number.NaN, Number.NaN]);
    const filled = fillForTraining({ values, status }, [25, 65]);
    expect([...filled]).toEqual([43, 65, 65, 25, 25, 25]);
  });
});
