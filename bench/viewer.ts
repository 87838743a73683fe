/**
 * The viewer in Debian's Chromium on software rendering: from dropped images to a map, what a brush stroke and a hover
 * cost a frame at 448², how many bytes the first visit loads, and whether memory stays put over many studies.
 */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import type { Browser, Page } from 'playwright-core';
import { createRandom } from '../src/core/random.ts';
import { writeNifti } from '../src/io/nifti/write.ts';
import { METHODS } from '../src/methods/index.ts';
import type { LearnedMethod } from '../src/methods/method.ts';
import { modelMetadata } from '../src/methods/model-info.ts';
import { exportInferenceModel } from '../src/network/export.ts';
import { startingParameters, startingStatistics } from '../src/network/network.ts';
import { createUnet } from '../src/network/unet.ts';
import {
  buildViewer,
  dropFiles,
  openViewer,
  startChromium,
  type ViewerPage,
} from '../test/viewer/viewer-page.ts';
import { type BenchOptions, type BenchRecord, median, round } from './benchmark.ts';

const N_SLICES = 3;
const N_STUDIES = 50;
const N_FRAMES = 80;

/** A disc that decays, with noise: every pixel is fitted. */
function series(size: number): Uint8Array {
  const random = createRandom('viewer bench');
  const n = size * size * N_SLICES;
  const values = Float32Array.from({ length: 4 * n }, (_, i) => {
    const [tsl, p] = [[0, 10, 30, 50][Math.floor(i / n)]!, i % (size * size)];
    const r = Math.hypot((p % size) - size / 2, Math.floor(p / size) - size / 2);
    return (
      (r < 0.45 * size ? 800 * Math.exp(-tsl / (38 + (8 * r) / size)) : 0) + 8 * Math.abs(random.normal())
    );
  });
  const affine = [-1.5, 0, 0, 0, 0, -1.5, 0, 0, 0, 0, 7, 0, 0, 0, 0, 1];
  return writeNifti(
    { grid: { nColumns: size, nRows: size, nSlices: N_SLICES, affine }, values, nVolumes: 4 },
    { gzip: false },
  );
}

/** An untrained network of the usual size. */
function network(): Uint8Array {
  const method = METHODS['lbru'] as LearnedMethod;
  const unet = createUnet({ inputChannels: 1, outputChannels: 2 });
  const trained = {
    theta: startingParameters(unet, createRandom('bench')),
    statistics: startingStatistics(unet),
  };
  const metadata = modelMetadata({
    ...{ method, inputs: method.inputs, output: 'correction', coarseTslMs: [0, 50], cutoffMs: [25, 65] },
    ...{ imageSize: 256, pixelMm: 1.5, training: null },
  });
  return exportInferenceModel(unet, trained, { metadata });
}

interface DropTimes {
  /** Until the first slice of the map is on the screen. */
  readonly firstSliceMs: number;
  readonly allSlicesMs: number;
}

/** From the drop on; the click on "Map" waits for no person. Carrying the bytes into the browser is not counted. */
async function dropToMap(page: Page, bytes: Uint8Array): Promise<DropTimes> {
  await dropFiles(page, [{ name: 'series.nii', bytes }]);
  const droppedAt = performance.now();
  await page.getByRole('button', { name: '0, 10, 30, 50' }).click();
  await page.getByRole('button', { name: 'Map', exact: true }).click();
  await page.getByRole('application').first().waitFor();
  const firstSliceMs = performance.now() - droppedAt;
  await page.getByRole('button', { name: 'Cancel' }).waitFor({ state: 'detached' });
  return { firstSliceMs, allSlicesMs: performance.now() - droppedAt };
}

interface FrameCost {
  readonly medianMs: number;
  readonly percentile95Ms: number;
  readonly largestMs: number;
}

