/** The paper's metrics on simulated ROI pixels whose right answers are known. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createRandom, type Random } from '../core/random.ts';
import { meanAndSd } from '../core/statistics.ts';
import {
  calibrationError,
  expectedNormalisedCalibrationError,
  sliceCalibrationError,
} from './calibration-error.ts';
import { laplaceQuality } from './laplace-quality.ts';
import { simulatePerfectCalibration } from './perfect-calibration.ts';
import { rmrePerSlice, roiMeanRelativeError } from './rmre.ts';
import { errorsMs, gatherRoiPixels, type RoiPixels, type RoiSlice } from './roi-pixels.ts';
import { sliceErrorsMs, sliceUncertaintiesMs } from './slice-error.ts';

const laplace = (random: Random, sigma: number): number =>
  (random.uniform() < 0.5 ? 1 : -1) * -sigma * Math.log1p(-random.uniform());

/** Slices of 8×25 pixels with Laplace errors of the stated scale times `trueOverStated`. */
function simulate(nSlices: number, trueOverStated = 1, seed = 'simulate'): RoiSlice[] {
  const random = createRandom(seed);
  return Array.from({ length: nSlices }, (_, s) => {
    const level = Math.exp(0.3 * random.normal());
    const truthMs = new Float32Array(200).map(() => 43 + 4 * random.normal());
    const sigmaMs = truthMs.map(() => level * Math.exp(0.5 * random.normal()));
    const targetMs = truthMs;
    const predictedMs = targetMs.map((t, i) => t + laplace(random, trueOverStated * sigmaMs[i]));
    const roi = new Uint8Array(200).fill(1);
    return {
      id: `slice ${s}`,
      patient: `sub-${Math.floor(s / 3)}`,
      roi,
      predictedMs,
      targetMs,
      truthMs,
      sigmaMs,
    };
  });
}

describe('gatherRoiPixels', () => {
  const slice = (id: string, given: Partial<RoiSlice> = {}): RoiSlice => ({
    id,
    patient: 'sub-1',
    roi: [0, 1, 1, 2],
    predictedMs: Float32Array.of(1, 2, 3, 4),
    targetMs: Float32Array.of(10, 20, 30, 40),
    ...given,
  });

  it('keeps the pixels inside, slice after slice', () => {
    const pixels = gatherRoiPixels([slice('a'), slice('b', { roi: [1, 0, 0, 0] })]);
    expect([...pixels.offsets]).toEqual([0, 3, 4]);
    expect([...pixels.predictedMs]).toEqual([2, 3, 4, 1]);
    expect([...pixels.targetMs]).toEqual([20, 30, 40, 10]);
    expect(pixels).toMatchObject({ sliceIds: ['a', 'b'], nDropped: 0, emptySlices: [] });
  });

  it('leaves out, and counts, pixels without a value in any map', () => {
    const pixels = gatherRoiPixels([
      slice('a', { predictedMs: Float32Array.of(1, Number.NaN, 3, 4), sigmaMs: Float32Array.of(1, 1, 1, 0) }),
      slice('b', { targetMs: new Float32Array(4).fill(Number.NaN), sigmaMs: new Float32Array(4).fill(1) }),
    ]);
    expect([...pixels.predictedMs]).toEqual([3]);
    expect(pixels).toMatchObject({ sliceIds: ['a'], nDropped: 5, emptySlices: ['b'] });
  });

  it('says what is missing: truth, uncertainty, a common grid', () => {
    const pixels = gatherRoiPixels([slice('a')]);
    expect(() => roiMeanRelativeError(pixels, 'truth')).toThrow(/virtual patients/);
    expect(() => sliceUncertaintiesMs(pixels)).toThrow(/no uncertainty/);
    expect(() => gatherRoiPixels([slice('a', { targetMs: new Float32Array(5) })])).toThrow(
      /a: the ROI has 4/,
    );
  });
});

