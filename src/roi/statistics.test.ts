import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { VOXEL_STATUS } from '../core/status.ts';
import type { Mask, ParametricMap } from '../core/volume.ts';
import { createWarningSink } from '../core/warnings.ts';
import { roiCsv } from './roi-csv.ts';
import { roiStatistics, summarise } from './statistics.ts';

const affine = [1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 5, 0, 0, 0, 0, 1];
const grid = { nColumns: 3, nRows: 1, nSlices: 2, affine };
const { ok, masked } = VOXEL_STATUS;
const [low, silent] = [VOXEL_STATUS['at-lower-cutoff'], VOXEL_STATUS['no-signal']];

const map = (values: number[], status: number[]): ParametricMap => ({
  grid,
  name: 'T1rho',
  unit: 'ms',
  values: Float32Array.from(values),
  status: Uint8Array.from(status),
});
const mask = (labels: number[], names?: Mask['names']): Mask => ({
  grid,
  labels: Uint16Array.from(labels),
  ...(names && { names }),
});

describe('roiStatistics', () => {
  const example = map([40, 42, 25, Number.NaN, 50, Number.NaN], [ok, ok, low, silent, ok, masked]);

  it('gives a row per label and slice, and one over all slices', () => {
    const rows = roiStatistics(example, mask([1, 1, 1, 1, 1, 2]));
    expect(rows.map((r) => [r.label, r.slice, r.nVoxels, r.nValues, r.mean])).toEqual([
      [1, 0, 3, 3, 107 / 3],
      [1, 1, 2, 1, 50],
      [1, undefined, 5, 4, 157 / 4],
      [2, 1, 1, 0, Number.NaN],
      [2, undefined, 1, 0, Number.NaN],
    ]);
    expect(rows[2]!.nByStatus).toMatchObject({ ok: 3, 'at-lower-cutoff': 1, 'no-signal': 1, masked: 0 });
  });

  it('agrees with NumPy: percentile([25, 40, 42, 50], …), std(ddof=1)', () => {
    const { mean: _, nValues: __, ...rest } = summarise([42, 25, 50, 40]);
    const expected = [10.436314802968845, 27.25, 36.25, 41, 44, 48.8];
    Object.values(rest).forEach((v, i) => {
      expect(v).toBeCloseTo(expected[i]!, 12);
    });
  });

  it('does not care where in the image a region lies', () => {
    const values = fc.array(fc.double({ min: 5, max: 500, noNaN: true }), { minLength: 1, maxLength: 40 });
    fc.assert(
      fc.property(values, (v) => {
        expect(summarise([...v].reverse())).toEqual(summarise(v));
        const { percentile5, median, percentile95, mean } = summarise(v);
        expect(percentile5 <= median && median <= percentile95).toBe(true);
        expect(mean).toBeGreaterThanOrEqual(Math.min(...v) - 1e-9);
      }),
      { seed: 1 },
    );
  });

  it('says which regions have no value, and why', () => {
    const sink = createWarningSink();
    roiStatistics(
      example,
      mask(
        [0, 0, 0, 1, 0, 1],
        new Map([
          [1, 'liver'],
          [3, 'spleen'],
        ]),
      ),
      sink,
    );
    expect(sink.warnings.map((w) => `${w.where}: ${w.message}`)).toEqual([
      'liver: none of its 2 voxels has a T1rho value (no-signal 1, masked 1).',
      'spleen: the region has no voxel in the mask.',
    ]);
  });

  it('refuses an empty mask and a mask of another grid', () => {
    expect(() => roiStatistics(example, mask([0, 0, 0, 0, 0, 0]))).toThrow(/no region/);
    const other = { ...mask([1, 1, 1, 1, 1, 1]), grid: { ...grid, nRows: 2 } };
    expect(() => roiStatistics(example, other)).toThrow(/size 3×2×2 against 3×1×2/);
  });

  it('writes a table that spreadsheets read', () => {
    const names = new Map([[1, 'liver, "right"']]);
    const rows = roiStatistics(example, mask([1, 1, 0, 0, 0, 2], names));
    expect(
      roiCsv([{ map: 'T1rho', unit: 'ms', rows }])
        .split('\r\n')
        .slice(1),
    ).toEqual([
      'T1rho,ms,1,"liver, ""right""",1,2,2,41,1.414214,41,40.1,40.5,41.5,41.9,2,0,0,0,0,0,0',
      'T1rho,ms,1,"liver, ""right""",all,2,2,41,1.414214,41,40.1,40.5,41.5,41.9,2,0,0,0,0,0,0',
      'T1rho,ms,2,,2,1,0,,,,,,,,0,0,0,0,0,0,1',
      'T1rho,ms,2,,all,1,0,,,,,,,,0,0,0,0,0,0,1',
      '',
    ]);
  });
});
