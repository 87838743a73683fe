/** `rhomap cohort report`: one page on mapped subjects, and their table, which another reader understands. */
import { cpSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { parquetReadObjects } from 'hyparquet';
import { expect, it, vi } from 'vitest';
import { createRandom } from '../src/core/random.ts';
import { cohortPage } from '../src/report/cohort/cohort-page.ts';
import { flagRows } from '../src/report/cohort/flags.ts';
import { parseTable } from '../src/report/cohort/parse-table.ts';
import type { SubjectRow } from '../src/report/cohort/subject-row.ts';
import { thumbnail } from '../src/report/cohort/thumbnail.ts';
import { launchChromium } from './browser/chromium.ts';
import { axeViolations } from './support/axe.ts';
import { rhomap, temporaryFolder } from './support/cli.ts';
import { cohortFolder } from './support/cohort.ts';

vi.setConfig({ testTimeout: 600_000 });

const BROKEN = /NaN|undefined|Infinity|\[object|null/;

/** A mapped cohort: three subjects mapped, copied to twelve with means of their own, one of them far off, one failed. */
async function mappedCohort(): Promise<string> {
  const folder = cohortFolder(4);
  rmSync(join(folder, 'data/sub-004/anat/sub-004_spinlock.nii.gz'));
  const out = join(folder, 'out');
  const flags = ['--model', join(folder, 'model.onnx'), '--no-previews', '-o', out];
  expect((await rhomap('cohort', 'map', join(folder, 'data'), ...flags)).code).toBe(1);
  const rows = ['participant_id\tstage\tscanner'];
  for (let i = 1; i <= 12; i++) {
    const id = `sub-${String(i).padStart(3, '0')}`;
    rows.push(`${id}\tF${i % 3}\tscanner ${i % 2}`);
    if (i === 4) continue;
    const subject = join(out, 'subjects', id);
    if (i > 4) cpSync(join(out, 'subjects/sub-001'), subject, { recursive: true });
    const summary = JSON.parse(readFileSync(join(subject, 'summary.json'), 'utf8'));
    for (const region of summary.results.regions) region.before.mean = i === 7 ? 60 : 42 + 0.3 * (i % 5);
    summary.results.check =
      i === 9 ? { verdict: 'refuse', reasons: ['noise <b>: 9'] } : { verdict: 'in range', reasons: [] };
    writeFileSync(join(subject, 'summary.json'), JSON.stringify(summary));
  }
  writeFileSync(join(folder, 'data/participants.tsv'), `${rows.join('\n')}\n`);
  return out;
}

it('tells groups, outliers, unusual inputs and failures on one page that passes axe', async () => {
  const out = await mappedCohort();
  const { code, error, out: said } = await rhomap('cohort', 'report', out, '--json');
  expect(code, error).toBe(0);
  expect(JSON.parse(said)).toMatchObject({ nSubjects: 11, nFlagged: 2, nFailed: 1 });
  const html = readFileSync(join(out, 'report.html'), 'utf8');
  const visible = html.replace(/src="data:[^"]*"/g, '');
  expect(visible).not.toMatch(BROKEN);
  expect(html).not.toMatch(/<script|\son[a-z]+=|noise <b>/);
  for (const words of [
    'T1ρ by stage',
    'T1ρ by scanner',
    'outlier: its mean is',
    'do not use: noise',
    'cohort/no-images',
  ])
    expect(visible).toContain(words);
  // The worst first: what is to be refused, then the outlier.
  const order = [...visible.matchAll(/<strong>(sub-\d+)<\/strong>/g)].map(([, id]) => id);
  expect(order.slice(0, 2)).toEqual(['sub-009', 'sub-007']);
  expect(order).toHaveLength(11);

  const table = parseTable(readFileSync(join(out, 'report/subjects.csv'), 'utf8'), ',');
  const parquet = readFileSync(join(out, 'report/subjects.parquet'));
  const file = parquet.buffer.slice(parquet.byteOffset, parquet.byteOffset + parquet.length) as ArrayBuffer;
  const records = await parquetReadObjects({ file });
  expect(records.map(({ id }) => id)).toEqual(table.rows.map(({ id }) => id));
  records.forEach((record, i) => {
    const row = table.rows[i]!;
    expect(record['mean_ms']).toBeCloseTo(Number(row['mean_ms']), 4);
    expect([record['stage'], record['scanner'], record['verdict']]).toEqual([
      row['stage'],
      row['scanner'],
      row['verdict'],
    ]);
  });

  const browser = await launchChromium();
  try {
    for (const [width, colorScheme] of [
      [1280, 'light'],
      [390, 'dark'],
    ] as const) {
      const page = await browser.newPage({ viewport: { width, height: 900 }, colorScheme });
      await page.goto(pathToFileURL(join(out, 'report.html')).href);
      await page.evaluate(() => {
        for (const details of document.querySelectorAll('details')) details.open = true;
      });
      expect(await page.evaluate(() => document.documentElement.scrollWidth <= window.innerWidth + 1)).toBe(
        true,
      );
      expect(await axeViolations(page)).toEqual([]);
      if (process.env['RHOMAP_PICTURE'])
        await page.screenshot({ path: `${process.env['RHOMAP_PICTURE']}-${width}.png`, fullPage: true });
      await page.close();
    }
  } finally {
    await browser.close();
  }
});

it('says what is wrong with a folder or a table', async () => {
  const folder = temporaryFolder();
  expect(await rhomap('cohort', 'report', folder)).toMatchObject({
    code: 1,
    error: expect.stringContaining('no mapped'),
  });
  const out = await mappedCohort();
  writeFileSync(join(folder, 'x.csv'), 'a,b\n1,2\n');
  const wrong = await rhomap('cohort', 'report', out, '--participants', join(folder, 'x.csv'));
  expect(wrong).toMatchObject({ code: 2, error: expect.stringContaining('no table of participants') });
  expect(statSync(out).isDirectory()).toBe(true);
});

it('stays below 20 MB for 1,000 patients, every picture as noisy as can be', () => {
  const random = createRandom('cohort page');
  const rows = flagRows(
    Array.from(
      { length: 1000 },
      (_, i): SubjectRow => ({
        ...{ id: `sub-${i}`, groups: { stage: `F${i % 4}` }, region: '1', verdict: 'unusual', warnings: [] },
        ...{
          reasons: ['noise of the first image as a part of its signal: 0.3, usual 0.1–0.2'],
          nVoxels: 900,
        },
        ...{ meanMs: 42 + 3 * random.normal(), sdMs: 3, refinedMs: 42, refinedSdMs: 2, removedShare: 0.2 },
      }),
    ),
  );
  const n = 128 * 128;
  const grid = {
    nColumns: 128,
    nRows: 128,
    nSlices: 1,
    affine: [-2, 0, 0, 0, 0, -2, 0, 0, 0, 0, 7, 0, 0, 0, 0, 1],
  };
  const picture = (): ReturnType<typeof thumbnail> =>
    thumbnail(
      {
        ...{ grid, name: 'T1rho', unit: 'ms', status: new Uint8Array(n) },
        values: Float32Array.from({ length: n }, () => 25 + 40 * random.uniform()),
      },
      new Uint8Array(n).fill(1, 5000, 6000),
      [25, 65],
    );
  const page = cohortPage({
    ...{ title: 'big', rows, groups: ['stage'], figures: [], range: [25, 65] },
    facts: { rhomap: '0', nSubjects: 1000, nFailed: 0 },
    thumbnails: new Map(rows.slice(0, 240).map(({ id }) => [id, picture()])),
    failures: { name: 'failures', title: '', columns: [], rows: [] },
  });
  expect(new TextEncoder().encode(page).length).toBeLessThan(20e6);
});

it('reads tables as spreadsheets write them', () => {
  const text = '\ufeffid,note\r\n"a, b","says ""no"""\r\n\r\nc,\n';
  expect(parseTable(text, ',')).toEqual({
    columns: ['id', 'note'],
    rows: [
      { id: 'a, b', note: 'says "no"' },
      { id: 'c', note: '' },
    ],
  });
});
