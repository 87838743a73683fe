import { describe, expect, it } from 'vitest';
import { drawPatient, type RegionErrors } from '../../test/support/regions.ts';
import { createRandom } from '../core/random.ts';
import { CALIBRATION_KEY, readCalibration } from './calibration.ts';
import { estimateErrorCovariance, meanErrorDeviationMs, regionSums } from './error-covariance.ts';
import { fitCalibration } from './fit-calibration.ts';
import { fitIsotonic, recalibrated } from './recalibration.ts';
import { regionMeanError, regionsOfPatient } from './region-means.ts';
import type { RegionSlice } from './region-slice.ts';

const cohort = (seed: string, n: number, errors?: RegionErrors): RegionSlice[][] => {
  const random = createRandom(seed);
  return Array.from({ length: n }, (_, i) => drawPatient(random.fork(i), `p${i}`, errors));
};

describe('recalibration', () => {
  it('finds the curve between stated and true scale, rising everywhere', () => {
    const random = createRandom('isotonic');
    const truth = (stated: number): number => 0.4 + 0.5 * stated ** 1.5;
    const sigma = Float64Array.from({ length: 60_000 }, () => 0.5 + 3 * random.uniform());
    const errors = sigma.map((s) => -truth(s) * Math.log(1 - random.uniform()));
    const curve = fitIsotonic(errors, sigma);
    for (const s of [0.6, 1, 1.7, 2.5, 3.3]) expect(recalibrated(curve, s) / truth(s)).toBeCloseTo(1, 1);
    let before = 0;
    for (let s = 0.01; s < 8; s += 0.01) {
      const now = recalibrated(curve, s);
      expect(now).toBeGreaterThan(before);
      before = now;
    }
  });

  it('pools what falls', () => {
    const curve = fitIsotonic(Float64Array.of(3, 1, 4), Float64Array.of(1, 2, 3));
    expect(curve).toEqual({ kind: 'isotonic', statedMs: [1.5, 3], foundMs: [2, 4] });
  });
});

describe('covariance of errors', () => {
  it('finds what pixels have in common, near and far, and not what slices do not', () => {
    const values = cohort('covariance', 150, { sharedVariance: 0.3 }).map((own) =>
      own.map((slice) => ({
        ...slice,
        values: slice.predictedMs.map((p, i) => (p - slice.truthMs![i]!) / (Math.SQRT2 * slice.sigmaMs[i]!)),
      })),
    );
    const { near, far, betweenSlices } = estimateErrorCovariance(values);
    expect(near[0]).toBeCloseTo(1, 1);
    for (const c of near.slice(1)) expect(Math.abs(c - 0.3)).toBeLessThan(0.06);
    expect(Math.abs(far - 0.3)).toBeLessThan(0.06);
    expect(Math.abs(betweenSlices)).toBeLessThan(0.06);
  });

  it('adds up over all pairs of pixels, as written', () => {
    const covariance = { binMm: 1.5, near: [1, 0.5, 0.25], far: 0.1, betweenSlices: 0.05 };
    const slice = (values: number[], columns: number[]) => ({
      ...{ rows: Uint16Array.from(columns, (_, i) => i % 2), columns: Uint16Array.from(columns) },
      ...{ values: Float64Array.from(values), pixelMm: 1.5 },
    });
    const slices = [slice([1, 2, 3, 1, 2], [0, 0, 1, 5, 9]), slice([2, 2], [3, 4])];
    const pixels = slices.flatMap(({ rows, columns, values }, s) =>
      Array.from(values, (u, i) => ({ s, u, row: rows[i]!, column: columns[i]! })),
    );
    let variance = 0;
    for (const a of pixels)
      for (const b of pixels) {
        const d = Math.round(Math.hypot(a.row - b.row, a.column - b.column));
        variance += a.u * b.u * (a.s !== b.s ? 0.05 : (covariance.near[d] ?? 0.1));
      }
    const deviationMs = meanErrorDeviationMs(regionSums(slices, covariance), covariance);
    expect(deviationMs).toBeCloseTo(Math.sqrt(variance) / 7, 12);
  });

  it('has no answer for a region without pixels', () => {
    const covariance = { binMm: 1, near: [1], far: 0, betweenSlices: 0 };
    expect(() => regionSums([], covariance)).toThrow(/without pixels/);
  });
});

describe('fitCalibration', () => {
  const errors = { trueScale: 1.6, sharedVariance: 0.15, shiftMs: 0.7 };
  const calibration = fitCalibration(cohort('calibration', 120, errors).flat(), 'hash');

  it('finds scale and shift, and survives the file', () => {
    expect(calibration.target.shiftMs).toBeCloseTo(0.7, 1);
    expect(recalibrated(calibration.recalibration, 1.2) / (1.2 * 1.6)).toBeCloseTo(1, 0);
    const stored = readCalibration({ [CALIBRATION_KEY]: JSON.stringify(calibration) }, 'file');
    expect(stored).toEqual(calibration);
  });

  it('covers pixels and means of regions of new patients at the asked levels', () => {
    const { target } = calibration;
    const patients = cohort('new patients', 150, errors).map((own) =>
      own.map((s) => ({ ...s, sigmaMs: s.sigmaMs.map((x) => recalibrated(calibration.recalibration, x)) })),
    );
    target.pixels.forEach(({ level, factor }, k) => {
      let [inside, n] = [0, 0];
      for (const { predictedMs, truthMs, sigmaMs } of patients.flat())
        for (let i = 0; i < sigmaMs.length; i++) {
          n++;
          if (Math.abs(predictedMs[i]! - target.shiftMs - truthMs![i]!) <= factor! * sigmaMs[i]!) inside++;
        }
      expect(Math.abs(inside / n - level)).toBeLessThan(0.02);
      const regions = patients.flatMap((own) =>
        regionsOfPatient(own, 4, createRandom(own[0]!.patient)).map((region) =>
          regionMeanError(region, 'target', target),
        ),
      );
      const held = regions.filter((r) => Math.abs(r.errorMs) <= target.regions[k]!.factor! * r.deviationMs);
      expect(Math.abs(held.length / regions.length - level)).toBeLessThan(0.06);
    });
  });

  it('says that few patients cannot reach high levels, and fewer than four nothing', () => {
    const few = fitCalibration(cohort('few', 9).flat(), 'hash');
    expect(few.target.pixels.map(({ factor }) => factor !== null)).toEqual([true, true, true, false]);
    expect(() => fitCalibration(cohort('few', 3).flat(), 'hash')).toThrow(/at least 4 patients/);
  });
});
