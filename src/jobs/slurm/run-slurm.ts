/**
 * Runs what is to do of a job on a Slurm cluster: job arrays of chunks, submitted, followed, and submitted again with what
 * is missing. How tasks ended is told by the journal, which chunks may still run by the queue; so whoever comes after a
 * lost session, or a restart of Slurm, knows as much as who began.
 */
import { existsSync, readFileSync, rmSync } from 'node:fs';
import { hostname } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import { EnvironmentError, OptionError } from '../../core/errors.ts';
import { jobPaths } from '../job-folder.ts';
import { createJournalReader, historyOf, type JournalReader, openJournalWriter } from '../journal.ts';
import type { PoolEnd } from '../local/pool.ts';
import type { RunResult } from '../local/run-local.ts';
import { takeLock } from '../lock.ts';
import type { Plan } from '../plan.ts';
import type { JobCounts } from '../progress.ts';
import type { Failure, Task } from '../task.ts';
import {
  arrayPaths,
  createArray,
  markCancelled,
  openArrays,
  removeArray,
  type SlurmSettings,
} from './array.ts';
import { type Chunk, chunksOf, type Left, lookAfter } from './chunks.ts';
import { lookUp, type QueuedChunk, submit } from './client.ts';

export interface SlurmRun {
  readonly folder: string;
  readonly plan: Plan;
  readonly settings: SlurmSettings;
  readonly signal: AbortSignal;
  readonly onProgress: (counts: JobCounts, nEnded: number) => void;
  readonly warn: (text: string) => void;
}

/** @throws OptionError `jobs/running`, and what `submit` throws, when nothing could be submitted. */
export async function runOnSlurm(run: SlurmRun): Promise<RunResult> {
  const unlock = await takeLock(run.folder);
  try {
    const state = begin(run);
    const end = await follow(run, state);
    if (end.kind === 'finished')
      for (const left of ['slurm', 'partial'] as const)
        rmSync(jobPaths(run.folder)[left], { recursive: true, force: true });
    return { end, nDone: state.nDone, failures: state.failures };
  } finally {
    unlock();
  }
}

interface State {
  readonly reader: JournalReader;
  /** Tasks that have not ended, by id. */
  readonly left: Map<string, Left>;
  /** Chunks that may still be running. */
  chunks: Chunk[];
  readonly failures: Failure[];
  nDone: number;
  nEnded: number;
  /** Chunks that died before their first task, with none that did better in between. */
  nIdle: number;
  /** Slurm did not answer at the last look. */
  isSilent: boolean;
}

function begin({ folder, plan, settings }: SlurmRun): State {
  const reader = createJournalReader(folder);
  const left = plan.todo.map((task): [string, Left] => [
    task.id,
    { task, nEnds: historyOf(reader.journal, task).nEnds, memoryMb: settings.memoryMb, nDeaths: 0 },
  ]);
  const chunks = openArrays(folder).flatMap(chunksOf);
  // What stopped an earlier run is mended, or will be told again.
  for (const { array, number } of chunks)
    rmSync(arrayPaths(folder, array.name).chunk(number, 'stop'), { force: true });
  return {
    ...{ reader, left: new Map(left), chunks },
    ...{ failures: [...plan.failures], nDone: plan.nDone, nEnded: 0, nIdle: 0, isSilent: false },
  };
}

async function follow(run: SlurmRun, state: State): Promise<PoolEnd> {
  const startedAt = performance.now();
  for (let nLooks = 0; ; nLooks++) {
    const queue = await queueOf(run, state);
    settle(state);
    run.onProgress(
      { nDone: state.nDone, nFailed: state.failures.length, nLeft: state.left.size },
      state.nEnded,
    );
    if (state.left.size === 0) return { kind: 'finished' };
    if (state.chunks.some(({ array }) => existsSync(arrayPaths(run.folder, array.name).cancelled)))
      return { kind: 'stopped', code: 'jobs/cancelled', reason: 'The jobs were cancelled.' };
    if (run.signal.aborted) return { kind: 'interrupted' };
    if (queue) {
      const stop = bury(run, state, lookAfter(state.chunks, queue));
      if (stop) return stop;
      await submitMissing(run, state, nLooks === 0);
    }
    await sleep(1000 * waitSeconds((performance.now() - startedAt) / 1000), undefined, {
      signal: run.signal,
    }).catch(() => {});
  }
}

/** Short at first, so that small cohorts end soon; a long run asks the controller twice a minute. */
const waitSeconds = (elapsedSeconds: number): number => Math.min(30, 1 + elapsedSeconds / 20);

/** `undefined` where Slurm does not answer: it may be restarting, and its jobs go on. */
async function queueOf({ warn }: SlurmRun, state: State): Promise<QueuedChunk[] | undefined> {
  try {
    const queue = await lookUp([...new Set(state.chunks.map(({ array }) => array.name))]);
    state.isSilent = false;
    return queue;
  } catch (error) {
    if (!(error instanceof EnvironmentError) || error.code !== 'slurm/unreachable') throw error;
    if (!state.isSilent) warn(`${error.message} Waiting for it [${error.code}]`);
    state.isSilent = true;
    return undefined;
  }
}

/** Takes out what has ended, by the journal. */
function settle(state: State): void {
  state.reader.update();
  for (const [id, { task, nEnds }] of state.left) {
    const history = historyOf(state.reader.journal, task);
    if (history.nEnds <= nEnds) continue;
    state.left.delete(id);
    state.nEnded++;
    state.nIdle = 0;
    if (history.done) state.nDone++;
    else state.failures.push({ id, input: task.input, ...history.failed! });
  }
}

