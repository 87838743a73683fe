/**
 * The picture in README.md: a virtual patient's liver, fitted from four images, over the first image.
 * `node scripts/readme-picture.ts` writes `docs/images/liver-t1rho.png`; the same bytes each time.
 */
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { imageAt } from '../src/core/volume.ts';
import { createWarningSink } from '../src/core/warnings.ts';
import { fitSeries } from '../src/fit/fit-series.ts';
import { type NiftiImage, readNifti } from '../src/io/nifti/read.ts';
import { mapPreviewSvg } from '../src/report/map-preview.ts';
import { rasterise } from '../src/runtime/node/rasterise.ts';

const SEED = 7;
const SLICE = 1;
const LIVER = 'liver';

const root = resolve(import.meta.dirname, '..');
const picture = join(root, 'docs/images/liver-t1rho.png');
const cohort = mkdtempSync(join(tmpdir(), 'rhomap-picture-'));
const read = (path: string): NiftiImage =>
  readNifti(readFileSync(join(cohort, path)), path, createWarningSink());

try {
  const call = ['simulate', '-o', cohort, '--patients', '1', '--seed', String(SEED), '--quiet'];
  execFileSync(process.execPath, [join(root, 'src/cli/main.ts'), ...call]);
  const { grid, values } = read('sub-001/anat/sub-001_spinlock.nii.gz');
  const tissue = read('derivatives/truth/sub-001/anat/sub-001_desc-tissue_dseg.nii.gz');
  const names = readFileSync(join(cohort, 'derivatives/truth/desc-tissue_dseg.tsv'), 'utf8');
  const liver = Number(
    names
      .split('\n')
      .find((line) => line.split('\t').includes(LIVER))!
      .split('\t')[0],
  );
  const labels = Uint16Array.from(tissue.values, (label) => Number(label === liver));

  const series = { grid, tslMs: [0, 10, 30, 50], signal: values };
  const fit = fitSeries(series, {}, { mask: { grid, labels } });
  const svg = mapPreviewSvg({
    map: fit.time,
    slices: [SLICE],
    range: [25, 65],
    title: 'Liver T1ρ',
    subtitle: `virtual patient, least squares of ${series.tslMs.length} images`,
    footer: 'rhomap · research use only',
    underlay: imageAt(series, 0),
  });
  mkdirSync(dirname(picture), { recursive: true });
  writeFileSync(picture, rasterise(svg, 1));
  console.log(picture);
} finally {
  rmSync(cohort, { recursive: true });
}
