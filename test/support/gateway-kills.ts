/**
 * Gateways that are killed again and again while scanners send: each series is mapped, none twice, none lost. The results
 * go to a real archive. `RHOMAP_FULL=1` sends 200 series with 20 kills.
 */
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect } from 'vitest';
import { createRandom } from '../../src/core/random.ts';
import { type GatewayFile, studyUid, writeGatewayFile, writeNumberedSeries } from './gateway.ts';
import { endGatewayProcess, type GatewayProcess, startGatewayProcess } from './gateway-process.ts';
import { type Orthanc, PACS_PASSWORD, PACS_URL, PACS_USER, startOrthanc } from './orthanc.ts';
import { sized } from './size.ts';

export const N_SERIES: number = sized(20, 200);
export const N_KILLS: number = sized(4, 20);
export const KILLS_TIMEOUT_MS: number = sized(900_000, 3_600_000);
const N_SENDERS = 4;
const PORT = 11_112;

export interface KillSettings {
  /** Added to `gateway.json`. */
  readonly config?: object;
  readonly environment?: NodeJS.ProcessEnv;
  /** `gateway worker` processes beside the gateway. */
  readonly nWorkers?: number;
}

interface Status {
  readonly jobs: Readonly<Record<string, number>>;
  readonly parked: unknown[];
  readonly dead: unknown[];
  readonly collecting: number;
}

interface Place {
  readonly pacs: Orthanc;
  readonly file: GatewayFile;
  readonly environment: NodeJS.ProcessEnv;
  /** Of series `n`. */
  readonly scan: (n: number) => string;
}

/** Sends all series through all kills and checks what the archive has at the end; returns all that the processes said. */
export async function mapThroughKills(settings: KillSettings = {}): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), 'rhomap-kills-'));
  const pacs = await startOrthanc(join(folder, 'pacs'));
  try {
    const more = { quietSeconds: 1, partialSeconds: 600, ...settings.config };
    const file = writeGatewayFile(folder, PACS_URL, PORT, more);
    const login = { RHOMAP_PACS_USER: PACS_USER, RHOMAP_PACS_PASSWORD: PACS_PASSWORD };
    const environment = { ...login, ...settings.environment };
    const scan = (n: number): string => join(folder, 'scans', String(n));
    for (let n = 0; n < N_SERIES; n++) writeNumberedSeries(scan(n), n);
    return await sendThroughKills({ pacs, file, environment, scan }, settings.nWorkers ?? 0);
  } finally {
    await pacs.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}

async function sendThroughKills(place: Place, nWorkers: number): Promise<string> {
  const random = createRandom('kills');
  const all: GatewayProcess[] = [];
  const begin = async (action: GatewayProcess['action']): Promise<GatewayProcess> => {
    const running = await startGatewayProcess(place.pacs, place.file.path, place.environment, action);
    all.push(running);
    return running;
  };
  const running = [await begin('run')];
  try {
    running.push(...(await Promise.all(Array.from({ length: nWorkers }, () => begin('worker')))));
    const waiting = Array.from({ length: N_SERIES }, (_, n) => n);
    const sender = async (): Promise<void> => {
      for (let n = waiting.shift(); n !== undefined; n = waiting.shift()) await send(place, n);
    };
    const sending = Promise.all(Array.from({ length: N_SENDERS }, sender));
    for (let i = 0; i < N_KILLS; i++) {
      await sleep(500 + 4000 * random.uniform());
      // The gateway and its workers in turn.
      const k = i % running.length;
      await endGatewayProcess(running[k]!, 'SIGKILL');
      leaveHalfWritten(place.file, i);
      running[k] = await begin(running[k]!.action);
    }
    await sending;
    await untilMapped(place);
    const residentMb = running.map(({ process }) => residentMbOf(process.pid!));
    console.log(`${N_SERIES} series, ${N_KILLS} kills: ${residentMb.join(' + ')} MB resident at the end`);
    for (const one of running) await endGatewayProcess(one, 'SIGTERM');
    for (const { said } of running) expect(said).toContain('"stopped"');
    // What a kill between "done" and "removed" left goes with the next start.
    await endGatewayProcess(await begin('run'), 'SIGTERM');
    for (const name of ['groups', 'ready', 'results', 'incoming'])
      expect(readdirSync(join(place.file.folder, name))).toEqual([]);
  } finally {
    for (const { process } of all) process.kill('SIGKILL');
  }
  return all.map(({ said }) => said).join('');
}

/** What a worker leaves that is killed while it writes. */
function leaveHalfWritten({ folder }: GatewayFile, i: number): void {
  const [job] = readdirSync(join(folder, 'ready'));
  if (job === undefined) return;
  const partial = join(folder, 'results', `.${job}.${i}.partial`);
  mkdirSync(partial);
  writeFileSync(join(partial, 'half.dcm'), 'half');
}

/** Sends a scan until it is taken, as a scanner does. */
async function send({ pacs, scan }: Place, n: number): Promise<void> {
  const args = ['-aet', 'SCANNER', '-aec', 'RHOMAP', '127.0.0.1', String(PORT), '+sd', scan(n)];
  while ((await pacs.run('storescu', args)).code !== 0) await sleep(300);
}

async function ask<T>({ pacs }: Place, url: string): Promise<T> {
  const { code, out, error } = await pacs.run('curl', ['-sf', '-u', `${PACS_USER}:${PACS_PASSWORD}`, url]);
  if (code !== 0) throw new Error(`${url}: ${error}`);
  return JSON.parse(out) as T;
}

async function untilMapped(place: Place): Promise<void> {
  const status = (): Promise<Status> => ask(place, `http://127.0.0.1:${place.file.healthPort}/status`);
  let now = await status();
  while (now.jobs['completed']! < N_SERIES || now.collecting > 0) {
    await sleep(500);
    now = await status();
  }
  expect(now).toMatchObject({
    parked: [],
    dead: [],
    jobs: { completed: N_SERIES, active: 0, created: 0, retry: 0 },
  });
  await expectResultsOnce(place);
}

/** Maps and pictures of each study, and nothing else. */
async function expectResultsOnce(place: Place): Promise<void> {
  type Series = { readonly Instances: string[]; readonly ParentStudy: string };
  const series = await ask<Series[]>(place, 'http://127.0.0.1:8042/series?expand');
  const byStudy = Object.values(Object.groupBy(series, ({ ParentStudy }) => ParentStudy));
  expect(byStudy.map((results) => results!.map(({ Instances }) => Instances.length).sort())).toEqual(
    Array(N_SERIES).fill([2, 3]),
  );
  type Study = { readonly MainDicomTags: { readonly StudyInstanceUID: string } };
  const studies = await ask<Study[]>(place, 'http://127.0.0.1:8042/studies?expand');
  const uids = studies.map(({ MainDicomTags }) => MainDicomTags.StudyInstanceUID).sort();
  expect(uids).toEqual(Array.from({ length: N_SERIES }, (_, n) => studyUid(n)).sort());
}

const residentMbOf = (pid: number): number =>
  Math.round(Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))![1]) / 1024);
