import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import type { ExperimentEvaluation } from '../src/evaluate/experiment-evaluation.ts';
import { launchChromium } from './browser/chromium.ts';
import { axeViolations } from './support/axe.ts';
import { rhomap, temporaryFolder } from './support/cli.ts';
import { syntheticExperiment } from './support/experiment.ts';

type Files = Awaited<ReturnType<typeof syntheticExperiment>>['files'];

interface Written {
  readonly folder: string;
  readonly html: string;
  /** In `report/`. */
  readonly names: readonly string[];
}

/** Writes an experiment to disk and reports it. */
async function report(files: Files): Promise<Written> {
  const folder = mkdtempSync(join(tmpdir(), 'rhomap-report-'));
  for (const [path, bytes] of files) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), bytes);
  }
  // Vega warns on the console: of scales without data, of settings it does not take.
  const warn = vi.spyOn(console, 'warn');
  const { code, error } = await rhomap('report', folder);
  expect(warn.mock.calls).toEqual([]);
  warn.mockRestore();
  expect(error).toBe('');
  expect(code).toBe(0);
  const html = readFileSync(join(folder, 'report.html'), 'utf8');
  return { folder, html, names: readdirSync(join(folder, 'report')).sort() };
}

const changed = (files: Files, change: (evaluation: ExperimentEvaluation) => unknown): Files => {
  const path = 'evaluation/evaluation.json';
  const evaluation = JSON.parse(new TextDecoder().decode(files.get(path)));
  return new Map([...files, [path, new TextEncoder().encode(JSON.stringify(change(evaluation)))]]);
};

