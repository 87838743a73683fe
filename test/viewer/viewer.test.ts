/** The way of a user through the viewer, in a real browser: from dropped files to numbers that equal the command line's. */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { expect, it } from 'vitest';
import { writeNifti } from '../../src/io/nifti/write.ts';
import { axeViolations } from '../support/axe.ts';
import { rhomap, temporaryFolder } from '../support/cli.ts';
import { smallModel } from '../support/model.ts';
import { noise, SMALL_GRID, writeMask, writeSeries } from '../support/series.ts';
import { type DroppedFile, drag, dropFiles, saved, useViewer } from './viewer-page.ts';

const DICOM = join(import.meta.dirname, '../data/dicom');
const open = useViewer();

/** What a choice of the menu writes. */
/** Files under a folder, each with its path. */
const filesOf = (folder: string): DroppedFile[] =>
  readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .sort()
    .map((path) => ({ name: path.slice(folder.length + 1).replaceAll('/', '_'), bytes: readFileSync(path) }));

it('from dropped DICOM files over a drawn region to the numbers of the command line', async () => {
  const { page, faults } = await open();
  expect(await axeViolations(page)).toEqual([]);
  await dropFiles(page, filesOf(join(DICOM, 'philips')));
  const times = page.getByRole('textbox', { name: /of the 4 images/ });
  await times.waitFor();
  // Times that the files do not tell are asked for.
  const map = page.getByRole('button', { name: 'Map', exact: true });
  expect(await times.inputValue()).toBe('');
  expect(await map.isDisabled()).toBe(true);
  await times.fill('0, 10, 30');
  await page.getByText('3 TSL values').waitFor();
  await page.getByRole('button', { name: '0, 10, 30, 50' }).click();
  expect(await axeViolations(page)).toEqual([]);
  await map.click();

  const pane = page.getByRole('application').first();
  await pane.waitFor();
  await page.getByRole('button', { name: 'Brush', exact: true }).click();
  await drag(page, pane, [
    [0.3, 0.4],
    [0.6, 0.5],
  ]);
  await page.getByRole('button', { name: 'New' }).click();
  await page.keyboard.press('PageDown');
  await page.getByRole('button', { name: /^Polygon/ }).click();
  const box = (await pane.boundingBox())!;
  for (const [x, y] of [
    [0.3, 0.4],
    [0.7, 0.42],
    [0.5, 0.6],
  ] as const)
    await page.mouse.click(box.x + x * box.width, box.y + y * box.height);
  await pane.press('Enter');
  const numbers = page.getByTestId('numbers');
  expect(await numbers.locator('td').nth(0).textContent()).toMatch(/^\d+$/);
  expect(await axeViolations(page)).toEqual([]);

  const csv = (await saved(page, 'Numbers (CSV)')).toString();
  const mask = await saved(page, 'Regions (NIfTI)');
  const folder = temporaryFolder();
  writeFileSync(join(folder, 'roi.nii.gz'), mask);
  const out = join(folder, 'maps');
  expect(
    Number(
      csv
        .split('\r\n')
        .find((line) => line.startsWith('T1rho,ms,1,Region 1,all'))!
        .split(',')[6],
    ),
  ).toBeGreaterThan(10);
  const cli = await rhomap(
    'fit',
    join(DICOM, 'philips'),
    '--tsl',
    '0,10,30,50',
    '-o',
    out,
    '--roi',
    join(folder, 'roi.nii.gz'),
  );
  expect(cli.error).not.toMatch(/rhomap: /);
  const there = readFileSync(join(out, 'roi.csv'), 'utf8');
  // The mask holds no names; all else is the same text.
  expect(csv.replaceAll(/,Region \d,/g, ',,')).toBe(there);
  expect(there.split('\r\n').length).toBeGreaterThan(10);
  expect(faults).toEqual([]);
});

