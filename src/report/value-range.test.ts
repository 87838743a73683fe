import { describe, expect, it } from 'vitest';
import type { ParametricMap } from '../core/volume.ts';
import { suggestRange } from './value-range.ts';

const affine = [1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1];
const map = (values: number[]): ParametricMap => ({
  grid: { nColumns: values.length, nRows: 1, nSlices: 1, affine },
  name: 'S0',
  unit: '1',
  values: Float32Array.from(values),
  status: new Uint8Array(values.length),
});
const ramp = (low: number, high: number): number[] =>
  Array.from({ length: 1001 }, (_, i) => low + ((high - low) * i) / 1000);

describe('suggestRange', () => {
  it.each([
    ['a signal starts at 0', ramp(3, 1480), [0, 1600]],
    ['one bright vessel does not stretch it', [...ramp(0, 100), 1e6], [0, 100]],
    ['times far from 0 keep their lower end', ramp(38, 52), [38, 52]],
    ['values of both signs', ramp(-4, 7), [-4, 8]],
    ['one value everywhere', [5, 5, 5], [5, 10]],
    ['zero everywhere', [0, 0], [0, 1]],
    ['no values', [Number.NaN, Number.POSITIVE_INFINITY], [0, 1]],
  ])('%s', (_, values, range) => expect(suggestRange(map(values))).toEqual(range));
});
