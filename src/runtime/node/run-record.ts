/** What this process runs on, for the records of what it made. */
import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { arch, cpus, platform, totalmem } from 'node:os';
import { join, resolve } from 'node:path';
import type { RunRecord } from '../../core/run-record.ts';

const ROOT = resolve(import.meta.dirname, '../../..');

/** Gives the record at the end of a run. The commit is that of now: a checkout may move on while loaded code runs. */
export function createRunRecorder(): () => RunRecord {
  const commit = commitOf(ROOT);
  return () => ({
    endedAt: new Date().toISOString(),
    processor: processor(),
    nCores: cpus().length,
    system: system(),
    ...(commit !== undefined && { commit }),
  });
}

/** The machine in a line. */
export const describeMachine = (): string =>
  `${processor()}, ${cpus().length} cores, ${Math.round(totalmem() / 2 ** 30)} GiB, ${system()}`;

const processor = (): string => cpus()[0]?.model.trim() || arch();
const system = (): string => `${platform()}, Node ${process.versions.node}`;

/** Undefined where the folder itself is no checkout (an installed package may lie inside another one), or git is missing. */
export function commitOf(root: string): string | undefined {
  if (!existsSync(join(root, '.git'))) return undefined;
  const git = (...args: string[]): string =>
    execFileSync('git', args, { cwd: root, encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }).trim();
  try {
    // Results may lie in the checkout, too: only changes to the sources count.
    return git('rev-parse', 'HEAD') + (git('status', '--porcelain', '--', 'src') === '' ? '' : '-dirty');
  } catch {
    return undefined;
  }
}
