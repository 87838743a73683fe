import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { build } from 'vite';
import { beforeAll, expect, it } from 'vitest';
import { nodeSessionProvider } from '../../src/runtime/node/session.ts';
import { launchChromium } from './chromium.ts';
import { mapSmall } from './mapping.ts';
import { serve } from './serve.ts';
import { infer, type TrainingResult, train } from './training.ts';

/** What the page in `page/` answers after it was built and opened. */
async function inChromium(): Promise<
  TrainingResult & { isolated: boolean; mapped: number[]; error?: string }
> {
  const folder = mkdtempSync(join(tmpdir(), 'rhomap-page-'));
  await build({
    root: join(import.meta.dirname, 'page'),
    logLevel: 'error',
    build: { outDir: folder, emptyOutDir: true },
    worker: { format: 'es' },
  });
  const server = await serve(folder);
  const browser = await launchChromium();
  try {
    const page = await browser.newPage();
    await page.goto(server.url);
    const text = await page.locator('output').filter({ hasText: '{' }).textContent({ timeout: 60_000 });
    return JSON.parse(text!);
  } finally {
    await browser.close();
    server.close();
    rmSync(folder, { recursive: true });
  }
}

let there: Awaited<ReturnType<typeof inChromium>>;
beforeAll(async () => {
  there = await inChromium();
}, 120_000);

it('maps in Chromium as it does in Node', async () => {
  const here = await mapSmall(nodeSessionProvider());
  expect(here.filter((ms) => ms > 0).length).toBeGreaterThan(2000);
  expect(there.mapped.length).toBe(here.length);
  // A hundredth of a millisecond is asked for; kernels of the two round differently, far below.
  here.forEach((ms, i) => {
    expect(Math.abs(ms - there.mapped[i]!)).toBeLessThan(1e-3);
  });
});

it('trains in Chromium as it does in Node', async () => {
  expect(there.error).toBeUndefined();
  expect(there.isolated).toBe(true);
  expect(there.provider).toMatch(/^onnxruntime-web .* wasm, \d+ threads?$/);
  expect(there.log).toEqual([expect.stringMatching(/standard operators/)]);

  const here = await train(nodeSessionProvider());
  expect(here.losses.at(-1)).toBeLessThan(0.7 * here.losses[0]!);
  const difference = (a: readonly number[], b: readonly number[]): number =>
    Math.max(...a.map((value, i) => Math.abs(value - b[i]!)));
  // Rounding differs between the kernels of the two, and grows from step to step.
  expect(difference(there.losses.slice(0, 5), here.losses.slice(0, 5))).toBeLessThan(1e-5);
  expect(difference(there.losses, here.losses)).toBeLessThan(2e-3);
  const hereFromThere = await infer(nodeSessionProvider(), Uint8Array.from(there.model));
  expect(difference(there.output, hereFromThere)).toBeLessThan(1e-5);
});
