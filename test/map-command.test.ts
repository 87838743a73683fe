/** `rhomap map` and what follows it, from files to files, with a small untrained network. */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createRandom } from '../src/core/random.ts';
import { CALIBRATION_KEY } from '../src/uncertainty/calibration.ts';
import { fitCalibration } from '../src/uncertainty/fit-calibration.ts';
import { launchChromium } from './browser/chromium.ts';
import { rhomap, temporaryFolder } from './support/cli.ts';
import { writeDataSet } from './support/data-set.ts';
import { smallModel } from './support/model.ts';
import { drawPatient } from './support/regions.ts';
import { writeMask, writeSeries } from './support/series.ts';

const random = createRandom('map command');
const calibration = fitCalibration(
  Array.from({ length: 30 }, (_, i) => drawPatient(random.fork(i), `p${i}`)).flat(),
  'hash',
);

/** A scan, a mask, and a calibrated and an uncalibrated model. */
function prepare(
  tslMs: readonly number[] = [0, 50],
): Record<'folder' | 'scan' | 'mask' | 'model' | 'raw', string> {
  const folder = temporaryFolder();
  const at = (name: string): string => join(folder, name);
  writeSeries(at('scan.nii.gz'), tslMs);
  writeMask(at('mask.nii.gz'));
  const metadata = { [CALIBRATION_KEY]: JSON.stringify(calibration) };
  writeFileSync(at('model.onnx'), smallModel({ headGain: 0.05, scaleMs: 1.2, metadata }));
  writeFileSync(at('raw.onnx'), smallModel());
  return {
    folder,
    scan: at('scan.nii.gz'),
    mask: at('mask.nii.gz'),
    model: at('model.onnx'),
    raw: at('raw.onnx'),
  };
}

const filesOf = (folder: string): Map<string, string> =>
  new Map(
    readdirSync(folder, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name))
      .map((path) => [path.slice(folder.length + 1), readFileSync(path, 'latin1')]),
  );

describe('rhomap map', () => {
  it('writes maps, pictures, regions and a record, the same bytes each time', async () => {
    const { folder, scan, mask, model } = prepare([0, 10, 30, 50]);
    const map = (out: string) =>
      rhomap(
        'map',
        scan,
        '--tsl',
        '0,10,30,50',
        '--model',
        model,
        '--roi',
        mask,
        '--report',
        '-o',
        join(folder, out),
      );
    const said = await map('a');
    expect(said).toMatchObject({ code: 0 });
    expect(said.out).toContain('mapped from TSL 0 and 50 ms');
    const files = filesOf(join(folder, 'a'));
    for (const name of [
      'T1rho_ms',
      'uncertainty_ms',
      'coarse_ms',
      'reference_ms',
      'status',
      'roi_refined',
      'roi_removed',
    ])
      expect([...files.keys()]).toContain(`${name}.nii.gz`);
    const { results } = JSON.parse(files.get('summary.json')!);
    expect(results.regions.length).toBe(4);
    expect(results.regions.at(-1).refined.intervals.map(({ of }: { of: string }) => of)).toEqual([
      'target',
      'truth',
    ]);
    expect(results.refinement).toMatchObject({ kind: 'threshold', from: 'model' });
    await map('b');
    expect(filesOf(join(folder, 'b'))).toEqual(files);
  });

  it('works without calibration: no interval, no refinement, and says so on the page', async () => {
    const { folder, scan, mask, raw } = prepare();
    const out = join(folder, 'out');
    const said = await rhomap(
      'map',
      scan,
      '--tsl',
      '0,50',
      '--model',
      raw,
      '--roi',
      mask,
      '--report',
      '-o',
      out,
    );
    expect(said).toMatchObject({ code: 0 });
    const { results } = JSON.parse(readFileSync(join(out, 'summary.json'), 'utf8'));
    expect(results).toMatchObject({ refinement: null, check: { verdict: 'in range' } });
    expect(results.regions[0]).not.toHaveProperty('refined');
    expect(results.regions[0].before.intervals).toEqual([]);
    expect(readFileSync(join(out, 'report.html'), 'utf8')).toContain('The uncertainty is not calibrated');
  });

  it('refuses times that the model was not trained for, in the record and on the screen', async () => {
    const { folder, scan, raw } = prepare([0, 20]);
    const said = await rhomap(
      'map',
      scan,
      '--tsl',
      '0,20',
      '--model',
      raw,
      '--json',
      '-o',
      join(folder, 'out'),
    );
    expect(said.error).toMatch(
      /do not use this map: .*TSL 0 and 20 ms: the model was trained for 0 and 50 ms/,
    );
    expect(JSON.parse(said.out).results.check.verdict).toBe('refuse');
  });

  it('says what is wrong with a call', async () => {
    const { folder, scan, mask, model } = prepare();
    const fails = async (code: number, words: RegExp, ...more: string[]): Promise<void> => {
      const said = await rhomap('map', scan, '--tsl', '0,50', '-o', join(folder, 'out'), ...more);
      expect(said.error).toMatch(words);
      expect(said.code).toBe(code);
    };
    await fails(2, /There is no model mine/, '--model', 'mine');
    await fails(1, /it is not an ONNX|damaged|ONNX/, '--model', mask);
    await fails(2, /no image of TSL 30 ms; there are 0, 50/, '--model', model, '--map-from', '0,30');
    await fails(
      2,
      /Give one of --refine-ms/,
      '--model',
      model,
      '--roi',
      mask,
      '--refine-ms',
      '2',
      '--refine-keep',
      '0.5',
    );
    await fails(2, /at most 1/, '--model', model, '--roi', mask, '--refine-keep', '2');
  });
});

