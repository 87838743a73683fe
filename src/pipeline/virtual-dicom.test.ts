import { describe, expect, it } from 'vitest';
import { builtInPreset, changeParameters } from '../cohort/preset.ts';
import { type CohortOptions, simulatePatient, type VirtualPatient } from '../cohort/simulate-patient.ts';
import { gridDifference } from '../core/grid.ts';
import type { OutputFile } from '../core/summary.ts';
import { createWarningSink } from '../core/warnings.ts';
import { parseDicom } from '../io/dicom/image.ts';
import { loadSeries, scanDicom } from '../io/dicom/load.ts';
import { philipsFiles } from './virtual-dicom.ts';

const parameters = changeParameters(builtInPreset('paper'), {
  grid: { objectMatrix: 128, matrix: 64, acquiredColumns: 48, acquiredRows: 46 },
});
const options: CohortOptions = { parameters, nPatients: 1, seed: 3 };
const patient = simulatePatient(options, 0);
const files = philipsFiles(patient, options);

async function readBack(
  written: readonly OutputFile[],
  tslMs: readonly number[],
): Promise<VirtualPatient['series']> {
  const byName = new Map(written.map(({ path, bytes }) => [path, bytes]));
  const read = async (name: string): Promise<Uint8Array> => byName.get(name)!;
  const sources = [...byName.keys()].reverse().map((name) => ({ name, read: () => read(name) }));
  const { candidates, skipped } = await scanDicom(sources, createWarningSink());
  expect(skipped).toEqual([]);
  expect(candidates.map((c) => [c.kind, c.seriesNumbers, c.proposals])).toEqual([
    ['magnitude', [501, 601, 701], []],
  ]);
  return await loadSeries(candidates[0]!, tslMs, read);
}

describe('virtual DICOM', () => {
  it('is read back as the very same series, once the times are given', async () => {
    const series = await readBack(files, [0, 10, 30, 50]);
    expect(series.signal).toEqual(patient.series.signal);
    expect(gridDifference(series.grid, patient.series.grid, 1e-6)).toBeUndefined();
  });

  it('keeps an oblique, left-handed grid of odd spacings', async () => {
    const [c, s] = [Math.cos(0.3), Math.sin(0.3)];
    const affine = [
      c * 0.857,
      s / 7,
      0,
      91.23456789,
      -s * 0.857,
      c / 7,
      0,
      -33.3,
      0,
      0,
      25.1,
      -1 / 3,
      0,
      0,
      0,
      1,
    ];
    const oblique = { ...patient.series, grid: { ...patient.series.grid, affine } };
    const series = await readBack(philipsFiles({ ...patient, series: oblique }, options), [0, 10, 30, 50]);
    // Slices come back in ascending order along their normal, which points down the other way here.
    expect(gridDifference(series.grid, oblique.grid, 1e-6)).toBeUndefined();
  });

  it('tells the images of a slice apart by number and times alone, and never says the spin-lock time', () => {
    const latin = new TextDecoder('latin1');
    for (const { bytes } of files)
      expect(latin.decode(bytes.subarray(0, bytes.length - 2 * 64 * 64))).not.toMatch(/TSL|spin-?lock/i);
    const frames = files.map(({ path, bytes }) => parseDicom(bytes, path, createWarningSink()).frames[0]!);
    const distinct = (of: (frame: (typeof frames)[number]) => unknown): unknown[] => [
      ...new Set(frames.map(of)),
    ];
    expect(distinct((f) => f.triggerTimeMs)).toEqual([0, 1980, 3980, 6000]);
    expect(distinct((f) => f.temporalPosition)).toEqual([1, 2, 3, 4]);
    expect(distinct((f) => f.echoTimeMs)).toEqual([10]);
    expect(distinct((f) => f.rescale!.slope)).toEqual([patient.stored.slope]);
    expect(distinct((f) => f.scaleSlope)).toEqual([Math.fround(1 / patient.stored.slope)]);
  });

  it('gives an image its own UID, and another one where anything of the cohort differs', () => {
    const uids = (of: CohortOptions): string[] =>
      philipsFiles(patient, of).map(
        ({ path, bytes }) => parseDicom(bytes, path, createWarningSink()).sopInstanceUid,
      );
    const own = uids(options);
    expect(uids(options)).toEqual(own);
    const others = [
      uids({ ...options, seed: 4 }),
      uids({ ...options, nPatients: 2 }),
      uids({ ...options, parameters: builtInPreset('easy') }),
    ];
    const all = [own, ...others].flat();
    expect(new Set(all).size).toBe(4 * 12);
    // 2.25 and a UUID of version 8, variant 2, as a number.
    for (const uid of all)
      expect(BigInt(uid.slice(5)).toString(16).padStart(32, '0')).toMatch(/^.{12}8.{3}[89ab]/);
  });

  it('names the first patient of another cohort differently, and all files of one patient alike', () => {
    const ids = (of: CohortOptions): string[] =>
      philipsFiles(patient, of).map(
        ({ bytes }) => /sub-001-[0-9a-f]{8}/.exec(new TextDecoder('latin1').decode(bytes))![0],
      );
    const cohorts = [options, { ...options, seed: 4 }, { ...options, parameters: builtInPreset('easy') }];
    expect(cohorts.map((of) => new Set(ids(of)).size)).toEqual([1, 1, 1]);
    expect(new Set(cohorts.flatMap(ids)).size).toBe(3);
  });
});
