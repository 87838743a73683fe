import { describe, expect, it } from 'vitest';
import { drawPatient } from '../../test/support/regions.ts';
import { createRandom } from '../core/random.ts';
import type { RegionSlice } from '../uncertainty/region-slice.ts';
import { mapErrors } from './map-errors.ts';

/** A slice of three pixels with values that can be counted by hand. */
function slice(dataSet: string, patient: string, refinedMs: number, coarseMs: number): RegionSlice {
  const [first] = drawPatient(createRandom(1), patient);
  const three = (value: number): Float32Array => new Float32Array(3).fill(value);
  return {
    ...first!,
    dataSet,
    coarseMs: three(coarseMs),
    predictedMs: three(refinedMs),
    targetMs: three(40),
    truthMs: three(50),
  };
}

describe('errors of maps', () => {
  it('are means over slices of the relative error, by data set', () => {
    const [paper, hard] = mapErrors([
      slice('paper', 'a', 42, 44),
      slice('paper', 'b', 44, 48),
      slice('hard', 'a', 40, 20),
    ]);
    expect(paper).toMatchObject({ dataSet: 'paper', nPatients: 2 });
    expect(paper!.target.refined.mean).toBeCloseTo(7.5, 5);
    expect(paper!.target.coarse.mean).toBeCloseTo(15, 5);
    expect(paper!.target.coarse.standardDeviation).toBeCloseTo(10 / Math.SQRT2, 5);
    expect(paper!.target.refinedLessOffset.mean).toBeCloseTo(0, 5);
    expect(paper!.truth!.refined.mean).toBeCloseTo(14, 5);
    expect(paper!.truth!.fit.mean).toBeCloseTo(20, 5);
    expect(hard!.target).toMatchObject({ refined: { mean: 0 }, coarse: { mean: 50 } });
  });

  it('leaves the truth out where one slice does not know it', () => {
    const { truthMs: _, ...without } = slice('mine', 'a', 42, 44);
    expect(mapErrors([slice('mine', 'b', 42, 44), without])[0]!.truth).toBeUndefined();
  });
});
