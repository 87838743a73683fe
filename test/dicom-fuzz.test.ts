import { describe, expect, it } from 'vitest';
import { fuzz } from './support/fuzz.ts';
import { sized, sizeTag } from './support/size.ts';

const N_FILES = sized(5_000, 500_000);
const N_FOLDERS = N_FILES / 50;

describe('mutated DICOM', { timeout: 3_600_000 }, () => {
  it(`files are read or refused with a typed error, without hanging, within 1 GB ${sizeTag(N_FILES, 'files')}`, async () => {
    const { read = 0, ...refused } = Object.fromEntries(await fuzz('dicom.ts', N_FILES));
    // Both outcomes must be common, or the mutations test nothing.
    expect(read).toBeGreaterThan(N_FILES / 20);
    expect(N_FILES - read).toBeGreaterThan(N_FILES / 20);
    expect(Object.keys(refused).length).toBeGreaterThan(10);
  });

  it(`folders are read or refused likewise ${sizeTag(N_FOLDERS, 'folders')}`, async () => {
    const outcomes = await fuzz('dicom-folder.ts', N_FOLDERS);
    expect(outcomes.get('loaded')).toBeGreaterThan(N_FOLDERS / 2);
  });
});
