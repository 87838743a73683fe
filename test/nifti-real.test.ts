/** The shared T2 series as files from the field: voxels and affine equal nibabel's, times come from its sidecar. */
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { createWarningSink } from '../src/core/warnings.ts';
import { maskFromNifti } from '../src/io/nifti/mask.ts';
import { type NiftiImage, readNifti } from '../src/io/nifti/read.ts';
import { assembleNiftiSeries } from '../src/io/nifti/series.ts';
import { parseNiftiSidecar } from '../src/io/nifti/sidecar.ts';

const folder = join(import.meta.dirname, '../examples/data/relaxometry-t2');
const stored = JSON.parse(readFileSync(join(import.meta.dirname, 'data/nifti/real.json'), 'utf8')) as Record<
  string,
  { shape: number[]; affine: number[]; sha256: string }
>;
const read = (name: string): NiftiImage =>
  readNifti(readFileSync(join(folder, name)), name, createWarningSink());

describe('the shared T2 series', () => {
  it.each(Object.entries(stored))('%s reads as nibabel reads it', (name, { shape, affine, sha256 }) => {
    const { grid, nVolumes, values, orientation } = read(name);
    expect([grid.nColumns, grid.nRows, grid.nSlices, nVolumes]).toEqual([...shape, 1].slice(0, 4));
    expect(grid.affine.map((v) => v + 0)).toEqual(affine.map((v) => v + 0));
    expect(createHash('sha256').update(new Uint8Array(values.buffer)).digest('hex')).toBe(sha256);
    // Neither form is set in these files: nobody can say which side is left.
    expect(orientation).toBe('none');
  });

  it('becomes a series with the echo times of its sidecar, and its mask fits', () => {
    const sidecar = parseNiftiSidecar(readFileSync(join(folder, 't2.json'), 'utf8'), 't2.json');
    const series = assembleNiftiSeries([{ image: read('t2.nii.gz'), sidecar }], {
      tslFrom: 'echo-time',
    });
    expect(series.tslMs).toEqual(Array.from({ length: 30 }, (_, i) => Math.round(128 * (i + 1)) / 10));
    const { labels } = maskFromNifti(read('t2_mask.nii.gz'), { grid: series.grid });
    expect(labels.reduce((n, label) => n + label, 0)).toBeGreaterThan(2000);
  });
});
