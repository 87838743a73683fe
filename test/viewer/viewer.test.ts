/** The way of a user through the viewer, in a real browser: from dropped files to numbers that equal the command line's. */
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, it, onTestFinished } from 'vitest';
import { rhomap, temporaryFolder } from '../support/cli.ts';
import {
  axeViolations,
  buildViewer,
  type DroppedFile,
  downloadOf,
  drag,
  dropFiles,
  openViewer,
  startChromium,
  type ViewerPage,
} from './viewer-page.ts';

const DICOM = join(import.meta.dirname, '../data/dicom');
let viewerFolder: string;
let browser: Browser;

beforeAll(async () => {
  viewerFolder = mkdtempSync(join(tmpdir(), 'rhomap-viewer-'));
  [browser] = await Promise.all([startChromium(), buildViewer(viewerFolder)]);
});
afterAll(async () => {
  await browser?.close();
  rmSync(viewerFolder, { recursive: true, force: true });
});

async function open(settings: Parameters<typeof openViewer>[2] = {}): Promise<ViewerPage> {
  const viewer = await openViewer(browser, viewerFolder, settings);
  onTestFinished(viewer.close);
  return viewer;
}

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
  await dropFiles(page, filesOf(join(DICOM, 'tsl-series')));
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
  await page.getByRole('button', { name: 'Brush' }).click();
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

  const csv = (await downloadOf(page, page.getByRole('button', { name: 'Save CSV' }))).toString();
  const mask = await downloadOf(page, page.getByRole('button', { name: 'Save mask' }));
  const folder = temporaryFolder();
  writeFileSync(join(folder, 'roi.nii.gz'), mask);
  const out = join(folder, 'maps');
  const cli = await rhomap(
    'fit',
    join(DICOM, 'tsl-series'),
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
