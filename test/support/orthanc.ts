/**
 * A PACS to test against: Debian's Orthanc with its DICOMweb plugin. It would listen to the whole network, so it runs in a
 * network of its own, which holds nothing but a loopback; who wants to reach it is run in there too.
 */
import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { CliResult } from './cli.ts';

export const PACS_USER = 'rhomap';
export const PACS_PASSWORD = 'a password for tests';
const HTTP_PORT = 8042;
const DICOM_PORT = 4242;
export const PACS_URL: string = `http://127.0.0.1:${HTTP_PORT}/dicom-web`;
const MAIN = resolve(import.meta.dirname, '../../src/cli/main.ts');
/** Orthanc opens its database for seconds. */
const MAX_START_MS = 30_000;

export interface Orthanc {
  readonly dicomPort: number;
  /** Runs a program in the network of the PACS. */
  run(program: string, args: readonly string[], environment?: NodeJS.ProcessEnv): Promise<CliResult>;
  /** Starts one there that goes on. */
  start(program: string, args: readonly string[], environment?: NodeJS.ProcessEnv): ChildProcess;
  /** `rhomap …` there. */
  rhomap(environment: NodeJS.ProcessEnv, ...argv: string[]): Promise<CliResult>;
  stop(): Promise<void>;
}

/** @param folder for its configuration and images. */
export async function startOrthanc(folder: string, more: object = {}): Promise<Orthanc> {
  mkdirSync(folder, { recursive: true });
  const configuration = {
    Name: 'rhomap tests',
    StorageDirectory: join(folder, 'images'),
    IndexDirectory: join(folder, 'images'),
    Plugins: ['/usr/share/orthanc/plugins/libOrthancDicomWeb.so'],
    HttpPort: HTTP_PORT,
    DicomPort: DICOM_PORT,
    RemoteAccessAllowed: false,
    AuthenticationEnabled: true,
    RegisteredUsers: { [PACS_USER]: PACS_PASSWORD },
    DicomCheckCalledAet: false,
    DicomAlwaysAllowStore: true,
    DicomAlwaysAllowEcho: true,
    ...more,
  };
  writeFileSync(join(folder, 'orthanc.json'), JSON.stringify(configuration));
  const inside = `ip link set lo up && exec Orthanc ${join(folder, 'orthanc.json')}`;
  const server = spawn('unshare', ['-rn', 'sh', '-c', inside], {
    stdio: 'ignore',
    env: { ...process.env, PATH: `${process.env['PATH']}:/usr/sbin` },
  });
  const gone = new Promise<void>((done) => server.once('exit', () => done()));
  const entering = ['-t', String(server.pid), '-U', '-n', '--preserve-credentials', '--'];
  const run: Orthanc['run'] = (program, args, environment = {}) =>
    new Promise((done) => {
      const env = { ...process.env, ...environment };
      execFile('nsenter', [...entering, program, ...args], { env, maxBuffer: 2 ** 26 }, (error, out, said) =>
        done({ code: error ? Number(error.code ?? 1) : 0, out, error: said }),
      );
    });
  const until = performance.now() + MAX_START_MS;
  while ((await run('echoscu', ['127.0.0.1', String(DICOM_PORT)])).code !== 0) {
    if (server.exitCode !== null || performance.now() > until) throw new Error('Orthanc does not start.');
    await sleep(200);
  }
  return {
    dicomPort: DICOM_PORT,
    run,
    start: (program, args, environment = {}) =>
      spawn('nsenter', [...entering, program, ...args], { env: { ...process.env, ...environment } }),
    rhomap: (environment, ...argv) => run(process.execPath, [MAIN, ...argv], environment),
    stop: async () => {
      server.kill();
      await gone;
    },
  };
}
