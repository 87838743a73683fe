/** The folder of a job: results for the user, and in `.jobs` what is needed to go on. A folder holds one job. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { FormatError, OptionError } from '../core/errors.ts';
import { VERSION } from '../core/version.ts';
import { orEnvironmentError } from '../runtime/node/unwritable.ts';
import { writeWhole } from '../runtime/node/write-whole.ts';
import type { JobRecord } from './task.ts';

export interface JobPaths {
  readonly record: string;
  readonly journal: string;
  /** Outputs while they are written. */
  readonly partial: string;
  /** Who is running the job on this machine. */
  readonly lock: string;
  readonly slurm: string;
}

export function jobPaths(folder: string): JobPaths {
  const own = join(folder, '.jobs');
  return {
    record: join(own, 'job.json'),
    journal: join(own, 'journal'),
    partial: join(own, 'partial'),
    lock: join(own, 'lock.json'),
    slurm: join(own, 'slurm'),
  };
}

/** The job in a folder; `undefined` where there is none. @throws FormatError `jobs/damaged`. */
export function readJob(folder: string): JobRecord | undefined {
  const { record } = jobPaths(folder);
  let text: string;
  try {
    text = readFileSync(record, 'utf8');
  } catch {
    return undefined;
  }
  try {
    const job = JSON.parse(text) as JobRecord;
    if (job.schemaVersion === 1) return job;
  } catch {
    // Told below.
  }
  throw new FormatError(
    'jobs/damaged',
    record,
    'it is no job of this version; delete the folder .jobs to start anew.',
  );
}

/** @throws OptionError `jobs/none` for a folder without a job. */
export function requireJob(folder: string): JobRecord {
  const job = readJob(folder);
  if (job) return job;
  throw new OptionError('jobs/none', `${folder} holds no job; give the output folder of rhomap cohort map.`);
}

export const createJob = (kind: string, definition: JobRecord['definition']): JobRecord => ({
  ...{ schemaVersion: 1, rhomap: VERSION, kind },
  // As it will be read.
  definition: JSON.parse(JSON.stringify(definition)) as JobRecord['definition'],
});

/** @throws OptionError `jobs/other-job` for a folder that holds another job, naming what differs. */
export function assertSameJob(folder: string, job: JobRecord): void {
  const kept = readJob(folder);
  if (!kept) return;
  const differs = kept.rhomap === job.rhomap ? differences(kept, job) : [`rhomap ${kept.rhomap}`];
  if (differs.length > 0)
    throw new OptionError(
      'jobs/other-job',
      `${folder} was begun with another ${differs.join(', ')}; give the same options to go on, or another folder with -o.`,
    );
}

function differences(kept: JobRecord, job: JobRecord): string[] {
  if (kept.kind !== job.kind) return ['kind of job'];
  const names = new Set([...Object.keys(kept.definition), ...Object.keys(job.definition)]);
  return [...names].filter(
    (name) => JSON.stringify(kept.definition[name]) !== JSON.stringify(job.definition[name]),
  );
}

export const writeJob = (folder: string, job: JobRecord): Promise<void> =>
  orEnvironmentError(folder, () =>
    writeWhole(jobPaths(folder).record, new TextEncoder().encode(`${JSON.stringify(job, null, 2)}\n`)),
  );
