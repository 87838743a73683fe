/** Drawing: what is on the screen after a stroke is what a fresh drawing shows; tools do what they say. */
import { readFileSync } from 'node:fs';
import type { Page } from 'playwright-core';
import { expect, it } from 'vitest';
import { drag, useViewer } from './viewer-page.ts';

const open = useViewer();

async function openExample(page: Page): Promise<void> {
  await page.getByRole('button', { name: 'Open the example' }).click();
  await page.getByRole('button', { name: 'Map', exact: true }).click();
  await page.getByRole('application').first().waitFor();
}

/**
 * What the canvases of the regions show, kept in the page; how far the colours of their pixels are from those kept before
 * at most, and how many pixels are painted.
 */
const compareRegions = (page: Page): Promise<{ difference: number; nPainted: number }> =>
  page.evaluate(() => {
    const keeper = globalThis as { kept?: Uint8ClampedArray[] };
    const now = [...document.querySelectorAll('.picture')].map((pane) => {
      const canvas = pane.querySelectorAll('canvas')[1]!;
      return canvas.getContext('2d')!.getImageData(0, 0, canvas.width, canvas.height).data;
    });
    let [difference, nPainted] = [0, 0];
    now.forEach((pixels, i) => {
      for (let p = 0; p < pixels.length; p++) {
        // By how much light they give: the colour of a pixel that is nearly clear is rounded at will.
        const light = (from: Uint8ClampedArray): number => (from[p]! * from[p | 3]!) / 255;
        const before = keeper.kept?.[i];
        if (before) difference = Math.max(difference, Math.abs(light(pixels) - light(before)));
        if (p % 4 === 3 && pixels[p]! > 0) nPainted++;
      }
    });
    keeper.kept = now;
    return { difference, nPainted };
  });

/** Of 255: edges that are drawn by parts may be smoothed a little differently. */
const SEAM = 8;

it('draws strokes piece by piece as a whole drawing shows them, at any zoom and in every pane', async () => {
  const { page, faults } = await open();
  await openExample(page);
  await page.keyboard.press('4');
  await page.getByRole('checkbox', { name: 'leave out' }).check();
  const pane = page.getByRole('application').first();
  for (const zoom of ['0', '+']) {
    await page.keyboard.press(zoom);
    for (const [tool, from, to] of [
      ['b', [0.3, 0.4], [0.62, 0.55]],
      ['n', [0.5, 0.5], [0.5, 0.5]],
      ['b', [0.4, 0.6], [0.7, 0.3]],
      ['e', [0.45, 0.35], [0.5, 0.7]],
    ] as const) {
      await page.keyboard.press(tool);
      await drag(page, pane, [from, to]);
    }
    await compareRegions(page);
    // Hidden and shown again, they are drawn as a whole.
    await page.keyboard.press('h');
    await page.keyboard.press('h');
    const { difference, nPainted } = await compareRegions(page);
    expect(nPainted).toBeGreaterThan(1000);
    expect(difference).toBeLessThanOrEqual(SEAM);
  }
  // The test reads pixels back; the viewer never does.
  expect(faults.filter((fault) => !fault.includes('getImageData'))).toEqual([]);
}, 120_000);

it('paints only values within the limits with the threshold brush', async () => {
  const { page, faults } = await open();
  await openExample(page);
  await page.getByRole('button', { name: /^Threshold brush/ }).click();
  const map = page.getByRole('application').nth(1);
  await map.focus();
  await page.getByRole('spinbutton', { name: 'Paint values from' }).fill('38');
  await page.getByRole('spinbutton', { name: 'to', exact: true }).last().fill('44');
  await page.keyboard.press('Tab');
  for (let i = 0; i < 12; i++) await page.keyboard.press('.');
  await drag(page, map, [
    [0.25, 0.4],
    [0.7, 0.6],
  ]);
  await page.getByRole('button', { name: 'Save', exact: true }).click();
  const downloading = page.waitForEvent('download');
  await page.getByRole('button', { name: 'Numbers (CSV)' }).click();
  const [header, ...rows] = readFileSync(await (await downloading).path(), 'utf8')
    .trim()
    .split('\r\n')
    .map((line) => line.split(','));
  const row = rows.find((cells) => cells[0] === 'T1rho' && cells.includes('all'))!;
  const cell = (name: string): number => Number(row[header!.indexOf(name)]);
  expect(cell('n_values')).toBeGreaterThan(20);
  expect(cell('percentile_5')).toBeGreaterThanOrEqual(38);
  expect(cell('percentile_95')).toBeLessThanOrEqual(44);
  expect(faults).toEqual([]);
});