/** Moves the pointer over the first pane, and has each frame's canvases painted to the end. */
async function frameCost(page: Page, pressed: boolean): Promise<FrameCost> {
  const times = await page.evaluate(
    async ({ nFrames, isPressed }) => {
      const canvases = [...document.querySelectorAll('canvas')];
      // The topmost of the first pane.
      const target = document
        .querySelector('.picture')!
        .querySelector('canvas:last-of-type')! as HTMLCanvasElement;
      const box = target.getBoundingClientRect();
      const send = (type: string, i: number): void => {
        const angle = (2 * Math.PI * i) / nFrames;
        const [clientX, clientY] = [
          box.left + box.width * (0.5 + 0.25 * Math.cos(angle)),
          box.top + box.height * (0.5 + 0.25 * Math.sin(angle)),
        ];
        const init = { clientX, clientY, pointerId: 1, button: 0, bubbles: true };
        target.dispatchEvent(new PointerEvent(type, init));
      };
      target.setPointerCapture = () => {};
      const spent: number[] = [];
      if (isPressed) send('pointerdown', 0);
      for (let i = 1; i <= nFrames; i++) {
        await new Promise(requestAnimationFrame);
        const startedAt = performance.now();
        send('pointermove', i);
        // The page updates in a microtask; reading a pixel makes the canvas finish.
        await new Promise((resolve) => queueMicrotask(() => queueMicrotask(() => resolve(undefined))));
        for (const canvas of canvases) canvas.getContext('2d')!.getImageData(0, 0, 1, 1);
        spent.push(performance.now() - startedAt);
      }
      if (isPressed) send('pointerup', nFrames);
      return spent;
    },
    { nFrames: N_FRAMES, isPressed: pressed },
  );
  const sorted = times.toSorted((a, b) => a - b);
  return {
    medianMs: round(median(times)),
    percentile95Ms: round(sorted[Math.floor(0.95 * sorted.length)]!),
    largestMs: round(sorted.at(-1)!),
  };
}

/** Bytes of what a first visit fetches, compressed as a web server would, without networks. */
async function firstLoad(browser: Browser, folder: string): Promise<number> {
  const viewer = await openViewer(browser, folder);
  const fetched = new Set<string>();
  viewer.page.on('response', (response) => fetched.add(new URL(response.url()).pathname));
  await viewer.page.reload();
  await dropToMap(viewer.page, series(64));
  await viewer.close();
  const files = [...fetched].map((path) => (path === '/' ? 'index.html' : path.slice(1)));
  return files.reduce((sum, file) => sum + gzipSync(readFileSync(join(folder, file))).length, 0);
}

/** MB in use by page and worker, after a forced collection. */
async function memoryMb({ page }: ViewerPage): Promise<number> {
  const session = await page.context().newCDPSession(page);
  await session.send('HeapProfiler.collectGarbage');
  const { bytes } = await page.evaluate(() =>
    (
      performance as unknown as { measureUserAgentSpecificMemory(): Promise<{ bytes: number }> }
    ).measureUserAgentSpecificMemory(),
  );
  return round(bytes / 2 ** 20);
}

async function manyStudies(browser: Browser, folder: string): Promise<{ first: number; last: number }> {
  const viewer = await openViewer(browser, folder);
  const bytes = series(256);
  let first = 0;
  for (let i = 1; i <= N_STUDIES; i++) {
    await dropToMap(viewer.page, bytes);
    if (i === 5) first = await memoryMb(viewer);
    if (i < N_STUDIES) await viewer.page.getByRole('button', { name: 'rhomap' }).click();
  }
  const last = await memoryMb(viewer);
  await viewer.close();
  return { first, last };
}

export async function run({ rounds }: BenchOptions): Promise<BenchRecord> {
  const folder = mkdtempSync(join(tmpdir(), 'rhomap-viewer-bench-'));
  const model = join(folder, 'network.onnx');
  const browser = await startChromium();
  try {
    await buildViewer(join(folder, 'viewer'));
    writeFileSync(model, network());
    const page = join(folder, 'viewer');
    const [fits, maps]: [DropTimes[], DropTimes[]] = [[], []];
    for (let i = 0; i < rounds; i++) {
      const fitting = await openViewer(browser, page);
      fits.push(await dropToMap(fitting.page, series(256)));
      await fitting.close();
      const mapping = await openViewer(browser, page, { models: new Map([['bench', model]]) });
      await mapping.page.getByText('Network bench is ready').waitFor();
      maps.push(await dropToMap(mapping.page, series(256)));
      await mapping.close();
    }
    const viewer = await openViewer(browser, page);
    await dropToMap(viewer.page, series(448));
    const hover = await frameCost(viewer.page, false);
    await viewer.page.keyboard.press('b');
    const brush = await frameCost(viewer.page, true);
    await viewer.page.keyboard.press('4');
    const brushFourPanes = await frameCost(viewer.page, true);
    await viewer.close();
    const memory = await manyStudies(browser, page);
    return {
      browser: browser.version(),
      fitFromDropMs: round(median(fits.map(({ allSlicesMs }) => allSlicesMs)), 0),
      firstRefinedSliceFromDropMs: round(median(maps.map(({ firstSliceMs }) => firstSliceMs)), 0),
      networkFromDropMs: round(median(maps.map(({ allSlicesMs }) => allSlicesMs)), 0),
      hover,
      brush,
      brushFourPanes,
      firstLoadCompressedKb: round((await firstLoad(browser, page)) / 1024, 0),
      memoryAfter5StudiesMb: memory.first,
      [`memoryAfter${N_STUDIES}StudiesMb`]: memory.last,
    };
  } finally {
    await browser.close();
    rmSync(folder, { recursive: true });
  }
}
