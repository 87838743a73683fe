/** `rhomap map` and what follows it, from files to files, with a small untrained network. */
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createRandom } from '../src/core/random.ts';
import { writeNifti } from '../src/io/nifti/write.ts';
import { CALIBRATION_KEY, type Calibration } from '../src/uncertainty/calibration.ts';
import { fitCalibration } from '../src/uncertainty/fit-calibration.ts';
import { launchChromium } from './browser/chromium.ts';
import { axeViolations } from './support/axe.ts';
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
    expect(results.regions.map((row: { slice?: number }) => row.slice ?? 'all')).toEqual([
      1,
      'all',
      2,
      'all',
    ]);
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

describe('numbers worked out by hand', () => {
  const grid = {
    ...{ nColumns: 4, nRows: 1, nSlices: 1 },
    affine: [-1.5, 0, 0, 0, 0, -1.5, 0, 0, 0, 0, 7, 0, 0, 0, 0, 1],
  };
  /** u of neighbours counts a tenth beyond a pixel's own; refined above 3 ms. */
  const simple = {
    target: {
      shiftMs: 0.5,
      covariance: { binMm: 1.5, near: [1], far: 0.1, betweenSlices: 0 },
      regions: [{ level: 0.95, factor: 2 }],
      refinedRegions: [{ level: 0.95, factor: 3 }],
    },
    refinement: { meanMs: 2, standardDeviationMs: 1 },
  } as unknown as Calibration;

  /** Writes what rhomap map leaves of a visit: T1rho 40, 42, 44, 46 ms more or less, u 1, 1, 2, 4 ms. */
  function writeVisit(folder: string, moreMs: number): void {
    mkdirSync(folder);
    const nifti = (name: string, values: Float32Array | Uint8Array): void =>
      writeFileSync(join(folder, name), writeNifti({ grid, values }));
    nifti(
      'T1rho_ms.nii.gz',
      Float32Array.of(40, 42, 44, 46).map((ms) => ms + moreMs),
    );
    nifti('uncertainty_ms.nii.gz', Float32Array.of(1, 1, 2, 4));
    nifti('status.nii.gz', new Uint8Array(4));
    const summary = { command: 'map', results: { model: { sha256: 'm' }, calibration: simple } };
    writeFileSync(join(folder, 'summary.json'), JSON.stringify(summary));
  }

  it('are those of roi and change', async () => {
    const folder = temporaryFolder();
    const at = (name: string): string => join(folder, name);
    writeFileSync(at('mask.nii.gz'), writeNifti({ grid, values: Uint8Array.of(1, 1, 1, 1) }));
    const regions = [];
    for (const [name, moreMs] of [['first', 0] as const, ['second', 3] as const]) {
      writeVisit(at(name), moreMs);
      const said = await rhomap(
        'roi',
        at(name),
        '--roi',
        at('mask.nii.gz'),
        '-o',
        at(`${name}-roi`),
        '--json',
      );
      regions.push(JSON.parse(said.out).results.regions.at(-1));
    }
    const [{ before, refined }] = regions;
    // var = (1 + 1 + 4 + 16 + 0.1·(8² − 22))/16, around 43 − 0.5.
    expect(before).toMatchObject({ mean: 43, median: 43, nValues: 4 });
    expect(before.standardDeviation).toBeCloseTo(Math.sqrt(20 / 3), 6);
    expect(before.intervals[0].deviationMs).toBeCloseTo(1.279648, 6);
    expect(before.intervals[0].levels[0].rangeMs[0]).toBeCloseTo(42.5 - 2.559297, 5);
    // Without the last pixel: var = (6 + 0.1·(4² − 6))/9.
    expect(refined).toMatchObject({ mean: 42, nKept: 3, nUncertain: 1, thresholdMs: 3 });
    expect(refined.intervals[0].deviationMs).toBeCloseTo(0.881917, 6);
    expect(refined.intervals[0].levels[0].rangeMs[1]).toBeCloseTo(41.5 + 2.645751, 5);

    const change = async (...more: string[]) =>
      JSON.parse((await rhomap('change', at('first-roi'), at('second-roi'), '--json', ...more)).out)
        .changes[0];
    const own = await change();
    expect(own).toMatchObject({ label: 1, changeMs: 3, exceedsRepeatability: false });
    expect(own.changePercent).toBeCloseTo(300 / 42, 6);
    expect(own.repeatabilityMs).toBeCloseTo(2.77 * 0.03 * 43.5, 6);
    expect(own.levels[0].rangeMs[0]).toBeCloseTo(3 - Math.SQRT2 * 2.645751, 5);
    expect(own.levels[0].rangeMs[1]).toBeCloseTo(3 + Math.SQRT2 * 2.645751, 5);
    expect(await change('--wcv', '2')).toMatchObject({ exceedsRepeatability: true });
    expect((await change('--unrefined')).levels[0].rangeMs[1]).toBeCloseTo(3 + Math.SQRT2 * 2.559297, 5);
  });

  it('are missing, in words, where a visit has no pixel left or no such region', async () => {
    const folder = temporaryFolder();
    const at = (name: string): string => join(folder, name);
    writeVisit(at('visit'), 0);
    writeFileSync(at('one.nii.gz'), writeNifti({ grid, values: Uint8Array.of(1, 1, 1, 1) }));
    writeFileSync(at('two.nii.gz'), writeNifti({ grid, values: Uint8Array.of(1, 1, 2, 2) }));
    writeFileSync(at('none.nii.gz'), writeNifti({ grid, values: new Uint8Array(4) }));
    const roi = (mask: string, out: string, ...more: string[]) =>
      rhomap('roi', at('visit'), '--roi', at(mask), '-o', at(out), ...more);
    expect((await roi('none.nii.gz', 'x')).error).toMatch(/no region: all of its voxels are 0/);
    await roi('two.nii.gz', 'a');
    const removed = await roi('one.nii.gz', 'b', '--refine-ms', '0.5');
    expect(removed).toMatchObject({
      code: 0,
      error: expect.stringContaining('no pixel is certain enough to stay'),
    });
    const said = await rhomap('change', at('a'), at('b'), '--json');
    expect(JSON.parse(said.out).changes).toMatchObject([
      { label: 1, changeMs: null, exceedsRepeatability: null },
    ]);
    expect(said.error).toMatch(/region 2 is only in .*a: there is no change of it/);
    expect(said.error).toMatch(/region 1 has no pixel left in one of the visits/);
  });
});

