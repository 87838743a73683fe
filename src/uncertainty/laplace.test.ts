import { describe, expect, it } from 'vitest';
import { createRandom } from '../core/random.ts';
import {
  laplaceIntervalFactor,
  laplaceNll,
  sigmaFromStandardDeviation,
  sigmaMsFromLogScale,
  sigmaScaling,
  standardDeviationFromSigma,
} from './laplace.ts';

const N = 200_000;
const random = createRandom('laplace');
const draw = (sigma: number): Float64Array =>
  Float64Array.from({ length: N }, () => {
    const magnitude = -sigma * Math.log1p(-random.uniform());
    return random.uniform() < 0.5 ? magnitude : -magnitude;
  });

describe('the Laplace distribution', () => {
  const errors = draw(1.7);

  it('has standard deviation √2·σ', () => {
    const rms = Math.sqrt(errors.reduce((sum, e) => sum + e * e, 0) / N);
    expect(Math.abs(rms / standardDeviationFromSigma(1.7) - 1)).toBeLessThan(0.01);
    expect(sigmaFromStandardDeviation(standardDeviationFromSigma(1.7))).toBeCloseTo(1.7, 12);
  });

  it.each([0.5, 0.8, 0.9, 0.95])('lies inside its central interval with probability %d', (level) => {
    const halfWidth = 1.7 * laplaceIntervalFactor(level);
    const inside = errors.filter((e) => Math.abs(e) <= halfWidth).length / N;
    // Four standard errors of a share.
    expect(Math.abs(inside - level)).toBeLessThan(4 * Math.sqrt((level * (1 - level)) / N));
  });

  it('has its lowest likelihood loss at the true scale', () => {
    const loss = (sigma: number): number => errors.reduce((sum, e) => sum + laplaceNll(e, sigma), 0) / N;
    expect(loss(1.7)).toBeLessThan(loss(1.6));
    expect(loss(1.7)).toBeLessThan(loss(1.8));
    // Entropy 1 + ln(2σ).
    expect(loss(1.7)).toBeCloseTo(1 + Math.log(3.4), 2);
  });

  it('gets its scale right by σ-scaling', () => {
    expect(sigmaScaling(errors, new Float64Array(N).fill(0.5)) * 0.5).toBeCloseTo(1.7, 1);
  });
});

it('reads σ in ms from the network’s log scale', () => {
  expect(sigmaMsFromLogScale(0)).toBe(40);
  expect(sigmaMsFromLogScale(Math.log(0.025))).toBeCloseTo(1, 12);
});
