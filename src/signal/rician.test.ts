import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { createRandom } from '../core/random.ts';
import {
  besselRatio,
  logBesselI0,
  ricianLogDensity,
  ricianMean,
  ricianSample,
  ricianVariance,
} from './rician.ts';

/** SciPy's values, see the README beside them. */
const reference = JSON.parse(
  readFileSync(join(import.meta.dirname, '../../test/data/rician/reference.json'), 'utf8'),
) as { bessel: [number, number, number][]; rice: [number, number, number, number, number, number][] };

const relative = (a: number, b: number): number => Math.abs(a - b) / Math.max(Math.abs(b), 1e-300);

describe('Rice distribution', () => {
  it('has Bessel functions as exact as SciPy, over both series and without overflow', () => {
    for (const [z, logI0, ratio] of reference.bessel) {
      expect(Math.abs(logBesselI0(z) - logI0)).toBeLessThan(1e-13 * Math.max(1, logI0));
      if (z > 0) expect(relative(besselRatio(z), ratio)).toBeLessThan(1e-12);
    }
    expect(besselRatio(0)).toBe(0);
  });

  it('has density, mean and variance as SciPy', () => {
    for (const [amplitude, sigma, m, logDensity, mean, variance] of reference.rice) {
      expect(Math.abs(ricianLogDensity(m, amplitude, sigma) - logDensity)).toBeLessThan(1e-8);
      expect(relative(ricianMean(amplitude, sigma), mean)).toBeLessThan(1e-10);
      expect(relative(ricianVariance(amplitude, sigma), variance)).toBeLessThan(1e-6);
    }
  });

  it('draws samples of that mean and variance', () => {
    const random = createRandom('rice');
    const n = 200_000;
    const draws = Float64Array.from({ length: n }, () => ricianSample(random, 2, 1.5));
    const mean = draws.reduce((sum, x) => sum + x, 0) / n;
    const variance = draws.reduce((sum, x) => sum + (x - mean) ** 2, 0) / n;
    expect(Math.abs(mean - ricianMean(2, 1.5))).toBeLessThan(4 * Math.sqrt(variance / n));
    expect(Math.abs(variance / ricianVariance(2, 1.5) - 1)).toBeLessThan(4 * Math.sqrt(3 / n));
  });
});
