import { expect, it } from 'vitest';
import { type ParametricMap, refineRoi } from '../../../src/index.ts';
import {
  keptCount,
  leftOutAt,
  meanByShare,
  sortRegion,
  suggestedThresholdMs,
  summariseFirst,
} from './refine.ts';
import type { Study } from './study.ts';

const main = { values: Float32Array.of(40, 50, Number.NaN, 60, 45) };
const doubt = { map: { values: Float32Array.of(1, 3, 1, Number.NaN, 2) } };
const study = { main, doubt } as unknown as Study;
const labels = Uint16Array.of(1, 1, 1, 1, 2);

it('counts as the refinement of the library does', () => {
  const grid = {
    nColumns: 5,
    nRows: 1,
    nSlices: 1,
    affine: [1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1],
  };
  const map = (values: Float32Array): ParametricMap => ({
    grid,
    name: 'map',
    unit: 'ms',
    values,
    status: new Uint8Array(5),
  });
  for (const thresholdMs of [0.5, 1, 2, 3, 9]) {
    const rule = { kind: 'threshold', thresholdMs, from: 'user' } as const;
    const { mask } = refineRoi({ grid, labels }, map(main.values), map(doubt.map.values), rule);
    const there = mask.labels.filter((label) => label === 1).length;
    expect(keptCount(sortRegion(study, labels, 1), thresholdMs)).toBe(there);
    const isLeftOut = leftOutAt(study, thresholdMs);
    expect(labels.map((label, p) => (isLeftOut(p) ? 0 : label))).toEqual(mask.labels);
  }
});

it('orders a region by doubt: unknown last, pixels without a value left out', () => {
  const sorted = sortRegion(study, labels, 1);
  expect([...sorted.values]).toEqual([40, 50, 60]);
  expect([...sorted.doubts]).toEqual([1, 3, Number.POSITIVE_INFINITY]);
  expect(keptCount(sorted, 3)).toBe(2);
  expect(summariseFirst(sorted, 2).mean).toBe(45);
  expect(suggestedThresholdMs(sorted)).toBeCloseTo(2 + Math.SQRT2, 12);
});

it('the mean at full share is the mean of all', () => {
  expect(meanByShare(sortRegion(study, labels, 1)).at(-1)).toEqual([1, 50]);
  expect(meanByShare(sortRegion(study, labels, 7))).toEqual([]);
});
