/** A network at work in the viewer: made ready ahead, slice after slice, cancelled, and on a host that knows nothing of it. */
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { expect, it } from 'vitest';
import { writeNifti } from '../../src/io/nifti/write.ts';
import { shippedModelPath } from '../../src/runtime/node/models.ts';
import type { ViewerServer, ViewerServerSettings } from '../../src/runtime/node/viewer-server.ts';
import { axeViolations } from '../support/axe.ts';
import { drag, dropFiles, useViewer } from './viewer-page.ts';

const open = useViewer();
const models = new Map([['liver-lbru', shippedModelPath('liver-lbru')]]);

/** A disc that decays, of two spin-lock times. */
function disc(size: number, nSlices: number): Uint8Array {
  const n = size * size * nSlices;
  const values = Float32Array.from({ length: 2 * n }, (_, i) => {
    const p = i % (size * size);
    const r = Math.hypot((p % size) - size / 2, Math.floor(p / size) - size / 2);
    return r < 0.45 * size ? 800 * Math.exp(-(i < n ? 0 : 50) / (38 + (8 * r) / size)) : 3;
  });
  const affine = [-1.5, 0, 0, 0, 0, -1.5, 0, 0, 0, 0, 7, 0, 0, 0, 0, 1];
  const grid = { nColumns: size, nRows: size, nSlices, affine };
  return writeNifti({ grid, values, nVolumes: 2 }, { gzip: false });
}

async function mapDisc(page: Page, nSlices: number): Promise<void> {
  await page.getByText('Network liver-lbru is ready').waitFor();
  await dropFiles(page, [{ name: 'series.nii', bytes: disc(256, nSlices) }]);
  await page.getByRole('button', { name: '0, 50' }).click();
  await page.getByRole('button', { name: 'Map', exact: true }).click();
}

const N_SLICES = 15;
const cancel = (page: Page) => page.getByRole('button', { name: 'Cancel' });

it('shows slices as they come, the middle one first, and keeps what is drawn meanwhile', async () => {
  const { page, faults } = await open({ models });
  await mapDisc(page, N_SLICES);
  const pane = page.getByRole('application').last();
  await pane.waitFor();
  await page.getByText(`8/${N_SLICES}`).first().waitFor();
  expect(await page.getByText('This slice is being mapped').count()).toBe(0);
  // Numbers of half a map are none.
  expect(await page.getByRole('button', { name: 'Save', exact: true }).isDisabled()).toBe(true);
  await page.keyboard.press('b');
  await drag(page, pane, [
    [0.4, 0.4],
    [0.55, 0.5],
  ]);
  for (let i = 1; i < 8; i++) await page.keyboard.press('PageDown');
  await page.getByText('This slice is being mapped').waitFor();
  expect(await axeViolations(page)).toEqual([]);
  await cancel(page).waitFor({ state: 'detached', timeout: 60_000 });
  expect(await page.getByText('This slice is being mapped').count()).toBe(0);
  expect(await page.getByText(/onnxruntime-web .* wasm, \d threads?/).count()).toBe(1);
  const drawn = page.getByTestId('numbers').locator('tr', { hasText: 'all slices' });
  expect(Number(await drawn.locator('td').first().textContent())).toBeGreaterThan(10);
  await page.getByRole('button', { name: 'Undo' }).click();
  expect(await drawn.locator('td').first().textContent()).toBe('0');
  expect(faults).toEqual([]);
}, 120_000);

it('stops at once when told to, leaves nothing half-done, and maps again', async () => {
  const { page, faults } = await open({ models });
  await mapDisc(page, N_SLICES);
  await page.getByRole('application').first().waitFor();
  await cancel(page).click();
  await page.getByRole('button', { name: 'Map', exact: true }).waitFor();
  expect(await page.getByRole('application').count()).toBe(0);
  expect(await cancel(page).count()).toBe(0);
  await page.reload();
  await page.getByText('Drop spin-lock images here').waitFor();
  await mapDisc(page, 1);
  await page.getByRole('application').first().waitFor();
  await cancel(page).waitFor({ state: 'detached', timeout: 60_000 });
  expect(await page.getByRole('button', { name: 'Save', exact: true }).isEnabled()).toBe(true);
  expect(faults).toEqual([]);
}, 120_000);

const TYPES: Readonly<Record<string, string>> = {
  html: 'text/html',
  js: 'text/javascript',
  mjs: 'text/javascript',
  css: 'text/css',
  svg: 'image/svg+xml',
  wasm: 'application/wasm',
};

/** A web server as any intranet has one: files below a path, no headers of its own. */
async function plainHost({ viewerFolder }: ViewerServerSettings): Promise<ViewerServer> {
  const server = createServer((request, response) => {
    const path = request.url!.replace(/^\/tools\/rhomap\//, '') || 'index.html';
    try {
      const bytes = readFileSync(join(viewerFolder, path));
      response.setHeader('Content-Type', TYPES[path.split('.').at(-1)!] ?? 'application/octet-stream');
      response.end(bytes);
    } catch {
      response.writeHead(404).end();
    }
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/tools/rhomap/`,
    close: () =>
      new Promise((done) => {
        server.close(() => done());
        server.closeAllConnections();
      }),
  };
}

it('works from any web server, on one thread where the host does not isolate the page', async () => {
  const { page, faults } = await open({ serve: plainHost });
  await page.getByText('Network liver-lbru is ready: onnxruntime-web 1.30.0 wasm, 1 thread').waitFor();
  await page.getByRole('button', { name: 'Open the example' }).click();
  await page.getByRole('button', { name: 'Map', exact: true }).click();
  await cancel(page).waitFor({ state: 'detached', timeout: 60_000 });
  await page.getByRole('region', { name: 'Verdict on the images' }).waitFor();
  expect(faults).toEqual([]);
}, 120_000);

/** Bytes in use by page and worker, after a forced collection. */
async function memoryBytes(page: Page): Promise<number> {
  const session = await page.context().newCDPSession(page);
  await session.send('HeapProfiler.collectGarbage');
  await session.detach();
  return page.evaluate(async () => {
    const { bytes } = await (
      performance as unknown as { measureUserAgentSpecificMemory(): Promise<{ bytes: number }> }
    ).measureUserAgentSpecificMemory();
    return bytes;
  });
}

const N_PATIENTS = 50;
/** What a visit may leave behind, bytes: its maps alone are more than 2 MB. */
const LEFT_BEHIND = 200_000;

it.runIf(process.env['RHOMAP_FULL'])(
  'needs no more memory after many patients than after a few',
  async () => {
    const { page, faults } = await open({ models });
    let few = 0;
    for (let i = 1; i <= N_PATIENTS; i++) {
      await mapDisc(page, 1);
      await page.getByRole('application').first().waitFor();
      await cancel(page).waitFor({ state: 'detached', timeout: 60_000 });
      if (i === 10) few = await memoryBytes(page);
      if (i < N_PATIENTS) await page.getByRole('button', { name: 'rhomap' }).click();
    }
    expect(await memoryBytes(page)).toBeLessThan(few + LEFT_BEHIND * (N_PATIENTS - 10));
    expect(faults).toEqual([]);
  },
  900_000,
);
