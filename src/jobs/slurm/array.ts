/**
 * A job array and its folder, `.jobs/slurm/NAME`: the script, a list of tasks for each chunk, what each said. The name is
 * written before anything is submitted and is that of the job, so that whoever comes later finds it in the queue.
 */
import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { orEnvironmentError } from '../../runtime/node/unwritable.ts';
import { jobPaths } from '../job-folder.ts';
import type { Task } from '../task.ts';

/** What a job asks of Slurm. */
export interface SlurmSettings {
  readonly partition?: string;
  readonly account?: string;
  /** Limit of a chunk, in Slurm's words: `2:00:00`. */
  readonly time?: string;
  readonly memoryMb: number;
  /** Tasks that one job of the array does, one after the other. */
  readonly chunk: number;
  /** Jobs of an array that may run at once. */
  readonly maxRunning?: number;
  /** More options of sbatch, each as one word: `--qos=low`. */
  readonly more: readonly string[];
}

/** A task, and what was known of it when it was submitted: it is done with when one more end is. */
export interface ChunkTask {
  readonly task: Task;
  readonly nStarts: number;
  readonly nEnds: number;
}

export interface SlurmArray {
  readonly name: string;
  readonly memoryMb: number;
  readonly chunks: readonly (readonly ChunkTask[])[];
}

export interface ArrayPaths {
  readonly folder: string;
  readonly script: string;
  /** Its jobs were cancelled on purpose. */
  readonly cancelled: string;
  /** @param what `json`: its tasks; `log`: what it said; `exit`: its exit code; `stop`: why nothing can go on. */
  chunk(number: number, what: 'json' | 'log' | 'exit' | 'stop'): string;
}

export function arrayPaths(folder: string, name: string): ArrayPaths {
  const own = join(resolve(jobPaths(folder).slurm), name);
  return {
    folder: own,
    script: join(own, 'script.sh'),
    cancelled: join(own, 'cancelled'),
    chunk: (number, what) => join(own, `chunk-${number}.${what}`),
  };
}

/** Writes an array's folder; nothing is submitted yet. @throws EnvironmentError. */
export async function createArray(
  folder: string,
  chunks: SlurmArray['chunks'],
  settings: SlurmSettings,
): Promise<SlurmArray> {
  const array = { name: `rhomap-${randomBytes(6).toString('hex')}`, memoryMb: settings.memoryMb, chunks };
  const paths = arrayPaths(folder, array.name);
  await orEnvironmentError(folder, async () => {
    mkdirSync(paths.folder, { recursive: true });
    chunks.forEach((tasks, i) => void writeFileSync(paths.chunk(i, 'json'), JSON.stringify(tasks)));
    writeFileSync(paths.script, scriptOf(folder, array, settings));
    writeFileSync(recordOf(paths), JSON.stringify({ memoryMb: array.memoryMb, nChunks: chunks.length }));
  });
  return array;
}

const recordOf = ({ folder }: ArrayPaths): string => join(folder, 'array.json');

/** Arrays that may have jobs in the queue: those that were submitted here and neither given up nor cancelled. */
export const openArrays = (folder: string): SlurmArray[] =>
  namesIn(jobPaths(folder).slurm).flatMap((name) => {
    const paths = arrayPaths(folder, name);
    if (existsSync(paths.cancelled) || !existsSync(recordOf(paths))) return [];
    const { memoryMb, nChunks } = JSON.parse(readFileSync(recordOf(paths), 'utf8'));
    const chunks = Array.from({ length: nChunks }, (_, i) => readChunk(paths.chunk(i, 'json')));
    return [{ name, memoryMb, chunks }];
  });

export const readChunk = (path: string): ChunkTask[] => JSON.parse(readFileSync(path, 'utf8'));

/** Marks arrays as cancelled: who follows them stops. */
export function markCancelled(folder: string, names: readonly string[]): void {
  for (const name of names) writeFileSync(arrayPaths(folder, name).cancelled, '');
}

export const removeArray = (folder: string, name: string): void =>
  rmSync(arrayPaths(folder, name).folder, { recursive: true, force: true });

function namesIn(folder: string): string[] {
  return existsSync(folder) ? readdirSync(folder).sort() : [];
}

/** The batch script: one chunk for each number of the array. It may be read, and submitted again by hand. */
export function scriptOf(
  folder: string,
  { name, memoryMb, chunks }: SlurmArray,
  settings: SlurmSettings,
): string {
  const { partition, account, time, maxRunning, more } = settings;
  const file = import.meta.filename.endsWith('.ts') ? 'chunk-worker.ts' : 'chunk-worker.js';
  const worker = join(import.meta.dirname, file);
  const options = [
    `--job-name=${name}`,
    `--array=0-${chunks.length - 1}${maxRunning === undefined ? '' : `%${maxRunning}`}`,
    ...[`--mem=${memoryMb}M`, '--ntasks=1', '--cpus-per-task=1'],
    ...[`--chdir="${process.cwd()}"`, '--output=/dev/null'],
    ...(partition === undefined ? [] : [`--partition=${partition}`]),
    ...(account === undefined ? [] : [`--account=${account}`]),
    ...(time === undefined ? [] : [`--time=${time}`]),
    ...more,
  ];
  return [
    '#!/bin/sh',
    ...options.map((option) => `#SBATCH ${option}`),
    `chunk=${quoted(join(arrayPaths(folder, name).folder, 'chunk-'))}$SLURM_ARRAY_TASK_ID`,
    'exec >>"$chunk.log" 2>&1',
    'rm -f "$chunk.exit"',
    `${quoted(process.execPath)} ${quoted(worker)} ${quoted(resolve(folder))} "$chunk"`,
    'code=$?',
    'echo $code >"$chunk.exit"',
    'exit $code',
    '',
  ].join('\n');
}

const quoted = (text: string): string => `'${text.replaceAll("'", "'\\''")}'`;
