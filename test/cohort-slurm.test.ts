/** `rhomap cohort map --on slurm` on a real Slurm of one node, which the suite starts. 10 patients; 200 with RHOMAP_FULL=1. */
import { existsSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { userInfo } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, beforeEach, expect, it, onTestFinished, vi } from 'vitest';
import { readJournal } from '../src/jobs/journal.ts';
import { type CliResult, rhomap } from './support/cli.ts';
import { cohortFolder, resultsOf } from './support/cohort.ts';
import { smallModel } from './support/model.ts';
import { type RunningProgram, start } from './support/process.ts';
import { type Slurm, startSlurm } from './support/slurm.ts';

const [N_PATIENTS, CHUNK] = process.env['RHOMAP_FULL'] ? [200, 20] : [10, 3];
const MINUTES = 60_000;
/** Of images: a subject takes long enough to be caught in the middle. */
const SIZE = 96;

vi.setConfig({ testTimeout: 10 * MINUTES, hookTimeout: 2 * MINUTES });

let slurm: Slurm | undefined;

beforeAll(async () => {
  try {
    slurm = await startSlurm();
    for (const [name, value] of Object.entries(slurm.environment)) vi.stubEnv(name, value);
  } catch (error) {
    if (process.env['CI']) throw error;
    const line = '#'.repeat(80);
    process.stderr.write(`\n${line}\n# NOT TESTED: cohorts on Slurm. ${(error as Error).message}\n${line}\n`);
  }
});
afterAll(() => slurm?.stop());
beforeEach(({ skip }) => {
  if (!slurm) skip('Slurm does not start here');
});

const argvOf = (folder: string, output: string, ...more: readonly string[]): string[] => [
  ...['cohort', 'map', join(folder, 'data'), '-o', join(folder, output)],
  ...['--model', join(folder, 'model.onnx'), ...more],
];

const onSlurm = (folder: string, ...more: readonly string[]): string[] =>
  argvOf(folder, 'out', '--on', 'slurm', '--chunk', String(CHUNK), ...more);

async function until(isSo: () => boolean, { child, said }: RunningProgram): Promise<void> {
  for (; !isSo(); await sleep(10))
    if (child.exitCode !== null) throw new Error(`it ended before what was waited for: ${said()}`);
}

/** Processes that have begun a chunk's tasks: each writes a journal of its own. */
function chunkProcesses(output: string): number[] {
  const journal = join(output, '.jobs/journal');
  if (!existsSync(journal)) return [];
  return readdirSync(journal).map((name) => Number(name.match(/-(\d+)-\d+\.jsonl$/)?.[1]));
}

it(
  'is complete and the same as a local run, though a chunk, the submitting process and the controller are killed',
  async () => {
    const folder = cohortFolder(N_PATIENTS, SIZE);
    const output = join(folder, 'out');
    const whole = await rhomap(...argvOf(folder, 'whole', '--quiet'));
    expect(whole.code, whole.error).toBe(0);
    const first = start(onSlurm(folder, '--partition', 'main', '--time', '10', '--sbatch=--comment=x'));
    await until(() => chunkProcesses(output).length > 0, first);
    const [victim] = chunkProcesses(output);
    process.kill(victim!, 'SIGKILL');
    first.child.kill('SIGKILL');
    await first.ended;
    await slurm!.restartController();
    const last = await rhomap(...onSlurm(folder));
    expect(last.code, last.error).toBe(0);
    expect(resultsOf(output)).toEqual(resultsOf(join(folder, 'whole')));
    // Nothing was done twice but the subject that was under way.
    const starts = [...readJournal(output).values()].map(({ nStarts }) => nStarts).sort();
    expect(starts).toEqual([...Array(N_PATIENTS - 1).fill(1), 2]);
    // What was left of the chunk came again, with more memory, for signal 9 may mean that it was short.
    const queue = await slurm!.ask(
      'squeue',
      '--noheader',
      '--array',
      '--states=all',
      '-O',
      'MinMemory,State',
    );
    expect(queue).toMatch(/4000M +COMPLETED/);
    expect(queue).not.toMatch(/PENDING|RUNNING/);
    expect(existsSync(join(output, '.jobs/slurm'))).toBe(false);
    const starting = await rhomap(...onSlurm(folder));
    expect(starting, starting.error).toMatchObject({ code: 0 });
  },
  30 * MINUTES,
);

