import { describe, expect, it } from 'vitest';
import { builtInPreset } from '../cohort/preset.ts';
import type { CohortOptions } from '../cohort/simulate-patient.ts';
import { calibrateCohort } from './calibrate.ts';
import type { MeasurePort } from './measure-cohort.ts';
import type { SliceMeasures } from './patient-measures.ts';

/** A scanner that answers at once: errors as noise over SNR, plus a bias by the fast share. */
const toyScanner: MeasurePort = async ({ parameters, nPatients }, index) => {
  const { noise, tissue, readout } = parameters;
  const z = (2 * (index + 0.5)) / nPatients - 1;
  const noisePercent = (125 / noise.snr) * Math.exp(2 * noise.snrLogSdPatients * z);
  const bias = 11 * tissue.fastShare * (1 + 10 * tissue.fastShareSd * z);
  const coarsePercent = 1.25 * noisePercent + bias;
  const bm3dPercent = coarsePercent * (1.05 - 0.16 * readout.ringingFilter);
  const measures = { participant: String(index), slice: 0, roiPixels: 9, coarsePercent, bm3dPercent };
  return [{ ...measures, floorPercent: noisePercent } as unknown as SliceMeasures];
};

describe('calibration', () => {
  const cohort: CohortOptions = { parameters: builtInPreset('paper'), nPatients: 17, seed: 1 };
  cohort.parameters.noise.snr = 42;
  cohort.parameters.tissue.fastShare = 0.11;

  it('meets the rows that need no learning, inside the plausible ranges, and logs every step', async () => {
    const seen: number[] = [];
    const { best, log, parameters } = await calibrateCohort(
      cohort,
      toyScanner,
      ({ step }) => seen.push(step),
      8,
    );
    expect(seen).toEqual(log.map(({ step }) => step));
    expect(best.misfit).toBeLessThan(0.2 * log[0]!.misfit);
    expect(Math.abs(best.results['coarse']! - 4.88)).toBeLessThan(0.15);
    expect(Math.abs(best.results['BM3D']! - 4.82)).toBeLessThan(0.15);
    expect(parameters.noise.snr).toBeCloseTo(best.parameters['SNR']!, 3);
    for (const step of log) {
      expect(step.parameters['fast share']).toBeGreaterThanOrEqual(0.1);
      expect(step.parameters['fast share']).toBeLessThanOrEqual(0.15);
    }
  });
});
