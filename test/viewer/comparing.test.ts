/** Regions in and out as DICOM, visits compared, many patients in one list: each says what the command line says. */
import { cpSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { createWarningSink } from '../../src/core/warnings.ts';
import { readNifti } from '../../src/io/nifti/read.ts';
import { writeNifti } from '../../src/io/nifti/write.ts';
import { axeViolations } from '../support/axe.ts';
import { rhomap, temporaryFolder } from '../support/cli.ts';
import { noise } from '../support/series.ts';
import { drag, dropFiles, saved, useViewer } from './viewer-page.ts';

const open = useViewer();
const EXAMPLE = join(import.meta.dirname, '../../examples/data/virtual-liver/virtual-liver');
const DICOM = join(import.meta.dirname, '../data/dicom/philips');

/** Every third row of the example's mask is of no region. */
function otherMask(path: string): void {
  const bytes = readFileSync(`${EXAMPLE}_mask.nii.gz`);
  const { grid, values } = readNifti(bytes, 'mask', createWarningSink());
  const labels = Uint8Array.from(values, (v, p) => (Math.floor(p / grid.nColumns) % 3 === 0 ? 0 : v));
  writeFileSync(path, writeNifti({ grid, values: labels }));
}

it('says of two visits what rhomap change says, to the last digit, and of a folder who needs a reader first', async () => {
  const folder = temporaryFolder();
  const [first, second, mask] = ['visit1', 'visit2', 'other.nii.gz'].map((name) => join(folder, name)) as [
    string,
    string,
    string,
  ];
  otherMask(mask);
  const map = await rhomap(
    ...['map', `${EXAMPLE}.nii.gz`, '--tsl-from', 'sidecar', '--roi', `${EXAMPLE}_mask.nii.gz`, '-o', second],
  );
  expect(map.code).toBe(0);
  cpSync(second, first, { recursive: true });
  expect((await rhomap('roi', second, '--roi', mask, '-o', join(folder, 'numbers'))).code).toBe(0);
  const cli = await rhomap('change', join(folder, 'numbers'), second, '--unrefined', '--json');
  const [there] = (
    JSON.parse(cli.out) as {
      changes: {
        changeMs: number;
        repeatabilityMs: number;
        levels: { level: number; rangeMs: number[] }[];
      }[];
    }
  ).changes;

  // The list: what does not suit comes first.
  const summary = JSON.parse(readFileSync(join(first, 'summary.json'), 'utf8'));
  summary.results.check = { verdict: 'refuse', reasons: ['noise'] };
  writeFileSync(join(first, 'summary.json'), JSON.stringify(summary));
  const shown = join(folder, 'shown');
  mkdirSync(shown);
  for (const name of ['visit1', 'visit2'])
    cpSync(join(folder, name), join(shown, name === 'visit1' ? 'zz-refused' : 'aa-fine'), {
      recursive: true,
    });
  const { page, faults } = await open({ folder: shown });
  const list = page.getByRole('table', { name: /most doubtful first/ });
  await list.waitFor();
  expect(await list.locator('tbody th').allTextContents()).toEqual(['zz-refused', 'aa-fine']);
  expect(await axeViolations(page)).toEqual([]);
  await page.getByRole('button', { name: 'Open aa-fine' }).click();

  await page.getByTestId('mask').setInputFiles(`${EXAMPLE}_mask.nii.gz`);
  await page.getByTestId('compare').setInputFiles(join(folder, 'numbers', 'summary.json'));
  const change = page.getByRole('region', { name: /^Change since summary/ });
  const shownRange = there!.levels.find(({ level }) => level === 0.95)!.rangeMs;
  const words = (value: number): string =>
    `${value > 0 ? '+' : value < 0 ? '−' : ''}${Math.abs(value).toFixed(2)}`;
  await change.getByText(`${words(there!.changeMs)} ms`).waitFor();
  await change.getByText(`${words(shownRange[0]!)} to ${words(shownRange[1]!)} ms`).waitFor();
  await change.getByText(`± ${there!.repeatabilityMs.toFixed(2)} ms`).waitFor();
  expect(await axeViolations(page)).toEqual([]);

  // The interval of a mean as the command line has it, and the review in the list.
  const overall = summary.results.regions.at(-1);
  const [low, high] = overall.before.intervals[0].levels.find(
    (l: { level: number }) => l.level === 0.95,
  ).rangeMs;
  await page.getByText(`95 % interval of the mean: ${low.toFixed(2)} – ${high.toFixed(2)} ms`).waitFor();
  await page.getByRole('radio', { name: 'Not usable' }).check();
  const project = await saved(page, 'Project file');
  await page.getByRole('button', { name: 'rhomap' }).click();
  expect(await list.getByText('Not usable').count()).toBe(1);

  // A project is a visit too: of the same regions nothing has changed.
  await page.getByRole('button', { name: 'Open zz-refused' }).click();
  await page.getByRole('alert').filter({ hasText: 'does not suit' }).waitFor();
  await page.getByTestId('mask').setInputFiles(`${EXAMPLE}_mask.nii.gz`);
  await page
    .getByTestId('compare')
    .setInputFiles({ name: 'before.rhomap.zip', mimeType: 'application/zip', buffer: project });
  await page
    .getByRole('region', { name: /^Change since before/ })
    .getByText('0.00 ms (0.00 %)')
    .waitFor();
  await page.getByRole('combobox', { name: 'What pane 2 shows' }).selectOption('This − other');
  expect(faults).toEqual([]);
}, 120_000);

it('shows a map of another grid by its nearest voxels, and refuses one from elsewhere', async () => {
  const folder = temporaryFolder();
  const { grid, values } = readNifti(readFileSync(`${EXAMPLE}_mask.nii.gz`), 'mask', createWarningSink());
  const half = {
    nColumns: grid.nColumns / 2,
    nRows: grid.nRows / 2,
    nSlices: grid.nSlices,
    affine: grid.affine.map((v, i) => (i % 4 < 2 && i < 12 ? 2 * v : v)),
  };
  const n = half.nColumns * half.nRows * half.nSlices;
  const coarse = Float32Array.from({ length: n }, (_, p) => 40 + (p % 7));
  writeFileSync(join(folder, 'half.nii.gz'), writeNifti({ grid: half, values: coarse }));
  const far = { ...grid, affine: grid.affine.map((v, i) => (i === 3 ? v + 5000 : v)) };
  writeFileSync(join(folder, 'far.nii.gz'), writeNifti({ grid: far, values: Float32Array.from(values) }));
  const { page, faults } = await open();
  await page.getByRole('button', { name: 'Open the example' }).click();
  await page.getByRole('button', { name: 'Map', exact: true }).click();
  await page.getByRole('application').first().waitFor();
  await page.getByTestId('compare').setInputFiles(join(folder, 'far.nii.gz'));
  await page.getByRole('alert').filter({ hasText: 'lies elsewhere' }).waitFor();
  await page.getByTestId('compare').setInputFiles(join(folder, 'half.nii.gz'));
  const choice = page.getByRole('combobox', { name: 'What pane 2 shows' });
  await choice.selectOption('Other: half.nii.gz (nearest voxel)');
  expect(await choice.locator('option', { hasText: 'This − other' }).count()).toBe(0);
  for (const [name, bytes] of [
    ['noise.json', noise(300, 1)],
    ['empty.json', new Uint8Array()],
    ['list.json', new TextEncoder().encode('{"results":{"regions":[{"label":1}]}}')],
    ['noise.rhomap.zip', noise(300, 2)],
    ['noise.nii', noise(400, 3)],
  ] as const) {
    await page.getByTestId('compare').setInputFiles({ name, mimeType: '', buffer: Buffer.from(bytes) });
    await page.getByRole('alert').filter({ hasText: name }).waitFor();
  }
  const seg = Buffer.concat([Buffer.alloc(128), Buffer.from('DICM'), Buffer.from(noise(500, 4))]);
  await page.getByTestId('mask').setInputFiles({ name: 'noise.dcm', mimeType: '', buffer: seg });
  await page.getByRole('alert').filter({ hasText: 'noise.dcm' }).waitFor();
  expect(faults).toEqual([]);
}, 60_000);

it('saves regions as DICOM SEG that the command line and the viewer itself read back', async () => {
  const { page, faults } = await open();
  const files = readdirSync(DICOM, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    // Files of one name in several folders, as folders of one name give them.
    .map((entry) => ({ name: entry.name, bytes: readFileSync(join(entry.parentPath, entry.name)) }));
  await dropFiles(page, files);
  await page.getByRole('button', { name: '0, 10, 30, 50' }).click();
  await page.getByRole('button', { name: 'Map', exact: true }).click();
  const pane = page.getByRole('application').first();
  await pane.waitFor();
  await page.getByRole('button', { name: 'Brush', exact: true }).click();
  await drag(page, pane, [
    [0.3, 0.4],
    [0.6, 0.5],
  ]);
  await page.getByRole('textbox', { name: 'Name of the region' }).fill('Liver, right');
  await page.keyboard.press('Tab');
  await page.getByRole('button', { name: 'New' }).click();
  await pane.focus();
  await page.keyboard.press('PageDown');
  await drag(page, pane, [
    [0.4, 0.6],
    [0.6, 0.6],
  ]);
  const csv = (await saved(page, 'Numbers (CSV)')).toString();
  const seg = await saved(page, 'Regions (DICOM SEG)');

  const folder = temporaryFolder();
  writeFileSync(join(folder, 'roi.dcm'), seg);
  const flags = ['--tsl', '0,10,30,50', '--roi', join(folder, 'roi.dcm')];
  expect((await rhomap('fit', DICOM, ...flags, '-o', join(folder, 'maps'))).code).toBe(0);
  expect(readFileSync(join(folder, 'maps', 'roi.csv'), 'utf8')).toBe(csv);

  await page.getByRole('button', { name: 'Delete Liver, right' }).click();
  await page.getByTestId('mask').setInputFiles(join(folder, 'roi.dcm'));
  await page.getByRole('button', { name: 'Draw in Liver, right' }).waitFor();
  expect((await saved(page, 'Numbers (CSV)')).toString()).toBe(csv);
  // The patient's name is not kept in the browser.
  await page.waitForTimeout(600);
  await page.reload();
  await pane.waitFor();
  await page.getByRole('button', { name: 'Save', exact: true }).click();
  expect(await page.getByRole('button', { name: 'Regions (DICOM SEG)' }).count()).toBe(0);
  expect(faults).toEqual([]);
}, 60_000);

it('fits a tablet without a fault of access', async () => {
  const { page, faults } = await open({ width: 820, height: 1180 });
  expect(await axeViolations(page)).toEqual([]);
  await page.getByRole('button', { name: 'Open the example' }).click();
  await page.getByRole('button', { name: 'Map', exact: true }).click();
  await page.getByRole('application').first().waitFor();
  await page.getByTestId('mask').setInputFiles(`${EXAMPLE}_mask.nii.gz`);
  await page.getByRole('checkbox', { name: 'leave out' }).check();
  await page.waitForTimeout(300);
  expect(await axeViolations(page)).toEqual([]);
  const overflow = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
  expect(overflow).toBeLessThanOrEqual(0);
  expect(faults).toEqual([]);
}, 60_000);
