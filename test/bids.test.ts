/** From DICOM to a BIDS data set, to derivatives in seconds, to a table of the group; nibabel and JSON read them. */
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { voxelCount } from '../src/core/grid.ts';
import { writeNifti } from '../src/io/nifti/write.ts';
import { withParticipant } from '../src/pipeline/bids.ts';
import { rhomap } from './support/cli.ts';
import { OBLIQUE_GRID as grid, writeSpinLockSeries } from './support/spin-lock-dicom.ts';

const folder = mkdtempSync(join(tmpdir(), 'rhomap-bids-'));
afterAll(() => rmSync(folder, { recursive: true }));
const at = (...path: string[]): string => join(folder, ...path);
const json = (...path: string[]): Record<string, unknown> => JSON.parse(readFileSync(at(...path), 'utf8'));
const out = 'study/derivatives/rhomap';
const files = (path: string): string[] =>
  readdirSync(at(path), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(at(path).length + 1))
    .sort();

beforeAll(async () => {
  mkdirSync(at('scan'));
  writeSpinLockSeries(at('scan'), { PatientName: 'Secret^Name', PatientID: 'MRN4711' });
  const values = Uint16Array.from({ length: voxelCount(grid) }, (_, i) =>
    i % 20 > 5 && i % 20 < 11 ? 1 : 0,
  );
  writeFileSync(at('roi.nii.gz'), writeNifti({ grid, values, orientation: 'scanner', description: '' }));
  for (const subject of ['001', 'sub-B2']) {
    const flags = ['--tsl', '0,10,30,50', '-o', at('study'), '--subject', subject, '--roi', at('roi.nii.gz')];
    const { code, error } = await rhomap('bids', at('scan'), ...flags);
    expect(code, error).toBe(0);
  }
  const { code, error } = await rhomap('bids-app', at('study'), at(out), 'participant');
  expect(code, error).toBe(0);
});

describe('rhomap bids', () => {
  it('makes a raw data set without identity, times in seconds', () => {
    expect(files('study').filter((path) => !path.startsWith('derivatives/rhomap'))).toEqual([
      ...['.bidsignore', 'README', 'dataset_description.json', 'derivatives/rois/dataset_description.json'],
      ...['001', 'B2'].map((id) => `derivatives/rois/sub-${id}/anat/sub-${id}_desc-roi_mask.nii.gz`),
      'participants.tsv',
      ...['001', 'B2'].flatMap((id) =>
        ['json', 'nii.gz'].map((end) => `sub-${id}/anat/sub-${id}_spinlock.${end}`),
      ),
    ]);
    expect(json('study/sub-001/anat/sub-001_spinlock.json')['SpinLockTime']).toEqual([0, 0.01, 0.03, 0.05]);
    expect(json('study/dataset_description.json')).toMatchObject({
      BIDSVersion: '1.11.0',
      DatasetType: 'raw',
    });
    expect(readFileSync(at('study/participants.tsv'), 'utf8')).toBe('participant_id\nsub-001\nsub-B2\n');
    for (const path of files('study')) expect(readFileSync(at('study', path)).includes('Secret')).toBe(false);
  });

  it('keeps what others added to the table of participants', () => {
    expect(withParticipant('sex\tparticipant_id\nF\tsub-1\n', 'sub-2')).toBe(
      'sex\tparticipant_id\nF\tsub-1\nn/a\tsub-2\n',
    );
    expect(withParticipant('participant_id\r\nsub-1\r\n', 'sub-1')).toBe('participant_id\nsub-1\n');
  });

  it('refuses a subject that is there, and labels that are no file names', async () => {
    const add = (subject: string): ReturnType<typeof rhomap> =>
      rhomap('bids', at('scan'), '--tsl', '0,10,30,50', '-o', at('study'), '--subject', subject);
    expect(await add('001')).toMatchObject({ code: 2, error: expect.stringContaining('--force') });
    expect(await add('../x')).toMatchObject({ code: 2, error: expect.stringContaining('no BIDS label') });
  });
});

describe('rhomap bids-app', () => {
  it('writes maps in seconds: those of rhomap fit, which reads the same data set', async () => {
    const image = at('study/sub-001/anat/sub-001_spinlock.nii.gz');
    expect(await rhomap('fit', image, '-o', at('maps'))).toMatchObject({ code: 0 });
    const script = `
import sys, nibabel as nib, numpy as np
ms, s = (nib.load(p) for p in sys.argv[1:])
a, b = ms.get_fdata(dtype=np.float32), s.get_fdata(dtype=np.float32)
assert np.array_equal(ms.affine, s.affine)
assert np.array_equal((a.astype(np.float64) / 1000).astype(np.float32), b, equal_nan=True)
print(np.nanmedian(b))`;
    const map = at(`${out}/sub-001/anat/sub-001_desc-nlls_T1rho.nii.gz`);
    const median = execFileSync('/usr/bin/python3', ['-c', script, at('maps/T1rho_ms.nii.gz'), map], {
      encoding: 'utf8',
    });
    expect(Number(median)).toBeGreaterThan(0.035);
    expect(Number(median)).toBeLessThan(0.055);
    expect(json(`${out}/sub-001/anat/sub-001_desc-nlls_T1rho.json`)).toMatchObject({
      Units: 's',
      Sources: ['bids:raw:sub-001/anat/sub-001_spinlock.nii.gz'],
      EstimationAlgorithm: expect.stringContaining('nlls'),
    });
    expect(json(`${out}/dataset_description.json`)).toMatchObject({
      DatasetType: 'derivative',
      GeneratedBy: [{ Name: 'rhomap' }],
    });
  });

  it('gathers the regions of the group', async () => {
    expect(await rhomap('bids-app', at('study'), at(out), 'group')).toMatchObject({ code: 0 });
    const [header, ...rows] = readFileSync(at(`${out}/group_T1rho.tsv`), 'utf8')
      .trimEnd()
      .split('\n')
      .map((line) => line.split('\t'));
    expect(header!.slice(0, 3)).toEqual(['participant_id', 'label', 'slice']);
    expect(rows.map((row) => row.slice(0, 3).join(' '))).toEqual(
      ['sub-001', 'sub-B2'].flatMap((id) => ['1', '2', '3', 'all'].map((slice) => `${id} 1 ${slice}`)),
    );
    const mean = Number(rows[3]![5]);
    expect(mean).toBeGreaterThan(0.039);
    expect(mean).toBeLessThan(0.044);
  });

  it('takes single subjects, and says what is wrong with a call', async () => {
    const app = (...more: string[]): ReturnType<typeof rhomap> =>
      rhomap('bids-app', at('study'), at('other'), ...more);
    expect(await app('participant', '--participant-label', 'B2')).toMatchObject({ code: 0 });
    expect(readdirSync(at('other')).sort()).toEqual(['dataset_description.json', 'sub-B2']);
    expect(await app('participant', '--participant-label', '003')).toMatchObject({
      code: 1,
      error: expect.stringContaining('no sub-003'),
    });
    expect(await app('session')).toMatchObject({ code: 2 });
    expect(await rhomap('bids-app', at('study'), at('study'), 'participant')).toMatchObject({ code: 2 });
    expect(await rhomap('bids-app', at('scan'), at('x'), 'participant')).toMatchObject({ code: 1 });
  });
});
