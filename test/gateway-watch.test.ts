/**
 * A gateway that watches a real archive: series of one scan and studies of one series per time, jobs that are dead because
 * the receiver is, `gateway retry`, and results that it does not take for new images.
 */
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { writeNumberedSeries } from './support/gateway.ts';
import { endGatewayProcess, type GatewayProcess, startGatewayProcess } from './support/gateway-process.ts';
import { smallModel } from './support/model.ts';
import { type Orthanc, PACS_PASSWORD, PACS_URL, PACS_USER, startOrthanc } from './support/orthanc.ts';
import { TSL_MS, writeSpinLockSeries } from './support/spin-lock-dicom.ts';

const ROOT = '1.2.826.0.1.3680043.10.11';
const LOGIN = { RHOMAP_PACS_USER: PACS_USER, RHOMAP_PACS_PASSWORD: PACS_PASSWORD };
const folder = mkdtempSync(join(tmpdir(), 'rhomap-watch-'));
const at = (...path: string[]): string => join(folder, ...path);
let pacs: Orthanc;
let gateway: GatewayProcess | undefined;

/** A series of each time, which it names. */
function writeSeriesByTime(path: string): void {
  for (const [t, tslMs] of TSL_MS.entries()) {
    const own = join(path, String(t));
    mkdirSync(own, { recursive: true });
    const attributes = {
      ...{ StudyInstanceUID: `${ROOT}.1`, SeriesInstanceUID: `${ROOT}.2.${t}` },
      ...{ SeriesDescription: `T1rho by time TSL=${tslMs}ms`, PatientID: 'BYTIME' },
    };
    writeSpinLockSeries(own, attributes, undefined, `${ROOT}.4`);
    for (const name of readdirSync(own)) if (!name.startsWith(`im-${t}-`)) rmSync(join(own, name));
  }
}

/** @param receiver of the results, DICOMweb. */
function writeConfig(receiver: string): void {
  const config = {
    schemaVersion: 1,
    folder: 'state',
    watch: { url: PACS_URL, everySeconds: 1, days: 36_500 },
    rules: [
      {
        name: 'by-time',
        match: { seriesDescription: 't1rho by time' },
        ...{ per: 'study', tslFrom: 'description', nSlices: 3, model: 'model.onnx' },
      },
      {
        name: 'liver',
        match: { seriesDescription: 't1rho' },
        ...{ tslMs: TSL_MS, nSlices: 3, model: 'model.onnx' },
      },
    ],
    send: { stow: { url: receiver } },
    health: { port: 11_213 },
    // Longer than copying the next series of a study takes.
    ...{ quietSeconds: 5, partialSeconds: 600, minFreeMb: 0 },
    retry: { limit: 0, firstSeconds: 1, maxSeconds: 1 },
  };
  writeFileSync(at('gateway.json'), JSON.stringify(config));
}

interface Status {
  readonly jobs: Readonly<Record<string, number>>;
  readonly dead: readonly { readonly data: { readonly rule: string }; readonly reason: { code: string } }[];
  readonly parked: readonly unknown[];
}
const ask = async <T>(url: string): Promise<T> =>
  JSON.parse((await pacs.run('curl', ['-s', '-u', `${PACS_USER}:${PACS_PASSWORD}`, url])).out) as T;
const status = (): Promise<Status> => ask('http://127.0.0.1:11213/status');
async function until(what: (now: Status) => boolean): Promise<Status> {
  for (let now = await status(); ; now = await status()) {
    if (what(now)) return now;
    await sleep(300);
  }
}
const rhomap = (...argv: string[]) => pacs.rhomap(LOGIN, 'gateway', ...argv, '--config', at('gateway.json'));
const start = async (): Promise<void> => {
  gateway = await startGatewayProcess(pacs, at('gateway.json'), LOGIN);
};
const stop = (): Promise<void> => endGatewayProcess(gateway!, 'SIGTERM');

beforeAll(async () => {
  writeFileSync(at('model.onnx'), smallModel());
  writeNumberedSeries(at('scan', 'liver'), 1);
  writeSeriesByTime(at('scan', 'by-time'));
  writeNumberedSeries(at('scan', 'other'), 2, 'localizer');
  pacs = await startOrthanc(at('pacs'));
  const sent = await pacs.run('storescu', ['127.0.0.1', String(pacs.dicomPort), '+sd', '+r', at('scan')]);
  expect(sent, sent.error).toMatchObject({ code: 0 });
}, 120_000);
afterAll(async () => {
  gateway?.process.kill('SIGKILL');
  await pacs?.stop();
  rmSync(folder, { recursive: true });
}, 60_000);

it('copies and maps what its rules fit, by series and by study; what cannot be sent is dead after the last attempt', async () => {
  writeConfig('http://127.0.0.1:1/dicom-web');
  await start();
  const now = await until(({ dead }) => dead.length === 2);
  expect(now.dead.map(({ data }) => data.rule).sort()).toEqual(['by-time', 'liver']);
  expect(now.dead.map(({ reason }) => reason.code)).toEqual(['pacs/unreachable', 'pacs/unreachable']);
  expect(now.parked).toEqual([]);
  await stop();
  const said = await rhomap('status');
  expect(said.out).toMatch(/^not running: 0 waiting, 0 in work, 0 done, 2 failed for good; 0 parked/);
  expect(said.out).toContain('nothing answers at that port');
}, 300_000);

it('tries dead jobs again when told, sends the results that were made, and does not take them for images', async () => {
  writeConfig(PACS_URL);
  expect(await rhomap('retry')).toMatchObject({ code: 0, out: '2 jobs to be tried again\n' });
  expect((await rhomap('retry')).out).toBe('0 jobs to be tried again\n');
  await start();
  await until(({ jobs }) => jobs['completed'] === 2);
  expect(gateway!.said.match(/"verdict":"mapped before"/g)).toHaveLength(2);
  // A second look, and a third that would copy: the results are there by now, of a description that a rule fits.
  await sleep(4000);
  const { parked } = await status();
  expect(parked).toEqual([]);
  await stop();
  // Nothing was copied again: what was seen is remembered on disk.
  expect(gateway!.said).not.toContain('"copied"');
  const series = await ask<
    { readonly MainDicomTags: { SeriesDescription: string }; readonly Instances: string[] }[]
  >('http://127.0.0.1:8042/series?expand');
  const results = series.filter(({ MainDicomTags }) =>
    MainDicomTags.SeriesDescription.endsWith('(research use)'),
  );
  expect(results.map(({ Instances }) => Instances.length).sort()).toEqual([2, 2, 3, 3]);
  expect(readdirSync(at('state', 'seen'))).toHaveLength(5);
  expect(readdirSync(at('state', 'results'))).toEqual([]);
  expect(readFileSync(at('gateway.json'), 'utf8')).not.toContain(PACS_PASSWORD);
}, 300_000);
