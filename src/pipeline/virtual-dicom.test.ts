import { describe, expect, it } from 'vitest';
import { builtInPreset, changeParameters } from '../cohort/preset.ts';
import { simulatePatient } from '../cohort/simulate-patient.ts';
import { gridDifference } from '../core/grid.ts';
import { createWarningSink } from '../core/warnings.ts';
import { loadSeries, scanDicom } from '../io/dicom/load.ts';
import { philipsFiles } from './virtual-dicom.ts';

describe('virtual DICOM', () => {
  const parameters = changeParameters(builtInPreset('paper'), {
    grid: { objectMatrix: 128, matrix: 64, acquiredColumns: 48, acquiredRows: 46 },
  });
  const patient = simulatePatient({ parameters, nPatients: 1, seed: 3 }, 0);
  const files = philipsFiles(patient, 3, parameters);
  const byName = new Map(files.map(({ path, bytes }) => [path, bytes]));
  const read = async (name: string): Promise<Uint8Array> => byName.get(name)!;

  it('is read back as the same series, once the times are given', async () => {
    const sources = [...byName.keys()].reverse().map((name) => ({ name, read: () => read(name) }));
    const { candidates, skipped } = await scanDicom(sources, createWarningSink());
    expect(skipped).toEqual([]);
    expect(candidates.length).toBe(1);
    const [candidate] = candidates;
    expect(candidate!.kind).toBe('magnitude');
    expect(candidate!.seriesNumbers).toEqual([501, 601, 701]);
    expect(candidate!.proposals).toEqual([]);
    const series = await loadSeries(candidate!, [0, 10, 30, 50], read);
    expect(gridDifference(series.grid, patient.series.grid)).toBeUndefined();
    const worst = series.signal.reduce((m, v, i) => Math.max(m, Math.abs(v - patient.series.signal[i]!)), 0);
    expect(worst).toBeLessThan(1e-3);
  });

  it('tells the images of a slice apart by position in time alone, and never says the spin-lock time', () => {
    const latin = new TextDecoder('latin1');
    for (const { bytes } of files)
      expect(latin.decode(bytes.subarray(0, 2048))).not.toMatch(/TSL|spin-?lock/i);
    expect(new Set(files.map(({ path }) => path)).size).toBe(12);
    expect(philipsFiles(patient, 3, parameters)).toEqual(files);
  });
});
