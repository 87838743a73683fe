/**
 * Least-squares maps: voxels per second, on one core and on all, for noisy signals (SNR 50, T1rho 27–63 ms); beside
 * them, in the same run on the same signals, SciPy's `curve_fit` per voxel and a Gauss–Newton vectorised with NumPy.
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { IDENTITY_AFFINE } from '../src/core/affine.ts';
import { createRandom } from '../src/core/random.ts';
import { createSpinLockSeries, type SpinLockSeries } from '../src/core/volume.ts';
import { createVoxelMaps, fitVoxels } from '../src/fit/fit-voxels.ts';
import { type FitOptionsInput, resolveFitOptions } from '../src/fit/options.ts';
import { createFitPlan } from '../src/fit/plan.ts';
import { fitSeriesOnThreads } from '../src/runtime/node/fit-pool.ts';
import { type BenchOptions, type BenchRecord, median, round } from './benchmark.ts';
import { PYTHON } from './rivals.ts';

const N_VOXELS = 1 << 17;
/** Repetitions per round: short ones, so that some fall between the other work of a busy machine. */
const REPEATS = 20;
const SIGMA = 10;

interface Case {
  readonly name: string;
  readonly tslMs: readonly number[];
  readonly options?: FitOptionsInput;
  /** Voxels, where a method is too slow for all. */
  readonly nVoxels?: number;
}

const CASES: readonly Case[] = [
  { name: 'nlls, N = 2', tslMs: [0, 50] },
  { name: 'nlls, N = 4', tslMs: [0, 10, 30, 50] },
  { name: 'nlls, N = 8', tslMs: [0, 10, 20, 30, 40, 50, 60, 70] },
  { name: 'nlls, N = 4, no common step', tslMs: [0, 10.3, 31, 50] },
  { name: 'weighted log-linear, N = 4', tslMs: [0, 10, 30, 50], options: { method: 'weighted-log-linear' } },
  {
    name: 'three-parameter, N = 4',
    tslMs: [0, 10, 30, 50],
    options: { method: 'three-parameter' },
    nVoxels: 1 << 14,
  },
  {
    name: 'rician, N = 4',
    tslMs: [0, 10, 30, 50],
    options: { method: 'rician', noiseSigma: SIGMA },
    nVoxels: 1 << 14,
  },
];

export async function run({ rounds }: BenchOptions): Promise<BenchRecord> {
  const perCore = CASES.map((test) => ({ fit: test.name, voxelsPerSecond: oneCore(test, rounds) }));
  const four = CASES[1]!;
  return {
    perCore,
    voxelsPerSecondPerCore: perCore[1]!.voxelsPerSecond,
    allCores: { workers: availableParallelism(), voxelsPerSecond: await allCores(four, rounds) },
    python: rivals(four),
  };
}

/** The best time: the compiler warms up in the first ones, and other work on the machine only ever adds. */
function oneCore({ tslMs, options, nVoxels = N_VOXELS }: Case, rounds: number): number {
  const { signal } = noisySeries(tslMs, nVoxels);
  const plan = createFitPlan(tslMs, resolveFitOptions(options));
  const maps = createVoxelMaps(nVoxels, plan.nParameters);
  const seconds = Array.from({ length: rounds * REPEATS }, () => {
    const start = performance.now();
    fitVoxels(plan, { signal, nVoxels, begin: 0, end: nVoxels }, maps);
    return (performance.now() - start) / 1000;
  });
  return Math.round(nVoxels / Math.min(...seconds));
}

/** A series large enough that starting the threads does not count; the best time again. */
async function allCores({ tslMs }: Case, rounds: number): Promise<number> {
  const series = noisySeries(tslMs, 64 * N_VOXELS);
  const seconds: number[] = [];
  for (let i = 0; i < rounds * 2; i++) {
    const start = performance.now();
    await fitSeriesOnThreads(series);
    seconds.push((performance.now() - start) / 1000);
  }
  return Math.round((64 * N_VOXELS) / Math.min(...seconds));
}

function noisySeries(tslMs: readonly number[], nVoxels: number): SpinLockSeries {
  const random = createRandom('bench fit');
  const timesMs = Float64Array.from({ length: nVoxels }, () => 27 + 36 * random.uniform());
  const signal = new Float32Array(tslMs.length * nVoxels);
  tslMs.forEach((t, i) => {
    for (let voxel = 0; voxel < nVoxels; voxel++)
      signal[i * nVoxels + voxel] = 500 * Math.exp(-t / timesMs[voxel]!) + SIGMA * random.normal();
  });
  return createSpinLockSeries(
    { nColumns: nVoxels, nRows: 1, nSlices: 1, affine: IDENTITY_AFFINE },
    tslMs,
    signal,
  );
}

/** Speeds of the Python fits, and how far their T1rho lie from ours; `null` where there is no SciPy. */
function rivals({ tslMs }: Case): Record<string, unknown> | null {
  const folder = mkdtempSync(join(tmpdir(), 'rhomap-bench-'));
  try {
    const { signal } = noisySeries(tslMs, N_VOXELS);
    const file = join(folder, 'signal.f32');
    writeFileSync(file, signal);
    const script = join(import.meta.dirname, 'fit-rivals.py');
    const { status, stdout } = spawnSync(PYTHON, [script, file, tslMs.join(',')], {
      encoding: 'utf8',
      env: { ...process.env, OMP_NUM_THREADS: '1', OPENBLAS_NUM_THREADS: '1' },
    });
    if (status !== 0) return null;
    const { medianMs, ...speeds } = JSON.parse(stdout) as Record<string, number>;
    const plan = createFitPlan(tslMs, resolveFitOptions({ cutoffMs: null }));
    const maps = createVoxelMaps(N_VOXELS, 2);
    fitVoxels(plan, { signal, nVoxels: N_VOXELS, begin: 0, end: N_VOXELS }, maps);
    const ours = median([...maps.timeMs]);
    return { ...speeds, medianT1rhoMs: round(medianMs!, 4), ourMedianT1rhoMs: round(ours, 4) };
  } finally {
    rmSync(folder, { recursive: true });
  }
}