/** A study on screen: the built-in example, fitted. */
async function openStudy(page: Page): Promise<void> {
  await page.getByRole('button', { name: 'Open the example' }).click();
  await page.getByRole('button', { name: 'Map', exact: true }).click();
  await page.getByRole('application').first().waitFor();
}

const allSlices = (page: Page): Promise<string | null> =>
  page.getByTestId('numbers').locator('tr', { hasText: 'all slices' }).first().textContent();

it('draws, refines, undoes and redoes by keyboard alone', async () => {
  const { page, faults } = await open();
  await openStudy(page);
  const empty = await allSlices(page);
  const pane = page.getByRole('application').first();
  await pane.focus();
  await page.keyboard.press('b');
  await page.keyboard.press('Space');
  for (const key of ['ArrowRight', 'ArrowRight', 'ArrowDown', 'ArrowDown'])
    await page.keyboard.press(`Alt+${key}`);
  const drawn = await allSlices(page);
  expect(drawn).not.toBe(empty);
  await page.keyboard.press('c');
  const copied = await allSlices(page);
  expect(copied).not.toBe(drawn);
  await page.keyboard.press('Control+z');
  expect(await allSlices(page)).toBe(drawn);
  await page.keyboard.press('Control+Shift+z');
  expect(await allSlices(page)).toBe(copied);
  for (let i = 0; i < 20; i++) await page.keyboard.press('Control+z');
  expect(await allSlices(page)).toBe(empty);
  for (let i = 0; i < 20; i++) await page.keyboard.press('Control+Shift+z');
  expect(await allSlices(page)).toBe(copied);

  await page.getByRole('checkbox', { name: 'leave out' }).press('Space');
  const slider = page.getByRole('slider', { name: /above/ });
  await slider.press('Home');
  await page.getByText(/no pixel is certain enough to stay/).waitFor();
  await slider.press('End');
  await pane.focus();
  await page.keyboard.press('v');
  await page.keyboard.press('Space');
  await page.getByRole('img', { name: /Signal against TSL: 0 ms/ }).waitFor();
  await page.keyboard.press('4');
  expect(await page.getByRole('application').count()).toBe(4);
  expect(await axeViolations(page)).toEqual([]);
  await page.getByRole('button', { name: 'Save', exact: true }).press('Enter');
  expect(await axeViolations(page)).toEqual([]);
  await page.getByRole('button', { name: 'Report' }).press('Enter');
  await page.getByRole('dialog').waitFor();
  expect(await axeViolations(page)).toEqual([]);
  await page.keyboard.press('Escape');
  expect(faults).toEqual([]);
});

it('goes on after a reload, from a project file, and forgets when told to', async () => {
  const { page, faults } = await open();
  await dropFiles(page, filesOf(join(DICOM, 'philips')));
  await page.getByRole('button', { name: '0, 10, 30, 50' }).click();
  await page.getByRole('button', { name: 'Map', exact: true }).click();
  await page.getByRole('application').first().waitFor();
  await page.getByRole('button', { name: 'Brush', exact: true }).click();
  await drag(page, page.getByRole('application').first(), [
    [0.4, 0.4],
    [0.55, 0.5],
  ]);
  await page.getByRole('textbox', { name: 'Name of the region' }).fill('Liver, right');
  await page.getByRole('radio', { name: 'Usable with care' }).check();
  const numbers = await allSlices(page);
  const csv = (await saved(page, 'Numbers (CSV)')).toString();
  expect(csv).toContain('"Liver, right"');
  const project = await saved(page, 'Project file');
  const picture = await saved(page, 'Picture (PNG)');
  expect(picture.subarray(1, 4).toString()).toBe('PNG');
  // Longer than the pause after which work is saved.
  await page.waitForTimeout(600);
  await page.reload();
  await page.getByRole('application').first().waitFor();
  expect(await allSlices(page)).toBe(numbers);
  expect(await page.getByRole('radio', { name: 'Usable with care' }).isChecked()).toBe(true);

  await page.getByRole('button', { name: 'Save', exact: true }).click();
  await page.getByRole('button', { name: 'Wipe from this browser' }).click();
  await page.getByText('Drop spin-lock images here').waitFor();
  await page.reload();
  await page.getByText('Drop spin-lock images here').waitFor();
  await dropFiles(page, [{ name: 'study.rhomap.zip', bytes: project }]);
  await page.getByRole('application').first().waitFor();
  expect(await allSlices(page)).toBe(numbers);
  expect((await saved(page, 'Numbers (CSV)')).toString()).toBe(csv);
  expect(faults).toEqual([]);
});