describe('rhomap roi and change', () => {
  it('take other regions on the same maps, and compare two visits', async () => {
    const { folder, scan, mask, model } = prepare();
    const at = (name: string): string => join(folder, name);
    await rhomap('map', scan, '--tsl', '0,50', '--model', model, '--roi', mask, '-o', at('visit1'));
    const said = await rhomap(
      'roi',
      at('visit1'),
      '--roi',
      mask,
      '-o',
      at('kept'),
      '--refine-keep',
      '0.5',
      '--json',
    );
    expect(said).toMatchObject({ code: 0 });
    const [region] = JSON.parse(said.out).results.regions;
    expect(region.refined.nKept).toBeGreaterThanOrEqual(Math.round(region.nVoxels / 2));
    const change = await rhomap('change', at('visit1'), at('visit1'), '--json');
    for (const { changeMs, exceedsRepeatability, levels } of JSON.parse(change.out).changes) {
      expect(changeMs).toBe(0);
      expect(exceedsRepeatability).toBe(false);
      expect(levels.at(-1).rangeMs[0]).toBeLessThan(0);
    }
    expect((await rhomap('roi', folder, '--roi', mask, '-o', at('x'))).error).toMatch(
      /holds no summary.json/,
    );
    expect((await rhomap('roi', at('kept'), '--roi', mask, '-o', at('x'))).error).toMatch(
      /written by rhomap roi/,
    );
    expect((await rhomap('change', at('visit1'), folder)).error).toMatch(/holds no numbers of regions/);
  });
});

describe('rhomap models', () => {
  it('shows what a file says about itself', async () => {
    const { model, raw } = prepare();
    expect((await rhomap('models', model)).out).toMatch(/# .*model.onnx[\s\S]*Calibrated on 30 patients/);
    expect((await rhomap('models', raw)).out).toMatch(/Not calibrated/);
    expect((await rhomap('models')).code).toBe(0);
  });
});

describe('rhomap calibrate', () => {
  it('stores a calibration that map uses, and judges it', async () => {
    const { folder, raw } = prepare();
    const data = join(folder, 'cohort');
    writeDataSet(data, 6, 32);
    const out = join(folder, 'calibrated');
    const said = await rhomap(
      'calibrate',
      '--model',
      raw,
      '--data',
      data,
      '--test',
      data,
      '--broken',
      '1',
      '-o',
      out,
    );
    expect(said).toMatchObject({ code: 0 });
    const report = readFileSync(join(out, 'report.md'), 'utf8');
    expect(report).toMatch(/6 test patients, 6 slices/);
    expect(report).toMatch(/images swapped \| 1 \|/);
    expect(report.replaceAll('| NaN', '')).not.toMatch(/undefined|Infinity/);
    expect((await rhomap('models', join(out, 'model.onnx'))).out).toContain('Calibrated on 6 patients');
  });
});

describe('the report of a patient', () => {
  const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
  let browser: Browser;
  beforeAll(async () => {
    browser = await launchChromium();
  });
  afterAll(() => browser.close());

  it('opens without a request or script, fits the screen, and passes axe', async () => {
    const { folder, scan, mask, model } = prepare([0, 10, 30, 50]);
    const out = join(folder, 'out');
    await rhomap('map', scan, '--tsl', '0,10,30,50', '--model', model, '--roi', mask, '--report', '-o', out);
    const html = readFileSync(join(out, 'report.html'), 'utf8');
    expect(html.replace(/href="data:[^"]*"/g, '')).not.toMatch(/NaN|undefined|Infinity|\[object/);
    const address = pathToFileURL(join(out, 'report.html')).href;
    for (const [width, colorScheme] of [
      [1280, 'light'],
      [390, 'dark'],
    ] as const) {
      const page = await browser.newPage({ viewport: { width, height: 900 }, colorScheme });
      const requests: string[] = [];
      page.on('request', (request) => requests.push(request.url()));
      await page.goto(address);
      expect(requests.filter((url) => !url.startsWith('data:'))).toEqual([address]);
      const overflow = await page.evaluate(
        () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
      );
      expect(overflow).toBeLessThanOrEqual(1);
      const violations = await page.evaluate(`${axe}; axe.run().then((r) => r.violations.map((v) => v.id))`);
      expect(violations).toEqual([]);
      await page.close();
    }
  }, 60_000);
});
