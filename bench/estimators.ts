/**
 * How far the estimators of T1rho lie from the truth, and how much they scatter: median error and robust SD over 40,000
 * voxels of one decay, for the noise and the deviations from the model that liver images have. The numbers of
 * `docs/explanation/signal-model.md`.
 */
import { createRandom } from '../src/core/random.ts';
import { createVoxelMaps, fitVoxels } from '../src/fit/fit-voxels.ts';
import { FIT_METHODS, type FitMethod, resolveFitOptions } from '../src/fit/options.ts';
import { createFitPlan } from '../src/fit/plan.ts';
import { ricianSample } from '../src/signal/rician.ts';
import { type BenchRecord, median, round } from './benchmark.ts';

const N_VOXELS = 40_000;
const S0 = 1000;

interface Situation {
  readonly name: string;
  readonly timeMs: number;
  /** S0 over the noise SD. */
  readonly snr: number;
  readonly tslMs?: readonly number[];
  /** Part of S0 that decays with 6 ms. */
  readonly fastShare?: number;
  /** Part of S0 that does not decay. */
  readonly offsetShare?: number;
}

const SITUATIONS: readonly Situation[] = [
  { name: 'SNR 100', timeMs: 43, snr: 100 },
  { name: 'SNR 30', timeMs: 43, snr: 30 },
  { name: 'SNR 10', timeMs: 43, snr: 10 },
  { name: 'SNR 30, two TSLs', timeMs: 43, snr: 30, tslMs: [0, 50] },
  { name: 'SNR 10, T 25 ms', timeMs: 25, snr: 10 },
  { name: 'SNR 100, 12 % fast', timeMs: 43, snr: 100, fastShare: 0.12 },
  { name: 'SNR 100, 12 % fast, two TSLs', timeMs: 43, snr: 100, fastShare: 0.12, tslMs: [0, 50] },
  { name: 'SNR 100, offset 5 %', timeMs: 43, snr: 100, offsetShare: 0.05 },
];

export async function run(): Promise<BenchRecord> {
  return { biasAndSdMs: SITUATIONS.map(estimate) };
}

function estimate(situation: Situation): Record<string, string> {
  const { name, timeMs, snr, tslMs = [0, 10, 30, 50], fastShare = 0, offsetShare = 0 } = situation;
  const random = createRandom(name);
  const signal = new Float32Array(tslMs.length * N_VOXELS);
  tslMs.forEach((t, i) => {
    const slow = (1 - fastShare - offsetShare) * Math.exp(-t / timeMs);
    const clean = S0 * (slow + fastShare * Math.exp(-t / 6) + offsetShare);
    for (let voxel = 0; voxel < N_VOXELS; voxel++)
      signal[i * N_VOXELS + voxel] = ricianSample(random, clean, S0 / snr);
  });
  const errors = (method: FitMethod): string => {
    if (method === 'three-parameter' && tslMs.length < 3) return '–';
    const plan = createFitPlan(tslMs, resolveFitOptions({ method, noiseSigma: S0 / snr, cutoffMs: null }));
    const maps = createVoxelMaps(N_VOXELS, plan.nParameters);
    fitVoxels(plan, { signal, nVoxels: N_VOXELS, begin: 0, end: N_VOXELS }, maps);
    const times = [...maps.timeMs].filter((time) => !Number.isNaN(time));
    const bias = median(times) - timeMs;
    // SD of a normal distribution with the same median deviation: a few far-off voxels do not rule it.
    const sd = 1.4826 * median(times.map((time) => Math.abs(time - timeMs - bias)));
    return `${bias < 0 ? '−' : '+'}${round(Math.abs(bias), 2)} ± ${round(sd, 2)}`;
  };
  return { situation: name, ...Object.fromEntries(FIT_METHODS.map((method) => [method, errors(method)])) };
}