/** Deaths at one task before it counts as failed, and of chunks that did nothing at all before the run stops. */
const MAX_DEATHS = 3;

/** Looks at chunks that have ended with something left: what to stop for, whose fault it was, whether memory was short. */
function bury(run: SlurmRun, state: State, ended: ReturnType<typeof lookAfter>): PoolEnd | undefined {
  for (const { chunk, isCancelled, isOfMemory } of ended) {
    const { array, number } = chunk;
    state.chunks = state.chunks.filter((other) => other !== chunk);
    const missing = chunk.tasks.filter(({ task }) => state.left.get(task.id)?.task.stamp === task.stamp);
    if (missing.length === 0) continue;
    const paths = arrayPaths(run.folder, array.name);
    if (existsSync(paths.chunk(number, 'stop')))
      return { kind: 'stopped', ...JSON.parse(readFileSync(paths.chunk(number, 'stop'), 'utf8')) };
    if (isCancelled) {
      markCancelled(run.folder, [array.name]);
      return { kind: 'stopped', code: 'jobs/cancelled', reason: 'The jobs were cancelled in Slurm.' };
    }
    const needsMore = isOfMemory || exitCodeOf(paths.chunk(number, 'exit')) === KILLED;
    for (const { task } of missing) if (needsMore) state.left.get(task.id)!.memoryMb = 2 * array.memoryMb;
    const at = missing.find(({ task, nStarts }) => historyOf(state.reader.journal, task).nStarts > nStarts);
    if (at) {
      const left = state.left.get(at.task.id)!;
      if (++left.nDeaths >= MAX_DEATHS)
        giveUp(run, state, left.task, `its job died ${MAX_DEATHS} times, the last with ${array.memoryMb} MB`);
    } else if (++state.nIdle >= MAX_DEATHS)
      return {
        ...{ kind: 'stopped', code: 'slurm/no-progress' },
        reason: `Jobs end before their first subject; see ${paths.chunk(number, 'log')}.`,
      };
  }
  return undefined;
}

/** Of a process that signal 9 ended, as shells have it. */
const KILLED = 128 + 9;

const exitCodeOf = (path: string): number => (existsSync(path) ? Number(readFileSync(path, 'utf8')) : 0);

function giveUp({ folder }: SlurmRun, state: State, { id, stamp, input }: Task, why: string): void {
  const failure = { code: 'jobs/worker-died', reason: `${why}: give more --memory, or look at the image.` };
  openJournalWriter(folder, `${hostname()}-${process.pid}-slurm`)({ event: 'failed', id, stamp, ...failure });
  state.failures.push({ id, input, ...failure });
  state.left.delete(id);
  state.nEnded++;
}

/** Submits what is in no chunk, in arrays of one memory. */
async function submitMissing(run: SlurmRun, state: State, isFirst: boolean): Promise<void> {
  const covered = new Set(state.chunks.flatMap(({ tasks }) => tasks.map(({ task }) => task.id)));
  const missing = [...state.left.values()].filter(({ task }) => !covered.has(task.id));
  for (const [memoryMb, own] of Map.groupBy(missing, (left) => left.memoryMb))
    for (const chunks of arraysOf(own, run.settings.chunk, state.reader))
      await submitArray(run, state, chunks, memoryMb, isFirst);
}

/** Jobs of an array: what Slurm allows unless it is told otherwise (`MaxArraySize`). */
const MAX_CHUNKS = 1000;

/** Chunks, a task that a chunk died at alone in its own; by arrays. */
function arraysOf(missing: readonly Left[], size: number, { journal }: JournalReader): Chunk['tasks'][][] {
  const withCounts = ({ task }: Left): Chunk['tasks'][number] => {
    const { nStarts, nEnds } = historyOf(journal, task);
    return { task, nStarts, nEnds };
  };
  const [suspects, others] = [missing.filter((l) => l.nDeaths > 0), missing.filter((l) => l.nDeaths === 0)];
  const chunks = [...suspects.map((left) => [left]), ...slices(others, size)];
  return slices(
    chunks.map((chunk) => chunk.map(withCounts)),
    MAX_CHUNKS,
  );
}

const slices = <T>(items: readonly T[], size: number): T[][] =>
  Array.from({ length: Math.ceil(items.length / size) }, (_, i) => items.slice(i * size, (i + 1) * size));

async function submitArray(
  run: SlurmRun,
  state: State,
  chunks: readonly Chunk['tasks'][],
  memoryMb: number,
  isFirst: boolean,
): Promise<void> {
  const { folder, settings, warn } = run;
  const array = await createArray(folder, chunks, { ...settings, memoryMb });
  try {
    await submit(arrayPaths(folder, array.name).script, settings.partition);
  } catch (error) {
    // It may have come through: the queue will tell by its name.
    const mayBeThere = error instanceof EnvironmentError && error.code === 'slurm/unreachable';
    if (!mayBeThere) removeArray(folder, array.name);
    if (error instanceof OptionError && memoryMb > settings.memoryMb) {
      for (const { task } of chunks.flat())
        giveUp(run, state, task, `its job died for want of memory and ${memoryMb} MB are refused`);
      return;
    }
    if (!mayBeThere || isFirst) throw error;
    warn(`${error.message} Trying again [${error.code}]`);
  }
  state.chunks.push(...chunksOf(array));
}