describe('a map with the uncertainty of a second model', () => {
  it('is mapped from two files, and calibrated into one', async () => {
    const { folder, scan, mask, raw } = prepare();
    const at = (name: string): string => join(folder, name);
    writeFileSync(at('lbudr.onnx'), smallModel({ method: 'lbudr', headGain: 0.05 }));
    const map = (out: string, ...models: string[]) =>
      rhomap('map', scan, '--tsl', '0,50', '--roi', mask, '-o', at(out), '--json', ...models);
    await map('alone', '--model', at('lbudr.onnx'));
    expect(readdirSync(at('alone'))).not.toContain('uncertainty_ms.nii.gz');
    expect(await rhomap('roi', at('alone'), '--roi', mask, '-o', at('alone-roi'))).toMatchObject({ code: 0 });
    const said = await map('pair', '--model', at('lbudr.onnx'), '--uncertainty-model', raw);
    expect(said).toMatchObject({ code: 0 });
    expect(JSON.parse(said.out).results.model).toMatchObject({
      ...{ method: 'lbudr', scaleFrom: { method: 'lbru' } },
    });
    const file = (out: string, name: string): Buffer => readFileSync(join(at(out), name));
    expect(file('pair', 'T1rho_ms.nii.gz').equals(file('alone', 'T1rho_ms.nii.gz'))).toBe(true);
    expect(readdirSync(at('pair'))).toContain('uncertainty_ms.nii.gz');

    writeDataSet(at('cohort'), 6, 32);
    const calibrate = (...more: string[]) =>
      rhomap(
        'calibrate',
        '--model',
        at('lbudr.onnx'),
        '--data',
        at('cohort'),
        '-o',
        at('calibrated'),
        ...more,
      );
    expect((await calibrate()).error).toMatch(
      /LBUDR network, which states no uncertainty.*--uncertainty-model/,
    );
    expect(await calibrate('--uncertainty-model', raw)).toMatchObject({ code: 0 });
    const one = join(at('calibrated'), 'model.onnx');
    expect((await rhomap('models', one)).out).toMatch(
      /second network in the file, LBRU[\s\S]*Calibrated on 6/,
    );
    const results = JSON.parse((await map('one', '--model', one)).out).results;
    expect(results.regions.at(-1).refined.intervals.length).toBe(1);
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
      expect(await axeViolations(page)).toEqual([]);
      await page.close();
    }
  }, 60_000);
});
