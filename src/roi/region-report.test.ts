import { describe, expect, it } from 'vitest';
import type { Grid } from '../core/grid.ts';
import { VOXEL_STATUS } from '../core/status.ts';
import type { Mask, ParametricMap } from '../core/volume.ts';
import { createWarningSink } from '../core/warnings.ts';
import type { Calibration } from '../uncertainty/calibration.ts';
import { regionChange } from './change.ts';
import { REMOVAL, type RefinementRule } from './refine.ts';
import { regionCsv } from './region-csv.ts';
import { reportRegions } from './region-report.ts';

const grid: Grid = {
  ...{ nColumns: 5, nRows: 1, nSlices: 1 },
  affine: [-1.5, 0, 0, 0, 0, -1.5, 0, 0, 0, 0, 7, 0, 0, 0, 0, 1],
};
const map = (name: string, values: number[]): ParametricMap => ({
  ...{ grid, name, unit: 'ms', values: Float32Array.from(values) },
  status: Uint8Array.from(values, (v) => (Number.isNaN(v) ? VOXEL_STATUS['no-signal'] : VOXEL_STATUS.ok)),
});
const mask = (...labels: number[]): Mask => ({ grid, labels: Uint16Array.from(labels) });
const t1rho = map('T1rho', [40, 42, 44, 46, Number.NaN]);
const uncertainty = map('uncertainty', [1, 2, 5, 1, Number.NaN]);
const calibration = {
  target: {
    shiftMs: 0.5,
    covariance: { binMm: 1.5, near: [1], far: 0, betweenSlices: 0 },
    regions: [
      { level: 0.5, factor: 1 },
      { level: 0.95, factor: null },
    ],
    refinedRegions: [{ level: 0.5, factor: 2 }],
  },
} as unknown as Calibration;
const by = (thresholdMs: number): RefinementRule => ({ kind: 'threshold', thresholdMs, from: 'user' });

const report = (labels: number[], rule?: RefinementRule) => {
  const warnings = createWarningSink();
  const result = reportRegions({ t1rho, uncertainty, mask: mask(...labels), calibration, rule }, warnings);
  return { ...result, codes: warnings.warnings.map(({ code }) => code), all: result.regions.at(-1)! };
};

