/** The built viewer in Debian's Chromium, watched for what it must never do. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser, Locator, Page } from 'playwright-core';
import { build } from 'vite';
import { afterAll, beforeAll, onTestFinished } from 'vitest';
import {
  serveViewer,
  type ViewerServer,
  type ViewerServerSettings,
} from '../../src/runtime/node/viewer-server.ts';
import { launchChromium } from '../browser/chromium.ts';

export interface ViewerPage {
  readonly page: Page;
  readonly url: string;
  /** Requests to elsewhere, broken content policy, errors on the console: all must stay empty. */
  readonly faults: readonly string[];
  close(): Promise<void>;
}

/** Builds the viewer into a folder, as the package's build does. */
export const buildViewer = async (outDir: string): Promise<void> => {
  await build({
    configFile: join(import.meta.dirname, '../../viewer/vite.config.ts'),
    logLevel: 'error',
    build: { outDir },
  });
};

export const startChromium = (): Promise<Browser> => launchChromium();

export interface ViewerSettings {
  readonly folder?: string;
  /** Networks on offer: paths by name. */
  readonly models?: ReadonlyMap<string, string>;
  readonly width?: number;
  readonly height?: number;
  /** What hosts the built folder; `rhomap view` where absent. */
  readonly serve?: (settings: ViewerServerSettings) => Promise<ViewerServer>;
}

/**
 * The built viewer for the tests of a file, in one browser.
 * @returns opens a fresh page that is closed with its test.
 */
export function useViewer(): (settings?: ViewerSettings) => Promise<ViewerPage> {
  let viewerFolder: string;
  let browser: Browser;
  beforeAll(async () => {
    viewerFolder = mkdtempSync(join(tmpdir(), 'rhomap-viewer-'));
    [browser] = await Promise.all([startChromium(), buildViewer(viewerFolder)]);
  }, 60_000);
  afterAll(async () => {
    await browser?.close();
    rmSync(viewerFolder, { recursive: true, force: true });
  });
  return async (settings) => {
    const viewer = await openViewer(browser, viewerFolder, settings);
    onTestFinished(viewer.close);
    return viewer;
  };
}

/** A fresh page, with nothing remembered. */
export async function openViewer(
  browser: Browser,
  viewerFolder: string,
  settings: ViewerSettings = {},
): Promise<ViewerPage> {
  const { folder, models = new Map(), width = 1280, height = 720, serve = serveViewer } = settings;
  const server = await serve({ viewerFolder, models, ...(folder !== undefined && { folder }) });
  const context = await browser.newContext({ viewport: { width, height }, acceptDownloads: true });
  const page = await context.newPage();
  const faults: string[] = [];
  page.on('request', (request) => {
    const address = request.url();
    if (!address.startsWith(server.url) && !address.startsWith(`blob:${server.url}`))
      faults.push(`request to ${address}`);
  });
  page.on('console', (message) => {
    if (message.type() === 'error' || message.type() === 'warning') faults.push(`console: ${message.text()}`);
  });
  page.on('pageerror', (error) => faults.push(`error: ${error.message}`));
  await page.goto(server.url);
  return {
    page,
    url: server.url,
    faults,
    close: async () => {
      await context.close();
      await server.close();
    },
  };
}

export interface DroppedFile {
  readonly name: string;
  readonly bytes: Uint8Array;
}

/** Drops files on the page, as a person would. */
export async function dropFiles(page: Page, files: readonly DroppedFile[]): Promise<void> {
  const contents = files.map(({ name, bytes }) => ({ name, base64: Buffer.from(bytes).toString('base64') }));
  const transfer = await page.evaluateHandle((list) => {
    const data = new DataTransfer();
    for (const { name, base64 } of list)
      data.items.add(new File([Uint8Array.from(atob(base64), (c) => c.charCodeAt(0))], name));
    return data;
  }, contents);
  await page.dispatchEvent('body', 'drop', { dataTransfer: transfer });
}

export async function downloadOf(page: Page, button: Locator): Promise<Buffer> {
  const downloading = page.waitForEvent('download');
  await button.click();
  const download = await downloading;
  return readFileSync(await download.path());
}

/** What a choice of the menu under Save gives. */
export async function saved(page: Page, choice: string | RegExp): Promise<Buffer> {
  await page.getByRole('button', { name: 'Save', exact: true }).click();
  return downloadOf(page, page.getByRole('button', { name: choice }));
}

/** Drags over a pane along points given as parts of its picture's width and height. */
export async function drag(
  page: Page,
  pane: Locator,
  points: readonly (readonly [number, number])[],
): Promise<void> {
  const box = (await pane.boundingBox())!;
  const at = ([x, y]: readonly [number, number]): [number, number] => [
    box.x + x * box.width,
    box.y + y * box.height,
  ];
  await page.mouse.move(...at(points[0]!));
  await page.mouse.down();
  for (const point of points.slice(1)) await page.mouse.move(...at(point), { steps: 4 });
  await page.mouse.up();
}
