import { describe, expect, it } from 'vitest';
import { createRandom } from '../core/random.ts';
import { inverseNormal, stratifiedNormals } from './stratified-normal.ts';

describe('stratified normal numbers', () => {
  it('has the quantiles of the normal distribution', () => {
    for (const [p, x] of [
      [0.5, 0],
      [0.975, 1.959963984540054],
      [0.001, -3.090232306167813],
      [0.8413447460685429, 1],
    ] as const)
      expect(inverseNormal(p)).toBeCloseTo(x, 10);
  });

  it('has mean 0 and SD 1 in small samples already', () => {
    for (let seed = 0; seed < 20; seed++) {
      const values = stratifiedNormals(17, createRandom(seed));
      const mean = values.reduce((a, b) => a + b, 0) / 17;
      const sd = Math.sqrt(values.reduce((s, v) => s + (v - mean) ** 2, 0) / 16);
      expect(Math.abs(mean)).toBeLessThan(0.12);
      expect(sd).toBeGreaterThan(0.85);
      expect(sd).toBeLessThan(1.32);
    }
  });
});
