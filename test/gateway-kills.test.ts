/**
 * A gateway that is killed again and again while scanners send: each series is mapped, none twice, none lost. The results
 * go to a real archive. `RHOMAP_FULL=1` sends 200 series with 20 kills, and then the same to three workers on PostgreSQL.
 */
import type { ChildProcess } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createRandom } from '../src/core/random.ts';
import { type GatewayFile, studyUid, writeGatewayFile, writeNumberedSeries } from './support/gateway.ts';
import { type Orthanc, PACS_PASSWORD, PACS_URL, PACS_USER, startOrthanc } from './support/orthanc.ts';

const isFull = process.env['RHOMAP_FULL'] === '1';
const [nSeries, nKills] = isFull ? [200, 20] : [20, 4];
const N_SENDERS = 4;
const PORT = 11_112;
const MAIN = resolve(import.meta.dirname, '../src/cli/main.ts');
const LOGIN = { RHOMAP_PACS_USER: PACS_USER, RHOMAP_PACS_PASSWORD: PACS_PASSWORD };
const folder = mkdtempSync(join(tmpdir(), 'rhomap-kills-'));
const at = (...path: string[]): string => join(folder, ...path);

let pacs: Orthanc;
let file: GatewayFile;
beforeAll(async () => {
  pacs = await startOrthanc(at('pacs'));
  file = writeGatewayFile(folder, PACS_URL, PORT, { quietSeconds: 1, partialSeconds: 600 });
  for (let n = 0; n < nSeries; n++) writeNumberedSeries(at('scans', String(n)), n);
}, 120_000);
afterAll(async () => {
  await pacs?.stop();
  rmSync(folder, { recursive: true, force: true });
}, 60_000);

/** A gateway as a process of its own, and what it said. */
interface Running {
  readonly process: ChildProcess;
  said: string;
}

async function start(): Promise<Running> {
  const process = pacs.start(globalThis.process.execPath, [MAIN, 'gateway', '--config', file.path], LOGIN);
  const running: Running = { process, said: '' };
  process.stderr!.on('data', (chunk) => (running.said += chunk));
  while (!running.said.includes('"started"')) {
    if (process.exitCode !== null) throw new Error(running.said);
    await sleep(100);
  }
  return running;
}

async function end({ process }: Running, signal: NodeJS.Signals): Promise<void> {
  const gone = new Promise<void>((done) => process.once('exit', () => done()));
  process.kill(signal);
  await gone;
}

/** Sends a scan until it is taken, as a scanner does. */
async function send(n: number): Promise<void> {
  const args = [
    '-aet',
    'SCANNER',
    '-aec',
    'RHOMAP',
    '127.0.0.1',
    String(PORT),
    '+sd',
    at('scans', String(n)),
  ];
  while ((await pacs.run('storescu', args)).code !== 0) await sleep(300);
}

async function ask<T>(url: string): Promise<T> {
  const login = Buffer.from(`${PACS_USER}:${PACS_PASSWORD}`).toString('base64');
  const script = `fetch('${url}', { headers: { authorization: 'Basic ${login}' } }).then((r) => r.text()).then(console.log)`;
  const said = await pacs.run(process.execPath, ['-e', script]);
  return JSON.parse(said.out) as T;
}

it(
  `maps ${nSeries} series once each through ${nKills} kills`,
  async () => {
    const random = createRandom('kills');
    const waiting = Array.from({ length: nSeries }, (_, n) => n);
    const sender = async (): Promise<void> => {
      for (let n = waiting.shift(); n !== undefined; n = waiting.shift()) await send(n);
    };
    let gateway = await start();
    const sending = Promise.all(Array.from({ length: N_SENDERS }, sender));
    for (let i = 0; i < nKills; i++) {
      await sleep(500 + 6000 * random.uniform());
      await end(gateway, 'SIGKILL');
      gateway = await start();
    }
    await sending;
    const status = `http://127.0.0.1:${file.healthPort}/status`;
    type Status = { jobs: Record<string, number>; parked: unknown[]; dead: unknown[]; collecting: number };
    let now = await ask<Status>(status);
    while (now.jobs['completed']! < nSeries || now.collecting > 0) {
      await sleep(1000);
      now = await ask<Status>(status);
    }
    const residentKb = Number(
      /VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${gateway.process.pid}/status`, 'utf8'))![1],
    );
    await end(gateway, 'SIGTERM');
    expect(gateway.said).toContain('"stopped"');
    expect(now).toMatchObject({
      parked: [],
      dead: [],
      jobs: { completed: nSeries, active: 0, created: 0, retry: 0 },
    });
    for (const name of ['groups', 'ready', 'results', 'incoming'])
      expect(readdirSync(join(file.folder, name))).toEqual([]);
    const series = await ask<
      { MainDicomTags: { SeriesDescription: string }; Instances: string[]; ParentStudy: string }[]
    >('http://127.0.0.1:8042/series?expand');
    // Maps and pictures of each study, and nothing else.
    const byStudy = Object.values(Object.groupBy(series, ({ ParentStudy }) => ParentStudy));
    expect(byStudy.map((results) => results!.map(({ Instances }) => Instances.length).sort())).toEqual(
      Array(nSeries).fill([2, 3]),
    );
    const studies = await ask<{ MainDicomTags: { StudyInstanceUID: string } }[]>(
      'http://127.0.0.1:8042/studies?expand',
    );
    const uids = studies.map(({ MainDicomTags }) => MainDicomTags.StudyInstanceUID).sort();
    expect(uids).toEqual(Array.from({ length: nSeries }, (_, n) => studyUid(n)).sort());
    console.log(
      `${nSeries} series, ${nKills} kills: ${(residentKb / 1024).toFixed(0)} MB resident at the end`,
    );
  },
  isFull ? 3_600_000 : 900_000,
);
