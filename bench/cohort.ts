/**
 * What a cohort costs: processor time, memory and disk of a mapped subject (three slices of 256², shipped model, one thread);
 * planning of 10⁴ to 10⁶ subjects; reading a journal; and a simulation of the pool that hands out 10⁶ tasks one by one.
 */
import { execFileSync } from 'node:child_process';
import {
  appendFileSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { createCohortSimulator } from '../src/cohort/simulate-patient.ts';
import { createRandom } from '../src/core/random.ts';
import { readJournal } from '../src/jobs/journal.ts';
import type { MapDefinition } from '../src/jobs/map/definition.ts';
import { openMapRunner } from '../src/jobs/map/runner.ts';
import { planSubjects } from '../src/jobs/map/subjects.ts';
import { planJob } from '../src/jobs/plan.ts';
import { createSchedule } from '../src/jobs/schedule.ts';
import type { Planned, Task } from '../src/jobs/task.ts';
import { makePatient } from '../src/pipeline/make-patient.ts';
import { readModelRecord } from '../src/pipeline/mapping-model.ts';
import { resolveCohort, simulateOptionsSchema } from '../src/pipeline/simulate-options.ts';
import { DEFAULT_MODEL, readModelFile } from '../src/runtime/node/models.ts';
import { type BenchOptions, type BenchRecord, median, round } from './benchmark.ts';

const N_PATIENTS = 3;

export async function run({ rounds }: BenchOptions): Promise<BenchRecord> {
  const folder = mkdtempSync(join(tmpdir(), 'rhomap-bench-cohort-'));
  try {
    const subject = await mapSubjects(folder, rounds);
    return {
      subject,
      planning: [await plan(10_000), await plan(100_000), await plan(1_000_000)],
      planningOfFiles: planFiles(join(folder, 'files'), 100_000),
      journal: journalOf(join(folder, 'journal'), 100_000),
      pool: [2, 64, 1024, 4096].map((nWorkers) => simulatePool(1_000_000, nWorkers, 1)),
    };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

const cpuSeconds = (): number => {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1e6;
};

async function mapSubjects(folder: string, rounds: number): Promise<BenchRecord> {
  const input = join(folder, 'data');
  const options = { ...simulateOptionsSchema.parse({ patients: N_PATIENTS, floorDraws: 0 }) };
  const cohort = resolveCohort(options);
  const simulator = createCohortSimulator(cohort);
  const before = cpuSeconds();
  for (let i = 0; i < N_PATIENTS; i++)
    for (const { path, bytes } of makePatient(simulator, cohort, i, options).files) {
      mkdirSync(dirname(join(input, path)), { recursive: true });
      writeFileSync(join(input, path), bytes);
    }
  const simulateSeconds = (cpuSeconds() - before) / N_PATIENTS;
  const file = await readModelFile(DEFAULT_MODEL);
  const { sha256 } = await readModelRecord(file.bytes, file.name);
  const measured: Record<string, number> = { simulateCpuSeconds: round(simulateSeconds, 2) };
  for (const previews of [false, true]) {
    const definition: MapDefinition = {
      ...{ input, depth: 1, model: { name: file.name, sha256 }, formats: ['nifti'], report: false, previews },
    };
    const out = join(folder, `out-${previews}`);
    const runner = await openMapRunner({ ...definition }, out);
    const tasks = [...planSubjects(definition)].flatMap((item) => (item.kind === 'task' ? [item.task] : []));
    await runner.run(tasks[0]!);
    const seconds: number[] = [];
    for (let i = 0; i < rounds; i++)
      for (const task of tasks) {
        const begin = cpuSeconds();
        await runner.run(task);
        seconds.push(cpuSeconds() - begin);
      }
    await runner.close();
    const name = previews ? 'WithPreviews' : '';
    measured[`mapCpuSeconds${name}`] = round(median(seconds), 2);
    measured[`megabytes${name}`] = round(bytesOf(join(out, 'subjects')) / N_PATIENTS / 1e6, 2);
  }
  return { ...measured, peakMegabytes: round(process.resourceUsage().maxRSS / 1000, 0) };
}

const bytesOf = (folder: string): number =>
  readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .reduce((sum, entry) => sum + statSync(join(entry.parentPath, entry.name)).size, 0);

const taskOf = (i: number): Task => ({
  ...{
    id: `sub-${i}`,
    needs: [],
    stamp: 's'.repeat(24),
    input: `study/sub-${i}/anat/sub-${i}_spinlock.nii.gz`,
  },
  payload: { inputs: [`study/sub-${i}/anat/sub-${i}_spinlock.nii.gz`] },
});

async function plan(nTasks: number): Promise<BenchRecord> {
  function* found(): Generator<Planned> {
    for (let i = 0; i < nTasks; i++) yield { kind: 'task', task: taskOf(i) };
  }
  const begin = cpuSeconds();
  const heap = process.memoryUsage().heapUsed;
  const { todo } = await planJob(found(), new Map(), { outputOf: (id) => id });
  const megabytes = (process.memoryUsage().heapUsed - heap) / 1e6;
  return { nTasks: todo.length, cpuSeconds: round(cpuSeconds() - begin, 2), megabytes: round(megabytes, 0) };
}

/** From a folder with a file per subject, by a process of its own, its start included: what the file system costs, too. */
function planFiles(input: string, nFiles: number): BenchRecord {
  mkdirSync(input);
  for (let i = 0; i < nFiles; i++) writeFileSync(join(input, `${i}.nii.gz`), '');
  const child = join(import.meta.dirname, 'plan-child.ts');
  return JSON.parse(execFileSync(process.execPath, [child, input], { encoding: 'utf8' }));
}

function journalOf(folder: string, nTasks: number): BenchRecord {
  mkdirSync(join(folder, '.jobs/journal'), { recursive: true });
  const lines: string[] = [];
  for (let i = 0; i < nTasks; i++) {
    const { id, stamp } = taskOf(i);
    const output = { bytes: 4000, modifiedMs: 1.7e12, sha256: 'f'.repeat(64) };
    lines.push(JSON.stringify({ event: 'started', id, stamp }));
    lines.push(JSON.stringify({ event: 'done', id, stamp, seconds: 1.234, output }));
  }
  appendFileSync(join(folder, '.jobs/journal/one.jsonl'), `${lines.join('\n')}\n`);
  const begin = cpuSeconds();
  return { nTasks: readJournal(folder).size, cpuSeconds: round(cpuSeconds() - begin, 2) };
}

/** Handing out a task and hearing of its end, of the one process that does it, seconds; assumed, on the safe side. */
const DISPATCH_SECONDS = 1e-3;

/**
 * Events of a pool: tasks of `meanSeconds` (exponentially distributed), one process that hands them out, a real schedule.
 * Time is simulated; the processor time is that of the schedule.
 */
function simulatePool(nTasks: number, nWorkers: number, meanSeconds: number): BenchRecord {
  const random = createRandom('pool');
  const begin = cpuSeconds();
  const schedule = createSchedule(Array.from({ length: nTasks }, (_, i) => taskOf(i)));
  const running = createHeap();
  let [clock, busy] = [0, 0];
  const start = (): boolean => {
    const task = schedule.next();
    if (!task) return false;
    clock += DISPATCH_SECONDS;
    const seconds = -meanSeconds * Math.log(1 - random.uniform());
    busy += seconds;
    running.push({ at: clock + seconds, task });
    return true;
  };
  for (let i = 0; i < nWorkers && start(); i++);
  for (let ended = running.pop(); ended; ended = running.pop()) {
    clock = Math.max(clock, ended.at);
    schedule.finish(ended.task, true);
    start();
  }
  return {
    ...{ nTasks, nWorkers, hours: round(clock / 3600, 2) },
    busyPercent: round((100 * busy) / (clock * nWorkers), 1),
    scheduleCpuSeconds: round(cpuSeconds() - begin, 1),
  };
}

interface Ending {
  readonly at: number;
  readonly task: Task;
}

/** A binary heap: the earliest ending comes first. */
function createHeap(): { push(ending: Ending): void; pop(): Ending | undefined } {
  const heap: Ending[] = [];
  const swap = (i: number, j: number): void => {
    [heap[i], heap[j]] = [heap[j]!, heap[i]!];
  };
  const isEarlier = (i: number, j: number): boolean => heap[i]!.at < heap[j]!.at;
  return {
    push: (ending) => {
      let i = heap.push(ending) - 1;
      for (; i > 0 && isEarlier(i, (i - 1) >> 1); i = (i - 1) >> 1) swap(i, (i - 1) >> 1);
    },
    pop: () => {
      if (heap.length === 0) return undefined;
      swap(0, heap.length - 1);
      const first = heap.pop();
      for (let i = 0; ; ) {
        const [left, right] = [2 * i + 1, 2 * i + 2];
        let least = i;
        if (left < heap.length && isEarlier(left, least)) least = left;
        if (right < heap.length && isEarlier(right, least)) least = right;
        if (least === i) return first;
        swap(i, least);
        i = least;
      }
    },
  };
}