it('keeps what is opened while it still looks for work that was saved', async () => {
  const { page, faults } = await open();
  // What the browser kept is told only when the test asks for it.
  await page.addInitScript(() => {
    const { get } = IDBObjectStore.prototype;
    IDBObjectStore.prototype.get = function (key) {
      const request = get.call(this, key);
      if (key !== 'study') return request;
      const later = {
        get result() {
          return request.result;
        },
        set onsuccess(tell: () => void) {
          Object.assign(globalThis, { tell });
        },
      };
      return later as unknown as IDBRequest;
    };
  });
  await page.reload();
  await page.waitForFunction(() => 'tell' in globalThis);
  await dropFiles(page, filesOf(join(DICOM, 'philips')));
  await page.getByRole('button', { name: '0, 10, 30, 50' }).click();
  await page.getByRole('button', { name: 'Map', exact: true }).click();
  const save = page.getByRole('button', { name: 'Save', exact: true });
  await save.waitFor();
  await page.evaluate(() => (globalThis as unknown as { tell: () => void }).tell());
  await page.waitForTimeout(100);
  expect(await save.isVisible()).toBe(true);
  expect(faults).toEqual([]);
});

it('opens what the command line wrote, with a mask, and says the same numbers', async () => {
  const folder = temporaryFolder();
  writeSeries(join(folder, 'series.nii.gz'), [0, 10, 30, 50]);
  writeMask(join(folder, 'roi.nii.gz'));
  const out = join(folder, 'maps');
  await rhomap(
    'fit',
    join(folder, 'series.nii.gz'),
    '--tsl',
    '0,10,30,50',
    '-o',
    out,
    '--roi',
    join(folder, 'roi.nii.gz'),
  );
  const { page, faults } = await open({ folder: out });
  await page.getByRole('application').first().waitFor();
  await page.getByTestId('mask').setInputFiles(join(folder, 'roi.nii.gz'));
  await page.getByText('Region 2').first().waitFor();
  const csv = (await saved(page, 'Numbers (CSV)')).toString();
  expect(csv.replaceAll(/,Region \d,/g, ',,')).toBe(readFileSync(join(out, 'roi.csv'), 'utf8'));
  // A mask of other images is refused in words.
  await page
    .getByTestId('mask')
    .setInputFiles(join(import.meta.dirname, '../../examples/data/relaxometry-t2/t2_mask.nii.gz'));
  await page.getByRole('alert').filter({ hasText: 'does not lie on the grid' }).waitFor();
  expect(faults).toEqual([]);
});

