import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { createRandom } from '../core/random.ts';
import { ricianLogDensity, ricianSample } from '../signal/rician.ts';
import { fitSignal } from './fit-signal.ts';
import { resolveFitOptions } from './options.ts';
import { createFitPlan } from './plan.ts';

const reference = JSON.parse(
  readFileSync(join(import.meta.dirname, '../../test/data/rician/reference.json'), 'utf8'),
) as { tslMs: number[]; fits: [number[], number, number, number][] };

const planFor = (tslMs: readonly number[], noiseSigma: number) =>
  createFitPlan(tslMs, resolveFitOptions({ method: 'rician', noiseSigma, cutoffMs: null }));

describe('Rician fit', () => {
  it('finds the optimum that SciPy finds', () => {
    for (const [signal, sigma, timeMs, s0] of reference.fits) {
      const found = fitSignal(planFor(reference.tslMs, sigma), signal);
      expect(Math.abs(found.timeMs / timeMs - 1)).toBeLessThan(1e-5);
      expect(Math.abs(found.s0 / s0 - 1)).toBeLessThan(1e-5);
    }
  });

  it('is never worse than a grid search of the likelihood, down to SNR 2', () => {
    const tslMs = [0, 10, 30, 50];
    const random = createRandom('rician grid');
    for (const sigma of [20, 100, 250, 500]) {
      const plan = planFor(tslMs, sigma);
      for (let voxel = 0; voxel < 40; voxel++) {
        const truth = 15 + 60 * random.uniform();
        const signal = tslMs.map((t) => ricianSample(random, 1000 * Math.exp(-t / truth), sigma));
        const likelihood = (s0: number, rate: number): number =>
          tslMs.reduce((sum, t, i) => sum + ricianLogDensity(signal[i]!, s0 * Math.exp(-rate * t), sigma), 0);
        const { timeMs, s0 } = fitSignal(plan, signal);
        if (!Number.isFinite(timeMs)) continue;
        let best = Number.NEGATIVE_INFINITY;
        for (let r = 0; r <= 80; r++)
          for (let a = 0; a <= 60; a++)
            best = Math.max(
              best,
              likelihood(Math.max(...signal) * 10 ** (-1 + a / 30), 10 ** (-3 + (3 * r) / 80)),
            );
        expect(likelihood(s0, 1 / timeMs)).toBeGreaterThanOrEqual(best - 1e-9);
      }
    }
  });

  it('is least squares where there is hardly any noise', () => {
    const signal = [500, 396.3, 249.1, 156.2];
    const least = fitSignal(createFitPlan([0, 10, 30, 50], resolveFitOptions()), signal);
    const rician = fitSignal(planFor([0, 10, 30, 50], 0.05), signal);
    expect(rician.timeMs / least.timeMs).toBeCloseTo(1, 6);
  });
});
