import { describe, expect, it } from 'vitest';
import { createRandom } from '../src/core/random.ts';
import { createVoxelMaps, fitVoxels, type VoxelMaps } from '../src/fit/fit-voxels.ts';
import { type FitOptionsInput, resolveFitOptions } from '../src/fit/options.ts';
import { createFitPlan } from '../src/fit/plan.ts';
import { cramerRaoTimeMs, DECAY_MODELS } from '../src/signal/decay-model.ts';
import { ricianSample } from '../src/signal/rician.ts';
import { sized, sizeTag } from './support/size.ts';

const S0 = 1000;
const N_DRAWS = sized(120_000, 2_000_000);

/** Fits noisy copies of one decay. */
function fitDraws(
  tslMs: readonly number[],
  timeMs: number,
  draw: (signal: number) => number,
  options: FitOptionsInput,
  nVoxels: number = N_DRAWS,
): VoxelMaps {
  const signal = new Float32Array(tslMs.length * nVoxels);
  tslMs.forEach((t, i) => {
    for (let voxel = 0; voxel < nVoxels; voxel++)
      signal[i * nVoxels + voxel] = draw(S0 * Math.exp(-t / timeMs));
  });
  const plan = createFitPlan(tslMs, resolveFitOptions({ cutoffMs: null, ...options }));
  const maps = createVoxelMaps(nVoxels, plan.nParameters);
  fitVoxels(plan, { signal, nVoxels, begin: 0, end: nVoxels }, maps);
  return maps;
}

function moments(values: Float32Array): { mean: number; sd: number; rms: number } {
  const mean = values.reduce((sum, x) => sum + x, 0) / values.length;
  const variance = values.reduce((sum, x) => sum + (x - mean) ** 2, 0) / values.length;
  const square = values.reduce((sum, x) => sum + x * x, 0) / values.length;
  return { mean, sd: Math.sqrt(variance), rms: Math.sqrt(square) };
}

const CASES = [
  { tslMs: [0, 10, 30, 50], timeMs: 43 },
  { tslMs: [0, 10, 20, 30, 40, 50, 60, 70], timeMs: 60 },
  { tslMs: [0, 7.3, 11.9, 31, 50.01], timeMs: 35 },
];

describe(`Gaussian noise at SNR 100 ${sizeTag(N_DRAWS, 'draws')}`, () => {
  it.each(CASES)(
    'TSL $tslMs, T $timeMs: unbiased at the Cramér–Rao bound, standard errors calibrated',
    ({ tslMs, timeMs }) => {
      const sigma = S0 / 100;
      const bound = cramerRaoTimeMs(DECAY_MODELS['mono-exponential'], [S0, timeMs], tslMs, sigma);
      const random = createRandom(`cramer-rao ${tslMs}`);
      const maps = fitDraws(tslMs, timeMs, (signal) => signal + sigma * random.normal(), {});
      const { mean, sd } = moments(maps.timeMs);
      expect(Math.abs(mean - timeMs)).toBeLessThan(0.05 * bound);
      expect(Math.abs(sd / bound - 1)).toBeLessThan(0.02);
      // Standard errors from residuals scatter (few degrees of freedom); their mean square is the variance.
      expect(Math.abs(moments(maps.standardErrorMs).rms / sd - 1)).toBeLessThan(0.02);
    },
  );

  it('knows its error better where the noise is known', () => {
    const sigma = S0 / 100;
    const random = createRandom('known noise');
    const draw = (signal: number): number => signal + sigma * random.normal();
    const maps = fitDraws([0, 50], 43, draw, { noiseSigma: sigma });
    const { sd } = moments(maps.timeMs);
    const errors = moments(maps.standardErrorMs);
    expect(Math.abs(errors.mean / sd - 1)).toBeLessThan(0.02);
    expect(errors.sd / errors.mean).toBeLessThan(0.1);
  });
});

describe('magnitude noise at SNR 8', () => {
  it('biases least squares upwards, the Rician fit much less', () => {
    const [sigma, timeMs, tslMs] = [S0 / 8, 25, [0, 10, 30, 50, 70]];
    const bias = (options: FitOptionsInput): number => {
      const random = createRandom('rician');
      const draw = (signal: number): number => ricianSample(random, signal, sigma);
      const times = fitDraws(tslMs, timeMs, draw, options, 20_000).timeMs.sort();
      return times[times.length >> 1]! - timeMs;
    };
    const [least, rician] = [bias({}), bias({ method: 'rician', noiseSigma: sigma })];
    expect(least).toBeGreaterThan(1);
    expect(Math.abs(rician)).toBeLessThan(0.2 * least);
  });
});
