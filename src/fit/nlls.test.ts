import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createRandom } from '../core/random.ts';
import { VOXEL_STATUS } from '../core/status.ts';
import { PARAMETERS } from '../signal/parameters.ts';
import { fitSignal } from './fit-signal.ts';
import { createVoxelMaps, fitVoxels, type VoxelMaps } from './fit-voxels.ts';
import { type FitOptionsInput, resolveFitOptions } from './options.ts';
import { createFitPlan } from './plan.ts';

const PROTOCOLS: readonly (readonly number[])[] = [
  [0, 50],
  [0, 10, 30, 50],
  [0, 25, 50],
  [10, 20, 40, 60],
  [0, 10, 20, 30, 40, 50, 60, 70],
  [0, 7.3, 11.9, 31, 50.01],
  [2.5, 5, 30, 80],
];

/** Fits voxels given one by one; TSLs in the order given. */
function fitAll(
  tslMs: readonly number[],
  voxels: readonly number[][],
  options: FitOptionsInput = {},
): VoxelMaps {
  const nVoxels = voxels.length;
  const signal = new Float32Array(tslMs.length * nVoxels);
  voxels.forEach((y, voxel) => {
    y.forEach((value, i) => {
      signal[i * nVoxels + voxel] = value;
    });
  });
  const plan = createFitPlan(tslMs, resolveFitOptions({ cutoffMs: null, ...options }));
  const maps = createVoxelMaps(nVoxels, plan.nParameters);
  fitVoxels(plan, { signal, nVoxels, begin: 0, end: nVoxels }, maps);
  return maps;
}

/** Residual sum of squares with the best amplitude for a rate; what the fit minimises. */
function cost(tslMs: readonly number[], y: readonly number[], rate: number): number {
  const e = tslMs.map((t) => Math.exp(-rate * t));
  const amplitude = Math.max(0, dot(y, e) / dot(e, e));
  return y.reduce((sum, value, i) => sum + (value - amplitude * e[i]!) ** 2, 0);
}
const dot = (a: readonly number[], b: readonly number[]): number => a.reduce((s, x, i) => s + x * b[i]!, 0);

const plans = PROTOCOLS.map((tslMs) => ({ tslMs, plan: createFitPlan(tslMs, resolveFitOptions()) }));

describe('non-linear least squares', () => {
  it('returns T of noise-free signals to 1e-6 over 5–500 ms and six decades of S0', () => {
    // The kernel takes float32 signals, whose rounding alone moves a long T by more than 1e-6; the solver takes float64.
    fc.assert(
      fc.property(
        fc.constantFrom(...plans),
        fc.double({ min: 5, max: 500, noNaN: true }),
        fc.double({ min: -3, max: 6, noNaN: true }),
        ({ tslMs, plan }, timeMs, decade) => {
          const s0 = 10 ** decade;
          const found = fitSignal(
            plan,
            tslMs.map((t) => s0 * Math.exp(-t / timeMs)),
          );
          expect(Math.abs(found.timeMs / timeMs - 1)).toBeLessThan(1e-6);
          expect(Math.abs(found.s0 / s0 - 1)).toBeLessThan(1e-6);
        },
      ),
      { numRuns: 2000 },
    );
  });

  it('is never worse than a dense grid search, on decays and on anything else', () => {
    const random = createRandom(3);
    for (const tslMs of PROTOCOLS) {
      const voxels = Array.from({ length: 300 }, (_, i) => {
        const noise = [0.01, 0.1, 0.5, 3][i % 4]!;
        const timeMs = 2 * 300 ** random.uniform();
        return tslMs.map((t) => Math.fround(100 * (Math.exp(-t / timeMs) + noise * random.normal())));
      });
      const maps = fitAll(tslMs, voxels, { cutoffMs: PARAMETERS.t1rho.boundsMs });
      voxels.forEach((y, voxel) => {
        let best = Number.POSITIVE_INFINITY;
        for (let g = 0; g <= 3000; g++) best = Math.min(best, cost(tslMs, y, 10 ** (-3 + g / 1000)));
        const code = maps.status[voxel];
        const found = code === VOXEL_STATUS['no-decay'] ? 0 : 1 / maps.timeMs[voxel]!;
        const own = code === VOXEL_STATUS['no-signal'] ? dot(y, y) : cost(tslMs, y, found);
        expect(own).toBeLessThanOrEqual(best + 1e-9 * dot(y, y));
      });
    }
  });

  it('follows the scale of the signal and ignores the order of the images', () => {
    const voxel = fc.array(fc.integer({ min: -5, max: 1000 }), { minLength: 4, maxLength: 4 });
    fc.assert(
      fc.property(voxel, fc.integer({ min: -8, max: 8 }), (y, power) => {
        const tslMs = [0, 10, 30, 50];
        const scale = 2 ** power;
        const one = fitAll(tslMs, [y]);
        const scaled = fitAll(tslMs, [y.map((value) => value * scale)]);
        const mixed = fitAll([30, 0, 50, 10], [[y[2]!, y[0]!, y[3]!, y[1]!]]);
        expect([...scaled.timeMs, ...scaled.standardErrorMs]).toEqual([
          ...one.timeMs,
          ...one.standardErrorMs,
        ]);
        expect(scaled.s0[0]).toEqual(one.s0[0]! * scale);
        for (const map of ['timeMs', 's0', 'r2', 'residual', 'standardErrorMs', 'status', 'quality'] as const)
          expect(mixed[map]).toEqual(one[map]);
      }),
    );
  });

  it('gives the line through both logarithms for two TSLs', () => {
    const maps = fitAll([0, 50], [[300, 100]]);
    expect(maps.timeMs[0]).toBeCloseTo(50 / Math.log(3), 5);
    expect(maps.s0[0]).toBe(300);
    expect(maps.standardErrorMs[0]).toBeNaN();
    const known = fitAll([0, 50], [[300, 100]], { noiseSigma: 5 });
    const expected = ((50 / Math.log(3)) ** 2 / 50) * 5 * Math.hypot(1 / 300, 1 / 100);
    expect(known.standardErrorMs[0]).toBeCloseTo(expected, 4);
  });
});