it('maps and refines by a network from a file, as the command line does', async () => {
  const folder = temporaryFolder();
  const [series, roi, model] = ['series.nii', 'roi.nii.gz', 'small.onnx'].map((name) =>
    join(folder, name),
  ) as [string, string, string];
  writeSeries(series, [0, 50]);
  writeMask(roi);
  writeFileSync(model, smallModel({ headGain: 0.2 }));
  const { page, faults } = await open();
  await dropFiles(page, [{ name: 'series.nii', bytes: readFileSync(series) }]);
  await page.getByRole('button', { name: '0, 50' }).click();
  await page.getByTestId('model').setInputFiles(model);
  await page.getByRole('button', { name: 'Map', exact: true }).click();
  await page.getByRole('application').first().waitFor();
  await page.getByTestId('mask').setInputFiles(roi);
  await page.getByRole('checkbox', { name: 'leave out' }).check();
  await page.getByRole('region', { name: 'Verdict on the images' }).waitFor();
  const slider = page.getByRole('slider', { name: /above/ });
  const threshold = await slider.inputValue();
  const files = [await saved(page, 'Numbers (CSV)'), await saved(page, 'Numbers, refined')];

  const out = join(folder, 'maps');
  const flags = ['--tsl', '0,50', '--model', model, '--roi', roi, '--refine-ms', threshold];
  const cli = await rhomap('map', series, ...flags, '-o', out);
  expect(cli.code).toBe(0);
  const cells = (text: string): string[][] =>
    text
      .trim()
      .split('\r\n')
      .map((line) => line.split(','));
  for (const [i, name] of ['roi.csv', 'roi_refined.csv'].entries()) {
    const [here, there] = [cells(files[i]!.toString()), cells(readFileSync(join(out, name), 'utf8'))];
    expect(here.length).toBe(there.length);
    there.forEach((row, r) => {
      row.forEach((cell, c) => {
        if (there[0]![c] === 'name') return;
        // The kernels of the two runtimes round differently: maps by 1e-5 ms, numbers by less.
        if (cell !== '' && Number.isFinite(Number(cell)))
          expect(Number(here[r]![c])).toBeCloseTo(Number(cell), 3);
        else expect(here[r]![c]).toBe(cell);
      });
    });
  }
  expect(faults).toEqual([]);
});

it('finds the decoder of compressed DICOM', async () => {
  const { page, faults } = await open();
  const name = 'enhanced-jpeg-ls-fragments.dcm';
  await dropFiles(page, [{ name, bytes: readFileSync(join(DICOM, 'encodings', name)) }]);
  await page.getByRole('button', { name: '0, 50' }).click();
  await page.getByRole('button', { name: 'Map', exact: true }).click();
  await page.getByRole('application').first().waitFor();
  expect(faults).toEqual([]);
});

it('shows the example, and guides through it', async () => {
  const { page, faults } = await open();
  await openStudy(page);
  await page.keyboard.press('?');
  expect(await axeViolations(page)).toEqual([]);
  await page.getByRole('button', { name: 'Guided tour' }).click();
  for (let step = 1; step <= 5; step++) {
    await page.getByText(`${step} of 5`).waitFor();
    expect(await page.locator('.toured').count()).toBe(1);
    if (step === 1) expect(await axeViolations(page)).toEqual([]);
    await page.keyboard.press('Enter');
  }
  expect(await page.getByRole('region', { name: 'Guided tour' }).count()).toBe(0);
  expect(faults).toEqual([]);
});

it('says what is wrong with broken and hostile files, and goes on', async () => {
  const { page, faults } = await open();
  const truncated = readFileSync(join(DICOM, 'syntaxes/MR_truncated.dcm'));
  const nifti = writeNifti({ grid: SMALL_GRID, values: new Float32Array(240) });
  await dropFiles(page, [
    { name: '<img src=x onerror=alert(1)>.dcm', bytes: truncated },
    { name: 'half.nii.gz', bytes: nifti.subarray(0, nifti.length / 2) },
    { name: 'noise.nii', bytes: noise(5000, 3) },
    { name: 'empty.dcm', bytes: new Uint8Array() },
    { name: 'words.txt', bytes: new TextEncoder().encode('hello') },
  ]);
  await page.getByText('<img src=x onerror=alert(1)>.dcm').first().waitFor();
  await page.getByText('words.txt').waitFor();
  expect(await page.getByRole('button', { name: 'Map', exact: true }).count()).toBe(0);
  expect(await axeViolations(page)).toEqual([]);
  await dropFiles(page, [{ name: 'study.zip', bytes: noise(400, 5) }]);
  await page.getByRole('alert').filter({ hasText: 'no whole project file' }).waitFor();
  await dropFiles(page, filesOf(join(DICOM, 'ge')));
  await page.getByText(/can be mapped/).waitFor();
  expect(faults).toEqual([]);
});