const BROKEN = /NaN|undefined|Infinity|\[object|null/;

describe('rhomap report of 51 patients', () => {
  let study: Written;
  let browser: Browser;
  beforeAll(async () => {
    study = await report((await syntheticExperiment()).files);
    browser = await launchChromium();
  }, 120_000);
  afterAll(async () => {
    await browser.close();
    rmSync(study.folder, { recursive: true });
  });

  it('is one small page with every table and figure, and the same as files', async () => {
    const { folder, html, names } = study;
    expect(statSync(join(folder, 'report.html')).size).toBeLessThan(5e6);
    for (const figure of ['1', '2', '3', '4a', '4b', '4c', '5', '6', '7', '8', '9'])
      expect(html).toContain(`<h3>Figure ${figure}: `);
    for (const table of [1, 2, 3, 4, 5, 6]) expect(html).toContain(`Table ${table}`);
    const visible = html.replace(/href="data:[^"]*"/g, '');
    expect(visible).not.toMatch(BROKEN);
    expect(html).not.toMatch(/<script|\son[a-z]+=|@import|url\((?!#)/);

    const svgs = names.filter((name) => name.endsWith('.svg'));
    expect(svgs.length).toBeGreaterThanOrEqual(13);
    for (const name of svgs) {
      const svg = readFileSync(join(folder, 'report', name), 'utf8').replace(/href="data:[^"]*"/g, '');
      expect(svg, name).toMatch(
        /^<svg [^>]*xmlns="http:\/\/www\.w3\.org\/2000\/svg"[^>]*role="img"><title>\S/,
      );
      expect(svg, name).not.toMatch(BROKEN);
      expect(names).toContain(name.replace('.svg', '.png'));
      // The pixels' size of the third example is not known.
      if (/figure-[248]/.test(name))
        expect(svg.includes(' cm</text>'), name).toBe(!name.endsWith('maps-3.svg'));
    }
    const tables = JSON.parse(readFileSync(join(folder, 'report/tables.json'), 'utf8'));
    for (const name of Object.keys(tables.tables)) expect(names).toContain(`${name}.csv`);
  });

  it('opens without a request or script, fits 1280, 800 and 390 pixels and A4, and passes axe', async () => {
    const { folder } = study;
    for (const [width, colorScheme, media] of [
      [1280, 'light', 'screen'],
      [800, 'dark', 'screen'],
      // A telephone: wide tables scroll by themselves, and can be reached by keyboard.
      [390, 'light', 'screen'],
      // A4 less its margins.
      [688, 'light', 'print'],
    ] as const) {
      const page = await browser.newPage({ viewport: { width, height: 900 }, colorScheme });
      await page.emulateMedia({ media });
      const address = pathToFileURL(join(folder, 'report.html')).href;
      const requests: string[] = [];
      const said: string[] = [];
      page.on('request', (request) => requests.push(request.url()));
      page.on('console', (message) => said.push(message.text()));
      await page.goto(address);
      expect(requests.filter((url) => !url.startsWith('data:'))).toEqual([address]);
      expect(said).toEqual([]);
      const selector = width === 390 ? 'html' : 'html, .table';
      const tooWide = await page.evaluate(
        (which) =>
          [...document.querySelectorAll<HTMLElement>(which)]
            .filter((e) => e.scrollWidth > e.clientWidth + 1)
            .map((e) => e.textContent?.slice(0, 60)),
        selector,
      );
      expect(tooWide).toEqual([]);
      if (media === 'print') {
        expect((await page.pdf()).length).toBeGreaterThan(1e5);
        await page.close();
        continue;
      }
      // Values under figures count, too.
      await page.evaluate(() => {
        for (const details of document.querySelectorAll('details')) details.open = true;
      });
      expect(await axeViolations(page)).toEqual([]);
      await page.close();
    }
  });

  it('says the same numbers in the page, the tables and the record', async () => {
    const { folder, html } = study;
    const evaluation: ExperimentEvaluation = JSON.parse(
      readFileSync(join(folder, 'evaluation/evaluation.json'), 'utf8'),
    );
    const csv = readFileSync(join(folder, 'report/table-2-rmre-target.csv'), 'utf8').trim().split('\r\n');
    expect(csv[0]).toMatch(/^method,paperMean,paperSd,rmrePercentMean,rmrePercentSd,intervalPercentLow/);
    evaluation.methods.forEach(({ title, target }, i) => {
      const cells = csv[i + 1]!.split(',');
      expect(cells[0]).toBe(title);
      expect(Number(cells[3])).toBeCloseTo(target.mean, 5);
      expect(html).toContain(`${target.mean.toFixed(2)} ± ${target.standardDeviation.toFixed(2)}`);
    });
    const differences = readFileSync(join(folder, 'report/table-2-differences.csv'), 'utf8').split('\r\n');
    expect(differences[0]).toMatch(/^difference,targetPoints,targetIntervalPointsLow,.*,truthPByPatient$/);
    const [lbr, lbudr] = ['lbr', 'lbudr'].map((name) => evaluation.methods.find((m) => m.method === name)!);
    const line = differences.find((row) => row.startsWith('LBUDR − LBR,'))!;
    expect(Number(line.split(',')[1])).toBeCloseTo(lbudr!.target.mean - lbr!.target.mean, 5);
    const nSlices = readFileSync(join(folder, 'report/slices.csv'), 'utf8').trim().split('\r\n').length - 1;
    expect(nSlices).toBe(51 * 3 * evaluation.methods.length);
    expect(html).toContain('2.71 ± 1.32');
    expect(html).toContain('Test CPU, 2 cores, linux (14 trainings) and not recorded (1 training)');
  });
});

describe('rhomap report of what is incomplete', () => {
  const small = (): Promise<{ files: Files }> => syntheticExperiment({ nPatients: 6, pixelsPerSlice: 40 });

  it('leaves out what is not known: truth, floor, uncertainty, ages, examples', async () => {
    const { files } = await small();
    const bare = changed(files, ({ floor: _, participants, methods, ...rest }) => ({
      ...rest,
      participants: participants.map(({ id, stage }) => ({ id, stage })),
      methods: methods.slice(0, 3).map(({ truth: __, uncertainty: ___, ...method }) => method),
    }));
    for (const path of bare.keys()) if (path.endsWith('.arrays')) bare.delete(path);
    const { folder, html, names } = await report(bare);
    rmSync(folder, { recursive: true });
    expect(html.replace(/href="data:[^"]*"/g, '')).not.toMatch(BROKEN);
    expect(html).not.toMatch(/virtual|floor is|UCE of/);
    expect(names.filter((name) => name.endsWith('.svg'))).toEqual([
      'figure-1-pipeline.svg',
      'figure-10-spread.svg',
      'figure-11-training.svg',
      'figure-3-bland-altman.svg',
      'figure-5-scatter.svg',
    ]);
  });

  it('shows a dash where a statistic does not exist', async () => {
    const { files } = await small();
    const { folder, html } = await report(
      changed(files, (evaluation) => {
        const text = JSON.stringify(evaluation).replace(
          /"(slope|pearsonR|slopeStandardError|p|ence)":[^,}]*/g,
          '"$1":null',
        );
        return JSON.parse(text);
      }),
    );
    rmSync(folder, { recursive: true });
    expect(html.replace(/href="data:[^"]*"/g, '')).not.toMatch(BROKEN);
  });

  it('reports one method that does not learn', async () => {
    const { files } = await syntheticExperiment({ nPatients: 6, pixelsPerSlice: 40, methods: ['coarse'] });
    const { folder, html } = await report(files);
    rmSync(folder, { recursive: true });
    expect(html).toContain('1 method on 18 slices');
    expect(html).toContain('No network was trained.');
    expect(html.replace(/href="data:[^"]*"/g, '')).not.toMatch(BROKEN);
  });

  it('refuses folders without an evaluation, and damaged examples, in one sentence', async () => {
    const folder = temporaryFolder();
    const empty = await rhomap('report', folder);
    expect(empty.code).toBe(1);
    expect(empty.error).toMatch(/no evaluation\/evaluation\.json; run rhomap experiment/);
    expect((await rhomap('report', join(folder, 'nowhere'))).error).toMatch(/no folder/);
    mkdirSync(join(folder, 'evaluation/examples'), { recursive: true });
    for (const [path, bytes] of (await small()).files)
      if (path.startsWith('evaluation')) writeFileSync(join(folder, path), bytes);
    writeFileSync(join(folder, 'evaluation/examples/fold-1.arrays'), 'damaged');
    const damaged = await rhomap('report', folder);
    expect(damaged.code).toBe(1);
    expect(damaged.error).toMatch(/fold-1\.arrays.*delete the file/);
    for (const [text, words] of [
      ['{"schemaVersion":', /evaluation\.json: it is no JSON/],
      ['{"schemaVersion": 2}', /evaluation\.json: its version 2 is not known/],
    ] as const) {
      writeFileSync(join(folder, 'evaluation/evaluation.json'), text);
      const refused = await rhomap('report', folder);
      expect(refused.code).toBe(1);
      expect(refused.error).toMatch(words);
    }
    expect(existsSync(join(folder, 'report.html'))).toBe(false);
  });
});
