/**
 * The viewer's pictures in the documentation: the built-in example, opened in Debian's Chromium.
 * `node scripts/viewer-pictures.ts [DIR]` writes them to `docs/images`, or every state of the viewer to DIR, to be looked at.
 */
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import type { Page } from 'playwright-core';
import { shippedModelPath } from '../src/runtime/node/models.ts';
import { buildViewer, downloadOf, openViewer, startChromium } from '../test/viewer/viewer-page.ts';

const root = resolve(import.meta.dirname, '..');
const all = process.argv[2];
const folder = all ?? join(root, 'docs/images');
/** What the documentation shows. */
const SHOWN = ['viewer', 'viewer-open'];

async function shoot(page: Page, name: string): Promise<void> {
  if (all === undefined && !SHOWN.includes(name)) return;
  await page.screenshot({ path: join(folder, `${name}.png`), animations: 'disabled' });
}

/** A pixel of the first pane by parts of its width and height. */
async function clickPane(page: Page, x: number, y: number): Promise<void> {
  const box = (await page.getByRole('application').first().boundingBox())!;
  await page.mouse.click(box.x + x * box.width, box.y + y * box.height);
}

async function project(page: Page): Promise<Buffer> {
  await page.getByRole('button', { name: 'Save', exact: true }).click();
  return downloadOf(page, page.getByRole('button', { name: 'Project file' }));
}

/** By the shipped network, while its slices are still to come. */
async function mappingStates(page: Page): Promise<void> {
  await page.getByText('is ready').waitFor();
  await shoot(page, 'network-ready');
  await page.getByRole('button', { name: 'Open the example' }).click();
  await page.getByRole('button', { name: 'Map', exact: true }).click();
  await page.getByRole('application').first().waitFor();
  await page.keyboard.press('PageDown');
  await shoot(page, 'mapping');
  await page.getByRole('button', { name: 'Cancel' }).waitFor({ state: 'detached' });
  await shoot(page, 'mapped');
}

async function states(page: Page): Promise<void> {
  await shoot(page, 'start');
  await page.getByRole('button', { name: 'Open the example' }).click();
  await page.getByRole('textbox', { name: /of the 4 images/ }).waitFor();
  await shoot(page, 'viewer-open');
  await page.getByRole('button', { name: 'Map', exact: true }).click();
  await page.getByRole('application').first().waitFor();
  await shoot(page, 'opened');
  await page
    .getByTestId('mask')
    .setInputFiles(join(root, 'examples/data/virtual-liver/virtual-liver_mask.nii.gz'));
  await page.getByRole('textbox', { name: 'Name of the region' }).fill('Liver');
  await page.keyboard.press('Tab');
  await page.getByRole('checkbox', { name: 'leave out' }).check();
  await clickPane(page, 0.33, 0.47);
  await page.waitForTimeout(400);
  await shoot(page, 'viewer');
  await page.getByRole('button', { name: '4 panes' }).click();
  await shoot(page, 'four-panes');
  await page.getByRole('button', { name: /^Polygon/ }).click();
  await clickPane(page, 0.4, 0.3);
  await clickPane(page, 0.6, 0.35);
  await clickPane(page, 0.5, 0.6);
  await shoot(page, 'polygon');
  await page.getByRole('application').first().press('Escape');
  await page.getByRole('button', { name: 'Save', exact: true }).click();
  await shoot(page, 'save');
  await page.getByRole('button', { name: 'Report' }).click();
  await page.waitForTimeout(400);
  await shoot(page, 'report');
  await page.keyboard.press('Escape');
  await page.getByRole('button', { name: 'Help' }).click();
  await shoot(page, 'help');
  await page.getByRole('button', { name: 'Guided tour' }).click();
  await shoot(page, 'tour');
  await page.keyboard.press('Escape');
  await page.getByRole('button', { name: '2 panes' }).click();
  await page.keyboard.press('t');
  await page
    .getByTestId('compare')
    .setInputFiles({ name: 'last-year.rhomap.zip', mimeType: '', buffer: await project(page) });
  await page.waitForTimeout(400);
  await page.getByRole('combobox', { name: 'What pane 2 shows' }).selectOption('This − other');
  await shoot(page, 'compared');
  await page
    .getByTestId('compare')
    .setInputFiles({ name: 'broken.json', mimeType: '', buffer: Buffer.from('{') });
  await page.getByRole('alert').waitFor();
  await shoot(page, 'problem');
  await page.setViewportSize({ width: 820, height: 1180 });
  await shoot(page, 'tablet');
  await page.setViewportSize({ width: 1920, height: 1080 });
  await shoot(page, 'large');
  await page.getByRole('button', { name: 'Save', exact: true }).click();
  await page.getByRole('button', { name: 'Report' }).click();
  await page.emulateMedia({ media: 'print' });
  await page.setViewportSize({ width: 794, height: 1123 });
  await shoot(page, 'print');
}

const built = mkdtempSync(join(tmpdir(), 'rhomap-viewer-'));
const browser = await startChromium();
try {
  mkdirSync(folder, { recursive: true });
  await buildViewer(built);
  const viewer = await openViewer(browser, built);
  await states(viewer.page);
  await viewer.close();
  const models = new Map([['liver-lbru', shippedModelPath('liver-lbru')]]);
  const mapping = await openViewer(browser, built, { models });
  await mappingStates(mapping.page);
  await mapping.close();
  console.log(folder);
} finally {
  await browser.close();
  rmSync(built, { recursive: true });
}
