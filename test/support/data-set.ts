import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Grid } from '../../src/core/grid.ts';
import { writeNifti } from '../../src/io/nifti/write.ts';
import { syntheticSlices } from './slices.ts';

const TSL = [0, 10, 30, 50];

/** The grid of its images, one slice. */
export const dataSetGrid = (size: number): Grid => ({
  nColumns: size,
  nRows: size,
  nSlices: 1,
  affine: [-3, 0, 0, 48, 0, -3, 0, 48, 0, 0, 7, 0, 0, 0, 0, 1],
});

/** A small data set in our layout: one slice per patient, two stages. Returns the patients' ids. */
export function writeDataSet(folder: string, nPatients: number, size: number): string[] {
  const grid = dataSetGrid(size);
  const write = (path: string, content: Uint8Array | string): void => {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), content);
  };
  const slices = syntheticSlices(nPatients, size, 7, TSL);
  const ids = slices.map((_, i) => `sub-${String(i + 1).padStart(3, '0')}`);
  ids.forEach((id, i) => {
    const { contrasts, roi } = slices[i]!;
    write(`${id}/anat/${id}_spinlock.nii.gz`, writeNifti({ grid, values: contrasts, nVolumes: TSL.length }));
    write(`${id}/anat/${id}_spinlock.json`, JSON.stringify({ SpinLockTime: TSL.map((ms) => ms / 1000) }));
    write(`derivatives/rois/${id}/anat/${id}_desc-roi_mask.nii.gz`, writeNifti({ grid, values: roi }));
  });
  const rows = ids.map((id, i) => [id, i % 2 ? 'F' : 'M', 50 + i, `F${i % 2}`].join('\t'));
  write('participants.tsv', `participant_id\tsex\tage\tstage\n${rows.join('\n')}\n`);
  return ids;
}