describe('status and quality', () => {
  const tslMs = [0, 10, 30, 50];
  const decay = (timeMs: number): number[] => tslMs.map((t) => 500 * Math.exp(-t / timeMs));
  const statusOf = (y: number[], options?: FitOptionsInput): number => fitAll(tslMs, [y], options).status[0]!;

  it.each([
    ['ok', decay(43)],
    ['at-lower-cutoff', decay(20)],
    ['at-upper-cutoff', decay(80)],
    ['at-upper-cutoff', decay(5000)],
    ['at-lower-cutoff', [500, 0, 0, 0]],
    ['no-signal', [0, 0, 0, 0]],
    ['no-signal', [-3, -1, -2, -5]],
    ['no-signal', [1, -1e6, -1e6, -1e6]],
    ['no-decay', [100, 110, 120, 130]],
    ['no-decay', [100, 100, 100, 100]],
    ['not-finite', [100, Number.NaN, 40, 30]],
    ['not-finite', [Number.POSITIVE_INFINITY, 50, 40, 30]],
  ] as const)('%s: %s', (name, y) => {
    expect(statusOf([...y], { cutoffMs: [25, 65] })).toBe(VOXEL_STATUS[name]);
  });

  it('clamps T at the cut-off, keeps S0 and R² of the fit, and gives no standard error there', () => {
    const maps = fitAll(tslMs, [decay(80), decay(20), [1, 2, 3, 4]], { cutoffMs: [25, 65] });
    expect([...maps.timeMs]).toEqual([65, 25, Number.NaN]);
    expect(maps.s0[0]).toBeCloseTo(500, 3);
    expect(maps.r2[1]).toBeCloseTo(1, 8);
    expect([...maps.standardErrorMs]).toEqual([Number.NaN, Number.NaN, Number.NaN]);
  });

  it('counts voxels below the noise floor as no signal', () => {
    expect(statusOf(decay(43), { noiseFloor: 499 })).toBe(VOXEL_STATUS.ok);
    expect(statusOf(decay(43), { noiseFloor: 500 })).toBe(VOXEL_STATUS['no-signal']);
  });

  it('flags a real voxel that decays, rises and decays again', () => {
    expect(fitAll(tslMs, [[669, 224, 372, 149]]).quality[0]).toBe(3);
    expect(fitAll(tslMs, [decay(43)]).quality[0]).toBe(0);
  });
});

it('gives no value, but a reason, where the search ends at a bound and there is no cut-off', () => {
  // Far faster than 1 ms, and far slower than 1000 ms.
  const voxels = [
    [1000, 0.001, 0, 0],
    [1000, 999.999, 999.99, 999.98],
  ];
  const maps = fitAll([0, 10, 30, 50], voxels);
  expect([...maps.timeMs]).toEqual([Number.NaN, Number.NaN]);
  expect([...maps.status]).toEqual([VOXEL_STATUS['at-lower-cutoff'], VOXEL_STATUS['at-upper-cutoff']]);
  expect([...fitAll([0, 10, 30, 50], voxels, { cutoffMs: [25, 65] }).timeMs]).toEqual([25, 65]);
});
