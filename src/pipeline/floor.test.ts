import { describe, expect, it } from 'vitest';
import { builtInPreset, changeParameters } from '../cohort/preset.ts';
import { createCohortSimulator, givenImages, type PatientOnScanner } from '../cohort/simulate-patient.ts';
import { createRandom } from '../core/random.ts';
import { drawTargets, floorPercent, type TargetDraws } from './floor.ts';

describe('information floor', () => {
  it('is the mean absolute deviation of targets that are drawn anew, however few the draws', () => {
    const random = createRandom(2);
    for (const nDraws of [4, 8]) {
      const nPixels = 20_000;
      const targets = Float32Array.from({ length: nDraws * nPixels }, () => 43 + 1.5 * random.normal());
      const expected = (100 * 1.5 * Math.sqrt(2 / Math.PI)) / 43;
      expect(floorPercent({ targets, nDraws, nPixels }) / expected).toBeCloseTo(1, 1);
    }
  });

  it('is 0 where the given images determine the target, and not a number without a ROI', () => {
    const targets = new Float32Array(30).fill(40);
    expect(floorPercent({ targets, nDraws: 3, nPixels: 10 })).toBe(0);
    expect(floorPercent({ targets, nDraws: 3, nPixels: 0 })).toBeNaN();
  });
});

describe('targets under other draws', () => {
  const QUIET = { snr: 1e4, snrLogSdPatients: 0, snrLogSdSlices: 0 };
  const STILL = { gainSdFirst: 0, gainSdLast: 0, smoothSd: 0, bloodSd: 0, cardiacSd: 0 };
  const TSL_MS = [0, 10, 30, 50];
  const GIVEN = givenImages(TSL_MS.length);
  const SLICE = 1;

  /** A patient on a coarse scanner (6 mm pixels) that adds next to nothing of its own, but for the changes. */
  const prepare = ({ noise = {}, variation = {} }): PatientOnScanner => {
    const parameters = changeParameters(builtInPreset('paper'), {
      grid: { objectMatrix: 128, matrix: 64, acquiredColumns: 48, acquiredRows: 46 },
      noise: { ...QUIET, ...noise },
      variation: { ...STILL, ...variation },
      motion: { probability: 0 },
    });
    return createCohortSimulator({ parameters, nPatients: 1, seed: 3 }).prepare(0);
  };
  const draw = (patient: PatientOnScanner): TargetDraws => drawTargets(patient, SLICE, TSL_MS, GIVEN, 4, 16);
  const floor = (changes: Parameters<typeof prepare>[0]): number => floorPercent(draw(prepare(changes)));

  /** The same patient, whose given images are taken from draws of the test's choice. */
  const withGiven = (patient: PatientOnScanner, drawOf: (asked: number) => number): PatientOnScanner => ({
    ...patient,
    slices: patient.slices.map((slice) => ({
      ...slice,
      image: (t, asked) => slice.image(t, GIVEN.includes(t) ? drawOf(asked) : asked),
    })),
  });

  it('agree on a scanner that adds nothing, and part with gain or noise alone', () => {
    expect(floor({})).toBeLessThan(0.05);
    const gain = [0.003, 0.012].map((sd) => floor({ variation: { gainSdFirst: sd, gainSdLast: sd } }));
    const noise = [100, 25].map((snr) => floor({ noise: { snr } }));
    // Both spread the logarithm of the images in proportion, and the targets with them.
    for (const [low, high] of [gain, noise]) {
      expect(low).toBeGreaterThan(0.1);
      expect(high! / low!).toBeGreaterThan(3);
      expect(high! / low!).toBeLessThan(5);
    }
  });

  it('hold the two given images, whose own noise adds nothing', () => {
    const patient = prepare({ noise: { snr: 25 } });
    const acquired = draw(patient);
    const held = draw(withGiven(patient, (asked) => (asked === 0 ? 0 : asked + 100)));
    expect(held.targets).toEqual(acquired.targets);
    const others = draw(withGiven(patient, () => 100));
    expect(others.targets).not.toEqual(acquired.targets);
    expect(floorPercent(others) / floorPercent(acquired)).toBeCloseTo(1, 1);
  });
});