describe('RMRE', () => {
  const pixels = gatherRoiPixels([
    {
      id: 'a',
      patient: 'p',
      roi: [1, 1],
      predictedMs: Float32Array.of(44, 38),
      targetMs: Float32Array.of(40, 40),
      truthMs: Float32Array.of(44, 38),
    },
    {
      id: 'b',
      patient: 'p',
      roi: [1, 0],
      predictedMs: Float32Array.of(51, 0),
      targetMs: Float32Array.of(50, 1),
      truthMs: Float32Array.of(51, 1),
    },
  ]);

  it('is the mean over slices of slice means, in percent of the target', () => {
    const rmre = roiMeanRelativeError(pixels);
    expect([...rmre.perSlice]).toEqual([7.5, 2]);
    expect(rmre.mean).toBeCloseTo(4.75, 12);
    expect(rmre.standardDeviation).toBeCloseTo(5.5 / Math.SQRT2, 12);
    expect(roiMeanRelativeError(pixels, 'truth').mean).toBe(0);
  });

  it('of a volume agrees with that of its gathered slices', () => {
    const slices = simulate(2);
    const join = (key: 'predictedMs' | 'targetMs'): Float32Array =>
      Float32Array.from([...slices[0][key], ...slices[1][key]]);
    const affine = [1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1];
    const grid = { nColumns: 25, nRows: 8, nSlices: 2, affine };
    const volume = rmrePerSlice(join('predictedMs'), join('targetMs'), {
      grid,
      labels: new Uint16Array(400).fill(3),
    });
    const { perSlice } = roiMeanRelativeError(gatherRoiPixels(slices));
    volume.forEach((value, s) => {
      expect(value).toBeCloseTo(perSlice[s], 9);
    });
  });
});

describe('slice values', () => {
  const pixels = gatherRoiPixels([
    {
      id: 'a',
      patient: 'p',
      roi: [1, 1],
      predictedMs: Float32Array.of(41, 38),
      targetMs: Float32Array.of(40, 40),
      sigmaMs: Float32Array.of(1, 3),
    },
  ]);
  it('tell the mean pixel error from the difference of means', () => {
    expect([...sliceErrorsMs(pixels)]).toEqual([1.5]);
    expect([...sliceErrorsMs(pixels, { definition: 'mean-difference' })]).toEqual([0.5]);
  });
  it('offer u = √2·σ and σ', () => {
    expect(sliceUncertaintiesMs(pixels)[0]).toBeCloseTo(2 * Math.SQRT2, 12);
    expect(sliceUncertaintiesMs(pixels, 'scale')[0]).toBe(2);
  });
});

describe('calibration error', () => {
  it('is the weighted gap of the bins (worked by hand)', () => {
    const { value, bins } = calibrationError(Float64Array.of(0, 1, 2), Float64Array.of(1, 1, 3), 2);
    expect(bins.map((b) => [b.nSamples, b.meanUncertainty, b.meanError])).toEqual([
      [1, 0, 1],
      [2, 1.5, 2],
    ]);
    expect(value).toBeCloseTo((1 * 1 + 2 * 0.5) / 3, 12);
  });

  it('puts every sample into a bin, the smallest and largest too, whatever the order', () => {
    const pair = fc.tuple(
      fc.double({ min: 0, max: 50, noNaN: true }),
      fc.double({ min: 0, max: 50, noNaN: true }),
    );
    fc.assert(
      fc.property(
        fc.array(pair, { minLength: 1, maxLength: 60 }),
        fc.integer({ min: 1, max: 9 }),
        (pairs, nBins) => {
          const of = (list: [number, number][]) =>
            calibrationError(
              Float64Array.from(list, (p) => p[0]),
              Float64Array.from(list, (p) => p[1]),
              nBins,
            );
          const result = of(pairs);
          expect(result.bins.reduce((sum, b) => sum + b.nSamples, 0)).toBe(pairs.length);
          expect(result.bins[0].nSamples).toBeGreaterThan(0);
          expect(of(pairs.toReversed()).value).toBeCloseTo(result.value, 9);
        },
      ),
    );
  });

  it('is 0 where error equals uncertainty, and the gap where it differs by a constant', () => {
    const u = Float64Array.from({ length: 50 }, (_, i) => 1 + i / 20);
    expect(calibrationError(u, u).value).toBe(0);
    expect(
      calibrationError(
        u,
        u.map((v) => v + 0.3),
      ).value,
    ).toBeCloseTo(0.3, 12);
    expect(calibrationError(new Float64Array(5).fill(2), new Float64Array(5).fill(3)).value).toBeCloseTo(
      1,
      12,
    );
  });

  it('of a perfect Laplace is near 0 with scale, 0.41·σ with std, 0 with the variance', () => {
    const pixels = gatherRoiPixels(simulate(600));
    const meanSigma = meanAndSd(pixels.sigmaMs!).mean;
    expect(sliceCalibrationError(pixels, { uncertainty: 'scale' }).value).toBeLessThan(0.03 * meanSigma);
    expect(sliceCalibrationError(pixels).value / meanSigma).toBeCloseTo(Math.SQRT2 - 1, 1);
    const variance = sliceCalibrationError(pixels, { uncertainty: 'variance' });
    const meanVariance = meanAndSd(pixels.sigmaMs!.map((s) => 2 * s * s)).mean;
    expect(variance.value).toBeLessThan(0.08 * meanVariance);
  });

  it('refuses what cannot be judged', () => {
    const code = (code: string) => expect.objectContaining({ code });
    const one = Float64Array.of(1);
    expect(() => calibrationError(one, one, 0)).toThrow(code('calibration/bins'));
    expect(() => calibrationError(one, Float64Array.of(1, 2))).toThrow(code('calibration/size'));
    expect(() => calibrationError(new Float64Array(0), new Float64Array(0))).toThrow(
      code('calibration/empty'),
    );
    expect(() => calibrationError(one, Float64Array.of(Number.NaN))).toThrow(code('calibration/not-finite'));
  });
});

