/** Agreement, bootstrap by patient and ROI refinement. */
import { describe, expect, it } from 'vitest';
import { createRandom } from '../core/random.ts';
import { blandAltman } from './agreement.ts';
import { bcaInterval, bootstrapByPatient } from './bootstrap.ts';
import { pairMoments } from './pair-moments.ts';
import { pairedTTest, patientMeans } from './paired-t-test.ts';
import { gatherRoiPixels, type RoiSlice } from './roi-pixels.ts';
import { refinementThresholdMs, refineSlices, testRefinement } from './roi-refinement.ts';

describe('Bland–Altman', () => {
  it('gives bias and limits of the differences', () => {
    const result = blandAltman(pairMoments(Float64Array.of(10, 20, 30), Float64Array.of(11, 22, 33)));
    expect(result.bias).toBeCloseTo(2, 12);
    expect(result.standardDeviation).toBeCloseTo(1, 12);
    expect(result.limits[1]).toBeCloseTo(2 + 1.959964, 6);
  });

  it('has intervals that hold the true bias and limit 95 % of the time', () => {
    const random = createRandom('agreement');
    const [nRepeats, n] = [2000, 60];
    const inside = { bias: 0, limit: 0 };
    for (let k = 0; k < nRepeats; k++) {
      const x = Float64Array.from({ length: n }, () => 40 + 5 * random.normal());
      const { biasInterval, upperLimitInterval } = blandAltman(
        pairMoments(
          x,
          x.map((v) => v + 0.5 + random.normal()),
        ),
      );
      const [bias, limit] = [0.5, 0.5 + 1.959964];
      if (biasInterval[0] < bias && bias < biasInterval[1]) inside.bias++;
      if (upperLimitInterval[0] < limit && limit < upperLimitInterval[1]) inside.limit++;
    }
    expect(Math.abs(inside.bias / nRepeats - 0.95)).toBeLessThan(0.02);
    expect(Math.abs(inside.limit / nRepeats - 0.95)).toBeLessThan(0.025);
  });

  it('is NaN, not 0, without enough pairs', () => {
    expect(blandAltman(pairMoments(Float64Array.of(1), Float64Array.of(2))).standardDeviation).toBeNaN();
  });
});

describe('by patient', () => {
  const patients = ['a', 'b', 'a', 'c', 'b'];

  it('slices are averaged first; a slice without a value does not count', () => {
    expect([...patientMeans(Float64Array.of(1, 2, 3, 4, Number.NaN), patients)]).toEqual([2, 2, 4]);
  });

  it('a test skips pairs without a value and says how many it used', () => {
    const test = pairedTTest(Float64Array.of(1, 2, Number.NaN, 4), Float64Array.of(2, 3.5, 1, 5));
    expect(test.n).toBe(3);
    expect(test.meanDifference).toBeCloseTo(3.5 / 3, 12);
    expect(pairedTTest(Float64Array.of(1), Float64Array.of(2)).p).toBeNaN();
  });

  it('slices of one patient stay together in the bootstrap', () => {
    bootstrapByPatient(
      patients,
      (slices) => {
        for (const [p, q] of [
          [0, 2],
          [1, 4],
        ])
          expect(slices.filter((s) => s === p).length).toBe(slices.filter((s) => s === q).length);
        return slices.length;
      },
      { random: createRandom(1), nRepeats: 50 },
    );
  });

  it('the bootstrap is wider than one by slice where slices of a patient are alike, and covers', () => {
    const random = createRandom('coverage');
    const nRepeats = 300;
    let [covered, narrow] = [0, 0];
    for (let k = 0; k < nRepeats; k++) {
      const values = Array.from({ length: 30 }, () => random.normal()).flatMap((v) => [v, v, v]);
      const mean = (slices: readonly number[]): number =>
        slices.reduce((sum, s) => sum + values[s], 0) / slices.length;
      const slices = [...values.keys()];
      const options = { random, nRepeats: 300 };
      const [byPatient, bySlice] = [
        bootstrapByPatient(
          slices.map((s) => `${Math.floor(s / 3)}`),
          mean,
          options,
        ),
        bootstrapByPatient(slices.map(String), mean, options),
      ];
      if (byPatient.bca[0] <= 0 && 0 <= byPatient.bca[1]) covered++;
      if (bySlice.bca[0] <= 0 && 0 <= bySlice.bca[1]) narrow++;
    }
    // 30 patients are few: the bootstrap's coverage is 0.93, not 0.95 (2000 runs), give or take 4 standard errors.
    expect(Math.abs(covered / nRepeats - 0.93)).toBeLessThan(4 * Math.sqrt((0.93 * 0.07) / nRepeats));
    // Standard errors too small by √3 cover 0.74.
    expect(narrow / nRepeats).toBeLessThan(0.85);
  });

  it('repeats from its seed and refuses a single patient', () => {
    const run = () =>
      bootstrapByPatient(patients, (s) => s.length, { random: createRandom(7), nRepeats: 100 });
    expect(run()).toEqual(run());
    expect(() => bootstrapByPatient(['a', 'a'], () => 0, { random: createRandom(7) })).toThrow(
      /two patients/,
    );
    expect(() => bootstrapByPatient(patients, () => 0, { random: createRandom(7), level: 95 })).toThrow(
      /level/,
    );
  });

  it('BCa stays finite where all replicates lie on one side', () => {
    const interval = bcaInterval(5, Float64Array.of(1, 2, 3, 4), Float64Array.of(5, 5), 0.95);
    expect(interval.every(Number.isFinite)).toBe(true);
  });
});

