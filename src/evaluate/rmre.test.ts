import { describe, expect, it } from 'vitest';
import { rmrePerSlice } from './rmre.ts';

describe('RMRE', () => {
  const grid = {
    nColumns: 2,
    nRows: 2,
    nSlices: 2,
    affine: [1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1],
  };

  it('is the mean relative error of a slice in percent, over its ROI alone', () => {
    const target = Float32Array.of(40, 50, 40, 1, 50, 50, 50, 50);
    const predicted = Float32Array.of(44, 45, 40, 99, 50, 60, 50, 50);
    const roi = { grid, labels: Uint16Array.of(1, 1, 2, 0, 1, 1, 0, 0) };
    const [first, second] = rmrePerSlice(predicted, target, roi);
    expect(first).toBeCloseTo((10 + 10 + 0) / 3, 5);
    expect(second).toBeCloseTo(10, 5);
  });

  it('leaves out voxels without a value, and has none for a slice without a ROI', () => {
    const target = Float32Array.of(Number.NaN, 50, 50, 50, 50, 50, 50, 50);
    const predicted = Float32Array.of(44, Number.NaN, 55, 50, 50, 50, 50, 50);
    const roi = { grid, labels: Uint16Array.of(1, 1, 1, 0, 0, 0, 0, 0) };
    const [first, second] = rmrePerSlice(predicted, target, roi);
    expect(first).toBeCloseTo(10, 5);
    expect(second).toBeNaN();
  });
});