describe('reportRegions', () => {
  it('removes uncertain pixels and those without a value, and says which and why', () => {
    const { refined, all } = report([1, 1, 1, 1, 1], by(3));
    expect([...refined!.removal]).toEqual([1, 1, 2, 1, 3]);
    expect([...refined!.mask.labels]).toEqual([1, 1, 0, 1, 0]);
    expect(all.before).toMatchObject({ nValues: 4, mean: 43 });
    expect(all.refined).toMatchObject({ nKept: 3, nUncertain: 1, nWithoutValue: 1, mean: 128 / 3 });
  });

  it('gives the mean an interval around the map less its shift, and none where patients were too few', () => {
    // Independent pixels: SD of the mean is √(1 + 4 + 25 + 1)/4.
    const [interval] = report([1, 1, 1, 1, 1]).all.before.intervals;
    expect(interval!.deviationMs).toBeCloseTo(Math.sqrt(31) / 4, 6);
    const [half, ninetyFive] = interval!.levels;
    expect(half!.rangeMs![0]).toBeCloseTo(42.5 - Math.sqrt(31) / 4, 6);
    expect(ninetyFive).toEqual({ level: 0.95, rangeMs: null });
  });

  it('keeps by share or percentile of the region’s own uncertainty', () => {
    const kept = (rule: RefinementRule): number => report([1, 1, 1, 1, 0], rule).all.refined!.nKept;
    expect(kept({ kind: 'keep', share: 0.75 })).toBe(3);
    expect(kept({ kind: 'percentile', percentile: 75 })).toBe(3);
    expect(kept({ kind: 'keep', share: 1 })).toBe(4);
    expect(kept({ kind: 'keep', share: 0.01 })).toBe(2); // two pixels are equally certain
    expect(() => kept({ kind: 'keep', share: 0 })).toThrow(/expected a number above 0, at most 1/);
    expect(() => kept(by(Number.NaN))).toThrow(/got NaN/);
  });

  it('says when little, nothing or pieces remain', () => {
    expect(report([1, 1, 1, 1, 0], by(0.5)).codes).toContain('roi/all-removed');
    expect(report([1, 1, 1, 1, 0], by(0.5)).all.refined).toMatchObject({ nKept: 0, mean: Number.NaN });
    expect(report([0, 1, 1, 0, 1], by(1.5)).codes).toContain('roi/all-removed');
    expect(report([1, 1, 1, 1, 0], by(1.5)).codes).toEqual(['roi/split', 'roi/small']);
    expect(report([0, 1, 1, 1, 0], by(1.5)).codes).toContain('roi/most-removed');
  });

  it('takes one pixel, with a word on its interval, and refuses none', () => {
    const { all: one, codes } = report([1, 0, 0, 0, 0], by(3));
    expect(codes).toEqual(['roi/small']);
    expect(one.refined).toMatchObject({ nKept: 1, mean: 40, standardDeviation: Number.NaN });
    expect(one.refined!.intervals[0]!.deviationMs).toBeCloseTo(1, 6);
    expect(() => report([0, 0, 0, 0, 0])).toThrow(/no region/);
  });

  it('has no number where no pixel has an uncertainty', () => {
    const { all, codes, refined } = report([0, 0, 0, 0, 1], by(3));
    expect(all.before).toMatchObject({ nValues: 0, mean: Number.NaN, intervals: [] });
    expect(refined!.removal[4]).toBe(REMOVAL['no-value']);
    expect(codes).toEqual(['roi/no-values', 'roi/all-removed', 'roi/all-removed']);
  });

  it.each([Number.NaN, Number.POSITIVE_INFINITY, 0])(
    'gives no interval to a mean that counts a pixel of uncertainty %f, and leaves it out in refinement',
    (u) => {
      const warnings = createWarningSink();
      const odd = map('uncertainty', [1, 2, u, 1, Number.NaN]);
      const whole = mask(1, 1, 1, 1, 0);
      const { regions, refined } = reportRegions(
        { t1rho, uncertainty: odd, mask: whole, calibration, rule: by(3) },
        warnings,
      );
      const all = regions.at(-1)!;
      expect(all.before).toMatchObject({ nValues: 4, mean: 43, intervals: [] });
      expect([...refined!.removal]).toEqual([1, 1, 3, 1, 0]);
      expect(all.refined).toMatchObject({ nKept: 3, mean: 128 / 3 });
      expect(all.refined!.intervals[0]!.deviationMs).toBeCloseTo(Math.sqrt(6) / 3, 6);
      expect(warnings.warnings.find(({ code }) => code === 'roi/no-uncertainty')!.message).toMatch(
        /^1 of its 4 values have no uncertainty/,
      );
    },
  );

  it('refuses a mask on another grid', () => {
    const other = {
      ...mask(1, 1, 1, 1, 1),
      grid: { ...grid, affine: grid.affine.map((v, i) => v + (i === 3 ? 9 : 0)) },
    };
    expect(() => reportRegions({ t1rho, uncertainty, mask: other }, createWarningSink())).toThrow(
      /does not lie on the grid of the T1rho map: corners up to 9/,
    );
  });

  it('writes a table without words for missing numbers', () => {
    const csv = regionCsv(report([1, 1, 1, 1, 1], by(0.5)).regions);
    expect(csv).not.toMatch(/NaN|null|undefined/);
    const [head, ...rows] = csv.trim().split('\r\n');
    expect(new Set([head!, ...rows].map((line) => line.split(',').length)).size).toBe(1);
  });
});

describe('regionChange', () => {
  const visit = (meanMs: number, half: number) => ({
    meanMs,
    interval: {
      of: 'target' as const,
      deviationMs: half,
      levels: [{ level: 0.95, rangeMs: [meanMs - half, meanMs + half] as const }],
    },
  });

  it('adds the errors of both visits, and compares with 2.77·wCV', () => {
    const change = regionChange(visit(40, 3), visit(45, 4), 0.03);
    expect(change).toMatchObject({ changeMs: 5, changePercent: 12.5, exceedsRepeatability: true });
    expect(change.levels).toEqual([{ level: 0.95, rangeMs: [0, 10] }]);
    expect(change.repeatabilityMs).toBeCloseTo(2.77 * 0.03 * 42.5, 10);
    expect(regionChange(visit(40, 3), visit(43, 4), 0.03).exceedsRepeatability).toBe(false);
    expect(regionChange(visit(40, 3), { meanMs: Number.NaN }).exceedsRepeatability).toBeNull();
  });

  it('has no interval without a calibrated model, and refuses a wCV in percent', () => {
    expect(regionChange({ meanMs: 40 }, visit(45, 4)).levels).toEqual([]);
    expect(() => regionChange({ meanMs: 40 }, { meanMs: 45 }, 3)).toThrow(/between 0 and 1, got 3/);
  });
});