describe('ROI refinement', () => {
  /** Half of each slice's pixels have three times the scale, and errors to match. */
  function simulate(nSlices: number, seed: string): RoiSlice[] {
    const random = createRandom(seed);
    return Array.from({ length: nSlices }, (_, s) => {
      const sigmaMs = Float32Array.from({ length: 400 }, (__, i) => (i % 10 === 0 ? 3 : 1));
      const targetMs = new Float32Array(400).fill(43);
      const predictedMs = targetMs.map((t, i) => t + sigmaMs[i] * random.normal());
      return {
        id: `${s}`,
        patient: `${Math.floor(s / 3)}`,
        roi: new Uint8Array(400).fill(1),
        predictedMs,
        targetMs,
        sigmaMs,
      };
    });
  }
  const validation = gatherRoiPixels(simulate(12, 'validation'));
  const test = gatherRoiPixels(simulate(30, 'test'));

  it('takes μ + SD of u = √2·σ over all validation pixels', () => {
    // σ is 1 or 3 with shares 0.9 and 0.1: mean 1.2, SD 0.6.
    expect(refinementThresholdMs(validation)).toBeCloseTo(Math.SQRT2 * 1.8, 3);
  });

  it('removes what is above, and the slice error falls as it must', () => {
    const refined = refineSlices(test, refinementThresholdMs(validation));
    for (const share of refined.keptShare) expect(share).toBeCloseTo(0.9, 12);
    const result = testRefinement(refined, test.patients, { random: createRandom('refine') });
    // Mean |error| falls from 1.2 to 1 of a half-normal's.
    expect(Math.abs(result.reductionPercent.estimate - 100 / 6)).toBeLessThan(2.5);
    expect(result.reductionPercent.bca[0]).toBeGreaterThan(0);
    expect(result.bySlice).toMatchObject({ n: 30 });
    expect(result.byPatient).toMatchObject({ n: 10 });
    expect(result.byPatient.p).toBeLessThan(1e-4);
    expect(result.byPatient.meanDifference).toBeCloseTo(result.bySlice.meanDifference, 9);
  });

  it('keeps slices in which nothing stays out of the comparison, and says so', () => {
    const refined = refineSlices(test, 0);
    expect([...refined.afterMs].every(Number.isNaN)).toBe(true);
    const partly = { ...refined, afterMs: refined.beforeMs.map((v, s) => (s < 3 ? Number.NaN : v / 2)) };
    const result = testRefinement(partly, test.patients, { random: createRandom('refine') });
    expect(result).toMatchObject({ nSlicesWithoutPixels: 3, bySlice: { n: 27 }, byPatient: { n: 9 } });
    expect(result.reductionPercent.estimate).toBeCloseTo(50, 9);
  });
});
