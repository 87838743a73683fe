import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { beforeAll, describe, expect, it } from 'vitest';
import { IDENTITY_AFFINE } from '../src/core/affine.ts';
import { VOXEL_STATUS } from '../src/core/status.ts';
import { createSpinLockSeries, type Mask, type SpinLockSeries } from '../src/core/volume.ts';
import { type FitResult, fitSeries } from '../src/fit/fit-series.ts';

const references = join(import.meta.dirname, 'data/relaxometry');
const data = join(import.meta.dirname, '../examples/data/relaxometry-t2');

/** The voxels of these two files: header of 352 bytes, no scaling. Files are read here without rhomap's own reader. */
const voxels = (name: string): Buffer => gunzipSync(readFileSync(join(data, name))).subarray(352);

function reference(name: string): Float32Array {
  const bytes = readFileSync(join(references, name));
  return new Float32Array(new Uint8Array(bytes).buffer);
}

let series: SpinLockSeries;
let mask: Mask;
let inMask: number[];

beforeAll(() => {
  const signal = new Float32Array(new Uint8Array(voxels('t2.nii.gz')).buffer);
  const json = JSON.parse(readFileSync(join(data, 't2.json'), 'utf8')) as { EchoTime: number[] };
  const echoTimesMs = json.EchoTime.map((seconds) => seconds * 1000);
  const grid = { nColumns: 87, nRows: 107, nSlices: 1, affine: IDENTITY_AFFINE };
  series = createSpinLockSeries(grid, echoTimesMs, signal);
  mask = {
    grid,
    labels: Uint16Array.from(new Float32Array(new Uint8Array(voxels('t2_mask.nii.gz')).buffer)),
  };
  inMask = [...mask.labels.keys()].filter((voxel) => mask.labels[voxel] !== 0);
});

/** Part of the mask where `ours` agrees with column `column` of the reference to `tolerance`, NaN with no value. */
function agreement(
  result: FitResult,
  ours: Float32Array,
  table: Float32Array,
  column: number,
  tolerance: number,
): number {
  const agree = inMask.filter((voxel, row) => {
    const expected = table[3 * row + column]!;
    if (Number.isNaN(expected)) return result.status[voxel] !== VOXEL_STATUS.ok;
    return Math.abs(ours[voxel]! - expected) <= tolerance * Math.abs(expected);
  });
  return agree.length / inMask.length;
}

describe('T2 of a real slice, against SciPy', () => {
  it('non-linear least squares agrees to 0.01 % in T2, S0 and standard error', () => {
    const result = fitSeries(series, { parameter: 't2' }, { mask });
    const table = reference('nlls-reference.f32');
    expect(inMask.length).toBe(3060);
    for (const [column, map] of [result.time, result.s0, result.standardError].entries())
      expect(agreement(result, map.values, table, column, 1e-4)).toBeGreaterThanOrEqual(0.999);
    expect(result.status.filter((code) => code === VOXEL_STATUS.masked).length).toBe(87 * 107 - 3060);
  });

  it('the three-parameter fit agrees in T2, S0 and offset', () => {
    const result = fitSeries(series, { parameter: 't2', method: 'three-parameter' }, { mask });
    const table = reference('three-parameter-reference.f32');
    for (const [column, map] of [result.time, result.s0, result.offset!].entries())
      expect(agreement(result, map.values, table, column, 1e-3)).toBeGreaterThanOrEqual(0.999);
  });
});
