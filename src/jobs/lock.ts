/** One run at a time in a folder on one machine. A lock whose process is gone, even by a kill, counts no more. */
import { readFileSync, rmSync } from 'node:fs';
import { hostname } from 'node:os';
import { OptionError } from '../core/errors.ts';
import { orEnvironmentError } from '../runtime/node/unwritable.ts';
import { writeWhole } from '../runtime/node/write-whole.ts';
import { jobPaths } from './job-folder.ts';

export interface Lock {
  readonly host: string;
  readonly pid: number;
  /** When the system says that the process began: numbers of processes are used again. */
  readonly began: string | null;
}

/** The run that holds a folder, as far as this machine can tell. */
export function readLock(folder: string): Lock | undefined {
  try {
    const lock = JSON.parse(readFileSync(jobPaths(folder).lock, 'utf8')) as Lock;
    return lock.host !== hostname() || isRunning(lock) ? lock : undefined;
  } catch {
    return undefined;
  }
}

/** @throws OptionError `jobs/running`. Returns what releases the lock. */
export async function takeLock(folder: string): Promise<() => void> {
  const held = readLock(folder);
  const { lock } = jobPaths(folder);
  if (held)
    throw new OptionError(
      'jobs/running',
      `${folder} is being worked on by process ${held.pid} on ${held.host}; wait, or stop it by rhomap jobs cancel (if that process is gone, delete ${lock}).`,
    );
  const own: Lock = { host: hostname(), pid: process.pid, began: beganAt(process.pid) };
  await orEnvironmentError(folder, () => writeWhole(lock, new TextEncoder().encode(JSON.stringify(own))));
  return () => rmSync(lock, { force: true });
}

function isRunning({ pid, began }: Lock): boolean {
  try {
    process.kill(pid, 0);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ESRCH') return false;
  }
  return began === beganAt(pid);
}

/** Field 22 of `/proc/PID/stat` (proc(5)); `null` where there is no such file. */
function beganAt(pid: number): string | null {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? null;
  } catch {
    return null;
  }
}