it('is seen and cancelled by rhomap jobs, and goes on when asked to', async () => {
  const folder = cohortFolder(N_PATIENTS, SIZE);
  const output = join(folder, 'out');
  const run = start(onSlurm(folder, '--workers', '1'));
  await until(() => chunkProcesses(output).length > 0, run);
  run.child.kill('SIGINT');
  expect(await run.ended, run.said()).toBe(130);
  expect(run.said()).toContain('the jobs on Slurm go on');
  expect(await rhomap(...argvOf(folder, 'out'))).toMatchObject({
    ...{ code: 2, error: expect.stringContaining('begun on Slurm') },
  });
  const again = start(onSlurm(folder, '--workers', '1'));
  const status = async (): Promise<CliResult> => rhomap('jobs', 'status', output, '--json');
  await until(() => existsSync(join(output, '.jobs/lock.json')), again);
  expect(JSON.parse((await status()).out).slurm).toMatchObject({ nRunning: expect.any(Number) });
  expect(await rhomap('jobs', 'cancel', output)).toMatchObject({ code: 0 });
  expect(await again.ended, again.said()).toBe(1);
  expect(again.said()).toContain('The jobs were cancelled.');
  expect(JSON.parse((await status()).out)).toMatchObject({ slurm: null, running: null });
  expect((await rhomap('jobs', 'cancel', output)).error).toContain('nothing to stop');
  const third = start(onSlurm(folder, '--workers', '1'));
  const nBefore = chunkProcesses(output).length;
  await until(() => chunkProcesses(output).length > nBefore, third);
  await slurm!.ask('scancel', `--user=${userInfo().username}`);
  expect(await third.ended, third.said()).toBe(1);
  expect(third.said()).toContain('cancelled in Slurm');
  const end = await rhomap(...onSlurm(folder));
  expect(end, end.error).toMatchObject({ code: 0 });
  expect(readJournal(output).size).toBe(N_PATIENTS);
});

it('stops at what concerns all subjects, and goes on when that is mended', async () => {
  const folder = cohortFolder(4);
  const [output, model] = [join(folder, 'out'), join(folder, 'model.onnx')];
  const bytes = readFileSync(model);
  const run = start(onSlurm(folder, '--sbatch=--begin=now+8'));
  await until(() => existsSync(join(output, '.jobs/slurm')), run);
  writeFileSync(model, smallModel({ headGain: 0.1 }));
  expect(await run.ended, run.said()).toBe(1);
  expect(run.said()).toMatch(/is not the file that this cohort was begun with.*0 subjects are done/);
  writeFileSync(model, bytes);
  const end = await rhomap(...onSlurm(folder));
  expect(end, end.error).toMatchObject({ code: 0 });
});

it('reports subjects that cannot be mapped, and tries them again when asked to', async () => {
  const folder = cohortFolder(4);
  writeFileSync(join(folder, 'data/sub-002/anat/sub-002_spinlock.nii.gz'), 'no image');
  const run = await rhomap(...onSlurm(folder));
  expect(run).toMatchObject({
    code: 1,
    error: expect.stringContaining('1 of 4 subjects failed, 3 are done'),
  });
  expect(readFileSync(join(folder, 'out/failures.csv'), 'utf8')).toContain('sub-002');
  const again = await rhomap(...onSlurm(folder, '--retry-failed'));
  expect(again.error).toContain('1 of 4 subjects failed');
  expect(readJournal(join(folder, 'out')).get('sub-002')?.nStarts).toBe(2);
});

it('says in one sentence what Slurm refuses', async () => {
  const folder = cohortFolder(2);
  const refused = async (...more: string[]): Promise<string> => {
    const { code, error } = await rhomap(...onSlurm(folder, ...more));
    expect(code, error).toBe(2);
    expect(readdirSync(join(folder, 'out/.jobs/slurm'))).toEqual([]);
    return error;
  };
  expect(await refused('--partition', 'nope')).toBe(
    'rhomap: This cluster has no partition nope; its partitions: main.\n',
  );
  expect(await refused('--memory', '500G')).toMatch(/^rhomap: Slurm refuses this by sbatch: .*\n$/);
  expect((await rhomap(...onSlurm(folder, '--memory', 'much'))).code).toBe(2);
  renameSync(join(folder, 'out'), join(folder, 'old'));
  vi.stubEnv('PATH', '/nowhere');
  onTestFinished(() => void vi.stubEnv('PATH', slurm!.environment['PATH']!));
  expect(await rhomap(...onSlurm(folder))).toMatchObject({
    ...{ code: 1, error: expect.stringContaining('There is no sbatch on this machine') },
  });
  rmSync(join(folder, 'out'), { recursive: true });
});
