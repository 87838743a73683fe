import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { sized, sizeTag } from '../../test/support/size.ts';
import { VOXEL_STATUS } from '../core/status.ts';
import { SPIN_LOCK_MODULES } from '../signal/spin-lock.ts';
import { builtInPreset, changeParameters, type ParameterChanges, type PRESET_NAMES } from './preset.ts';
import { TISSUE_INDEX, type Tissue } from './scene.ts';
import { createCohortSimulator, scanPatient, simulatePatient } from './simulate-patient.ts';

/** A coarse scanner, for speed: 6 mm pixels. */
const COARSE = { objectMatrix: 128, matrix: 64, acquiredColumns: 48, acquiredRows: 46 };
const small = (changes: ParameterChanges = {}, preset: (typeof PRESET_NAMES)[number] = 'paper') =>
  changeParameters(builtInPreset(preset), { ...changes, grid: COARSE });
const NUM_RUNS = sized(4, 60);

/** Vitest's own comparison takes seconds on images. */
const isSame = (a: Float32Array, b: Float32Array): boolean =>
  a.length === b.length && a.every((v, i) => Object.is(v, b[i]));

/** Which organs lie beside air on some slice: wall and skin must part them. */
function touchingAir(labels: Uint8Array): Tissue[] {
  const n = COARSE.matrix;
  return INNER.filter((tissue) =>
    labels.some((label, i) => {
      const column = i % n;
      if (label !== TISSUE_INDEX[tissue]) return false;
      const row = Math.floor(i / n) % n;
      return (
        column === 0 ||
        column === n - 1 ||
        row === 0 ||
        row === n - 1 ||
        [i - 1, i + 1, i - n, i + n].some((j) => labels[j] === TISSUE_INDEX.air)
      );
    }),
  );
}
const INNER: readonly Tissue[] = ['liver', 'spleen', 'kidney', 'pancreas', 'lung', 'gas', 'fluid', 'csf'];

describe('virtual patient', { timeout: 300_000 }, () => {
  it('is the same whether simulated alone or among others, and differs from the next', () => {
    const options = { parameters: small(), nPatients: 4, seed: 3 };
    const simulator = createCohortSimulator(options);
    simulator.simulate(0);
    const among = simulator.simulate(2);
    const alone = simulatePatient(options, 2);
    expect(alone.participant).toEqual(among.participant);
    expect(isSame(alone.series.signal, among.series.signal)).toBe(true);
    expect(isSame(alone.truth.t1rho.values, among.truth.t1rho.values)).toBe(true);
    expect(isSame(Float32Array.from(alone.roi.labels), Float32Array.from(among.roi.labels))).toBe(true);
    expect(isSame(simulator.simulate(3).series.signal, among.series.signal)).toBe(false);
  });

  it('draws other images of TSL 10 and 30 without touching the given ones', () => {
    const parameters = small();
    const patient = createCohortSimulator({ parameters, nPatients: 1, seed: 3 }).prepare(0);
    const before = [0, 3].map((t) => patient.slices[1]!.image(t, 0));
    patient.slices[1]!.image(1, 4);
    scanPatient(patient, parameters, 2);
    for (const [i, t] of [0, 3].entries())
      expect(isSame(patient.slices[1]!.image(t, 0), before[i]!)).toBe(true);
  });

  it('has a truth that follows the tissue, whatever the scanner does', () => {
    const truthOf = (changes: ParameterChanges) =>
      simulatePatient({ parameters: small(changes), nPatients: 1, seed: 3 }, 0).truth.t1rho.values;
    const truth = truthOf({});
    const isTruth = (changes: ParameterChanges) => isSame(truthOf(changes), truth);
    expect(isTruth({ fields: { b0Scale: 3, b1Mean: [0.7, 0.7] }, noise: { snr: 5 } })).toBe(true);
    expect(truthOf({ variation: { gainSdFirst: 0.3, smoothSd: 0.2 }, motion: { probability: 1 } })).toEqual(
      truth,
    );
    expect(isTruth({ tissue: { fastShare: 0.3 } })).toBe(false);
  });

  it(`is whole and plausible under any preset ${sizeTag(NUM_RUNS, 'patients')}`, () => {
    const share = fc.double({ min: 0, max: 1, noNaN: true });
    const changes = fc.record({
      module: fc.constantFrom(...SPIN_LOCK_MODULES),
      pulse90Ms: fc.double({ min: 0.01, max: 1, noNaN: true }),
      tslMs: fc.uniqueArray(fc.integer({ min: 0, max: 100 }), { minLength: 3, maxLength: 6 }),
      snr: fc.double({ min: 1, max: 200, noNaN: true }),
      b0Scale: fc.double({ min: 0, max: 3, noNaN: true }),
      fastShare: fc.double({ min: 0, max: 0.4, noNaN: true }),
      variation: share,
      motion: share,
      style: fc.constantFrom('careful' as const, 'careless' as const),
      seed: fc.nat(1000),
    });
    fc.assert(
      fc.property(changes, (c) => {
        const parameters = small({
          spinLock: { module: c.module, pulse90Ms: c.pulse90Ms, tslMs: c.tslMs.sort((a, b) => a - b) },
          noise: { snr: c.snr },
          fields: { b0Scale: c.b0Scale },
          tissue: { fastShare: c.fastShare },
          variation: { gainSdLast: 0.2 * c.variation, bloodSd: c.variation, cardiacSd: c.variation },
          motion: { probability: c.motion },
          reader: { style: c.style },
        });
        const { series, roi, truth } = simulatePatient({ parameters, nPatients: 1, seed: c.seed }, 0);
        expect(series.signal.every((v) => Number.isFinite(v) && v >= 0)).toBe(true);
        expect(touchingAir(truth.labels)).toEqual([]);
        const inRoi = [...roi.labels.keys()].filter((i) => roi.labels[i] !== 0);
        const inLiver = inRoi.filter((i) => truth.labels[i] === TISSUE_INDEX.liver).length;
        // A careful reader stays clear of the vessels he sees; one may still fill most of a 6 mm pixel.
        expect(inLiver).toBeGreaterThanOrEqual((c.style === 'careful' ? 0.95 : 0.8) * inRoi.length);
        const inRoiMs = inRoi.map((i) => truth.t1rho.values[i]!).sort((a, b) => a - b);
        expect(inRoiMs[0]).toBeGreaterThan(0);
        const median = inRoiMs[inRoiMs.length >> 1] ?? 45;
        expect(median).toBeGreaterThan(30);
        expect(median).toBeLessThan(65);
        truth.t1rho.status.forEach((status, i) => {
          expect(status === VOXEL_STATUS.masked).toBe(truth.labels[i] === TISSUE_INDEX.air);
        });
      }),
      { numRuns: NUM_RUNS, seed: 1, endOnFailure: true },
    );
  });
});
