/**
 * A PostgreSQL server to test against: Debian's, on a folder that is gone afterwards, as a user without rights. It listens to
 * no network, only to a socket in that folder, which programs in other networks (see `orthanc.ts`) reach too.
 */
import { execFileSync, spawn } from 'node:child_process';
import { chmodSync, chownSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

const ROOT = '/usr/lib/postgresql';
const USER = 'postgres';
export const POSTGRES_PASSWORD = 'a-password-for-tests';
const MAX_START_MS = 60_000;

export interface Postgres {
  /** Connection string. */
  readonly url: string;
  stop(): Promise<void>;
}

export async function startPostgres(): Promise<Postgres> {
  const [version] = readdirSync(ROOT).sort((a, b) => Number(b) - Number(a));
  const program = (name: string): string => join(ROOT, version!, 'bin', name);
  // The path of a socket has room for 107 characters.
  const folder = mkdtempSync('/tmp/rhomap-pg-');
  const data = join(folder, 'data');
  mkdirSync(data, { mode: 0o700 });
  writeFileSync(join(folder, 'password'), POSTGRES_PASSWORD);
  const isRoot = process.getuid!() === 0;
  if (isRoot) {
    const id = (flag: string): number => Number(execFileSync('id', [flag, USER], { encoding: 'utf8' }));
    for (const path of [folder, data, join(folder, 'password')]) chownSync(path, id('-u'), id('-g'));
  }
  chmodSync(folder, 0o755);
  const as = isRoot ? ['setpriv', `--reuid=${USER}`, `--regid=${USER}`, '--clear-groups'] : [];
  const call = (name: string, ...args: string[]): [string, string[]] => {
    const [first, ...rest] = [...as, program(name), ...args];
    return [first!, rest];
  };
  const environment = { cwd: folder, stdio: 'ignore' } as const;
  const init = ['-D', data, '-U', USER, '-A', 'scram-sha-256', '--pwfile', join(folder, 'password')];
  execFileSync(...call('initdb', ...init, '--no-sync'), environment);
  const server = spawn(...call('postgres', '-D', data, '-k', folder, '-c', 'listen_addresses='), environment);
  const gone = new Promise<void>((done) => server.once('exit', () => done()));
  const until = performance.now() + MAX_START_MS;
  const isReady = (): boolean => {
    try {
      execFileSync(program('pg_isready'), ['-h', folder], environment);
      return true;
    } catch {
      return false;
    }
  };
  while (!isReady()) {
    if (server.exitCode !== null || performance.now() > until) throw new Error('PostgreSQL does not start.');
    await sleep(200);
  }
  return {
    url: `postgres://${USER}:${POSTGRES_PASSWORD}@/postgres?host=${encodeURIComponent(folder)}`,
    stop: async () => {
      // Ends at once, clients or none.
      server.kill('SIGINT');
      await gone;
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
