/**
 * The DICOM path from end to end: a virtual patient goes out as DICOM and as NIfTI, and comes back as the same maps.
 * pydicom and dicom3tools' dciodvfy read the files independently, where they are installed.
 */
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createWarningSink } from '../src/core/warnings.ts';
import { readNifti } from '../src/io/nifti/read.ts';
import { type CliResult, rhomap } from './support/cli.ts';

const PYTHON = '/usr/bin/python3';
const has = (...command: string[]): boolean => spawnSync(command[0]!, command.slice(1)).error === undefined;
const hasPydicom = spawnSync(PYTHON, ['-c', 'import pydicom']).status === 0;

const folder = mkdtempSync(join(tmpdir(), 'rhomap-simulate-dicom-'));
afterAll(() => rmSync(folder, { recursive: true }));
const at = (path: string): string => join(folder, path);

const grid = { objectMatrix: 128, matrix: 84, acquiredColumns: 48, acquiredRows: 46 };
const preset = {
  ...{ schemaVersion: 1, name: 'coarse', description: 'for speed', extends: 'paper' },
  parameters: {
    grid: Object.fromEntries(
      Object.entries(grid).map(([name, value]) => [name, { value, unit: '1', source: 'speed' }]),
    ),
  },
};

function simulate(output: string): Promise<CliResult> {
  const size = ['--patients', '1', '--floor-draws', '0', '--workers', '1', '--seed', '11'];
  return rhomap('simulate', '-o', at(output), '--preset-file', at('preset.json'), '--dicom', ...size);
}

const sha256 = (values: Float32Array): string =>
  createHash('sha256')
    .update(new Uint8Array(values.buffer, values.byteOffset, values.byteLength))
    .digest('hex');

const dicomFiles = (cohort: string): string[] =>
  readdirSync(at(`${cohort}/dicom`), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .sort();

beforeAll(async () => {
  writeFileSync(at('preset.json'), JSON.stringify(preset));
  const { code, error } = await simulate('cohort');
  expect(code, error).toBe(0);
});

describe('rhomap simulate --dicom', () => {
  it('writes a series per slice, which inspect shows as a Philips folder: four images, no times', async () => {
    const names = dicomFiles('cohort').map((path) => path.slice(at('cohort/').length));
    const expected = [501, 601, 701].flatMap((series) =>
      [1, 2, 3, 4].map((n) => `dicom/sub-001/${series}/IM_000${n}.dcm`),
    );
    expect(names).toEqual(expected);
    const { code, out } = await rhomap('inspect', at('cohort/dicom/sub-001'));
    expect(code).toBe(0);
    const row = out.split('\n').find((line) => line.startsWith('1  '))!;
    expect(row.split(/ {2,}/)).toMatchObject([
      ...['1', 'DICOM', 'magnitude', '84×84', expect.any(String), '3', '4', 'none: give --tsl', 'yes'],
      'T1rho_BB … (series 501, 601, 701, magnitude)',
    ]);
    expect(out).not.toMatch(/^2 {2}/m);
  });

  it('is refused without times, and with them fitted to the very maps of the NIfTI file', async () => {
    const withoutTimes = await rhomap('fit', at('cohort/dicom/sub-001'), '-o', at('none'));
    expect(withoutTimes.code).toBe(2);
    expect(withoutTimes.error).toMatch(/--tsl/);
    const inputs = { dicom: 'cohort/dicom/sub-001', nifti: 'cohort/sub-001/anat/sub-001_spinlock.nii.gz' };
    for (const [name, input] of Object.entries(inputs)) {
      const { code, error } = await rhomap('fit', at(input), '--tsl', '0,10,30,50', '-o', at(name));
      expect(code, error).toBe(0);
      expect(error).not.toMatch(/warning/i);
    }
    const maps = readdirSync(at('nifti')).filter((name) => name.endsWith('.nii.gz'));
    expect(maps).toContain('T1rho_ms.nii.gz');
    for (const map of maps)
      expect(readFileSync(at(`dicom/${map}`)).equals(readFileSync(at(`nifti/${map}`))), map).toBe(true);
  });

  it('gives the same bytes for the same seed', async () => {
    await simulate('again');
    const [first, second] = [dicomFiles('cohort'), dicomFiles('again')];
    expect(second.map((path) => basename(path))).toEqual(first.map((path) => basename(path)));
    for (const [i, path] of first.entries())
      expect(readFileSync(path).equals(readFileSync(second[i]!)), path).toBe(true);
  });

  if (hasPydicom)
    it('holds for pydicom what the NIfTI file holds: values, places, spacings', () => {
      const script = `
import sys, json, hashlib, warnings, pydicom, numpy as np
warnings.simplefilter("error")
images = [pydicom.dcmread(p) for p in sys.argv[1:]]
images.sort(key=lambda d: (int(d.TemporalPositionIdentifier), int(d.SeriesNumber)))
values = np.stack([(d.pixel_array * float(d.RescaleSlope) + float(d.RescaleIntercept)).astype("<f4") for d in images])
d = images[0]
print(json.dumps({"sha256": hashlib.sha256(values.tobytes()).hexdigest(), "name": str(d.PatientName),
  "positions": [[float(v) for v in i.ImagePositionPatient] for i in images[:3]],
  "orientation": [float(v) for v in d.ImageOrientationPatient], "spacing": [float(v) for v in d.PixelSpacing],
  "uids": len({i.SOPInstanceUID for i in images}), "series": len({i.SeriesInstanceUID for i in images}),
  "studies": len({i.StudyInstanceUID for i in images}), "valid": all(i.SOPInstanceUID.is_valid for i in images)}))`;
      const { stdout, stderr } = spawnSync(PYTHON, ['-c', script, ...dicomFiles('cohort')], {
        encoding: 'utf8',
      });
      expect(stderr).toBe('');
      const seen = JSON.parse(stdout);
      const path = at('cohort/sub-001/anat/sub-001_spinlock.nii.gz');
      const nifti = readNifti(readFileSync(path), path, createWarningSink());
      const { affine } = nifti.grid;
      expect(seen).toMatchObject({ uids: 12, series: 3, studies: 1, valid: true, name: 'VIRTUAL^sub-001' });
      expect(seen.sha256).toBe(sha256(nifti.values));
      // The affine is diagonal here, with columns to the left and rows to the back: +x and +y in LPS.
      expect(seen.orientation).toEqual([1, 0, 0, 0, 1, 0]);
      expect(seen.spacing.map(Math.fround)).toEqual([-affine[5]!, -affine[0]!]);
      for (const [k, [x, y, z]] of seen.positions.entries())
        expect([x, y, z].map(Math.fround)).toEqual([-affine[3]!, -affine[7]!, affine[11]! + k * affine[10]!]);
    });

  if (has('dciodvfy'))
    it('breaks the standard only where real files do, says dciodvfy', () => {
      for (const path of dicomFiles('cohort')) {
        const { stdout, stderr } = spawnSync('dciodvfy', [path], { encoding: 'utf8' });
        const errors = `${stdout}\n${stderr}`.split('\n').filter((line) => line.startsWith('Error'));
        expect(
          errors.map((line) => line.match(/VelocityEncodingDirection|Laterality|TriggerTime/)?.[0]).sort(),
          path,
        ).toEqual(['Laterality', 'TriggerTime', 'VelocityEncodingDirection']);
      }
    });

  if (has('dcentvfy'))
    it('says the same of patient, study and series in every file, says dcentvfy', () => {
      const { stdout, stderr } = spawnSync('dcentvfy', dicomFiles('cohort'), { encoding: 'utf8' });
      expect(`${stdout}${stderr}`).toBe('');
    });
});
