import { describe, expect, it } from 'vitest';
import { createRandom } from '../core/random.ts';
import { floorPercent } from './floor.ts';

describe('information floor', () => {
  it('is the mean absolute deviation of targets that are drawn anew, however few the draws', () => {
    const random = createRandom(2);
    for (const nDraws of [4, 8]) {
      const nPixels = 20_000;
      const targets = Float32Array.from({ length: nDraws * nPixels }, () => 43 + 1.5 * random.normal());
      const expected = (100 * 1.5 * Math.sqrt(2 / Math.PI)) / 43;
      expect(floorPercent({ targets, nDraws, nPixels }) / expected).toBeCloseTo(1, 1);
    }
  });

  it('is 0 where the given images determine the target, and not a number without a ROI', () => {
    const targets = new Float32Array(30).fill(40);
    expect(floorPercent({ targets, nDraws: 3, nPixels: 10 })).toBe(0);
    expect(floorPercent({ targets, nDraws: 3, nPixels: 0 })).toBeNaN();
  });
});
