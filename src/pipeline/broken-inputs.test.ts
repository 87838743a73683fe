import { describe, expect, it } from 'vitest';
import { syntheticSlices } from '../../test/support/slices.ts';
import { createRandom } from '../core/random.ts';
import type { InputRanges } from '../uncertainty/input-checks.ts';
import { BROKEN_CLASSES, type BrokenClass, breakSlice } from './broken-inputs.ts';

const TSL = [0, 10, 30, 50];
const SIZE = 32;
const N = SIZE * SIZE;
const [slice] = syntheticSlices(1, SIZE, 7, TSL) as [ReturnType<typeof syntheticSlices>[number]];
const ranges = { region: { ranges: { regionNoise: { high: Math.log(0.05) } } } } as unknown as InputRanges;
const broken = (kind: BrokenClass['kind'], severity: number) =>
  breakSlice(slice, { name: '', kind, severity, mustFlag: true }, [0, 50], ranges, createRandom(1));
const image = ({ contrasts }: typeof slice, t: number): Float32Array =>
  contrasts.subarray(t * N, (t + 1) * N);
const inside = slice.roi.indexOf(1);

describe('breakSlice', () => {
  it('knows every kind in the list, and breaks nothing but the two images or the region', () => {
    for (const own of BROKEN_CLASSES) {
      const wrong = breakSlice(slice, own, [0, 50], ranges, createRandom(1));
      expect([...wrong.contrasts, ...wrong.roi]).not.toEqual([...slice.contrasts, ...slice.roi]);
      expect(image(wrong, 1)).toEqual(image(slice, 1));
    }
    expect(new Set(BROKEN_CLASSES.map(({ name }) => name)).size).toBe(BROKEN_CLASSES.length);
  });

  it('decays as if the time had been longer, or T1rho', () => {
    const decay = (s: typeof slice): number => Math.log(image(s, 0)[inside]! / image(s, 3)[inside]!);
    expect(decay(broken('tsl-factor', 2)) / decay(slice)).toBeCloseTo(2, 4);
    expect(decay(broken('t1rho-factor', 1.8)) / decay(slice)).toBeCloseTo(1 / 1.8, 4);
    expect(decay(broken('swap', 1)) / decay(slice)).toBeCloseTo(-1, 6);
  });

  it('mirrors the region alone', () => {
    const wrong = broken('roi-mirrored', 1);
    const [row, column] = [Math.floor(inside / SIZE), inside % SIZE];
    expect(wrong.roi[row * SIZE + SIZE - 1 - column]).toBe(1);
    expect(wrong.contrasts).toEqual(slice.contrasts);
  });
});