describe('simulated perfect calibration', () => {
  // Slices spread evenly over seven bins, errors = uncertainty·(1 ± scatter): each bin's gap is a half-normal mean.
  const random = createRandom('perfect');
  const even = (n: number) =>
    Float64Array.from({ length: n }, (_, i) => 1 + 0.02 * ((i % 7) + (i + 1) / (n + 1)));
  const scatter = (u: Float64Array, cv: number, factor = 1) =>
    u.map((v) => factor * v * (1 + cv * random.normal()));

  it.each([153, 51])('of %i slices follows the closed form', (n) => {
    const u = even(n);
    const ratios = scatter(u, 0.36);
    const { mean } = simulatePerfectCalibration(u, ratios, { random });
    const cv = meanAndSd(ratios.map((e, i) => e / u[i])).standardDeviation;
    const expected = Math.sqrt(2 / Math.PI) * cv * 1.07 * 7 * (Math.sqrt(n / 7) / n);
    expect(mean / expected).toBeGreaterThan(0.85);
    expect(mean / expected).toBeLessThan(1.15);
  });

  it('does not depend on how wrong the model is, only on its scatter', () => {
    const u = even(153);
    const errors = scatter(u, 0.3);
    const right = simulatePerfectCalibration(u, errors, { random: createRandom(1) });
    const wrong = simulatePerfectCalibration(
      u,
      errors.map((e) => 3 * e),
      { random: createRandom(1) },
    );
    expect(wrong.mean).toBeCloseTo(right.mean, 9);
  });
});

describe('quality of Laplace scales', () => {
  const quality = (trueOverStated: number) => {
    const pixels: RoiPixels = gatherRoiPixels(simulate(500, trueOverStated, 'quality'));
    return laplaceQuality(errorsMs(pixels), pixels.sigmaMs!);
  };

  it('of perfect scales: nominal coverage, scaling 1, small ENCE', () => {
    const q = quality(1);
    for (const { level, covered } of q.coverage) expect(Math.abs(covered - level)).toBeLessThan(0.006);
    expect(Math.abs(q.sigmaScaling - 1)).toBeLessThan(0.02);
    expect(q.ence).toBeLessThan(0.03);
    expect(q.spearman).toBeGreaterThan(0.2);
  });

  it('shows scales that are half of what they should be', () => {
    const [good, poor] = [quality(1), quality(2)];
    expect(Math.abs(poor.sigmaScaling - 2)).toBeLessThan(0.03);
    expect(Math.abs(poor.coverage[2].covered - (1 - 10 ** -0.5))).toBeLessThan(0.01);
    expect(poor.nll).toBeGreaterThan(good.nll);
    expect(poor.ence).toBeCloseTo(1, 1);
    expect(poor.sharpness).toBeCloseTo(good.sharpness, 9);
  });

  it('ENCE has bins of equal count that hold every sample', () => {
    // One sample a bin: |√(2σ²) − |e|| / √(2σ²), mean of 0, 1 and 0.5.
    const u = [1, 2, 3];
    const sigma = Float64Array.from(u, (v) => v / Math.SQRT2);
    expect(expectedNormalisedCalibrationError(sigma, Float64Array.of(1, 4, 1.5), 7)).toBeCloseTo(0.5, 12);
  });
});
