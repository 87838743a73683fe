import { mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Affine } from '../src/core/affine.ts';
import { createWarningSink } from '../src/core/warnings.ts';
import { writeNifti } from '../src/io/nifti/write.ts';
import { CUTOFF_MS } from '../src/pipeline/coarse-and-target.ts';
import type { DataSetSlice } from '../src/pipeline/dataset.ts';
import { openDataSetFolder } from '../src/runtime/node/data-set.ts';
import { createPlaneFitter } from '../src/training/planes.ts';
import { type CliResult, rhomap, temporaryFolder } from './support/cli.ts';
import { writeDataSet } from './support/data-set.ts';

const SIZE = 32;
const FAST = [
  '--preset',
  'tiny',
  '--image-size',
  String(SIZE),
  '--steps',
  '6',
  '--validate-every',
  '3',
  '--threads',
  '1',
];
const FOLDS = ['--folds', '2', '--validation-patients', '1'];

const setUp = (
  nPatients = 6,
): { data: string; study: string; run: (...more: string[]) => Promise<CliResult> } => {
  const folder = temporaryFolder();
  const [data, study] = [join(folder, 'data'), join(folder, 'study')];
  writeDataSet(data, nPatients, SIZE);
  return {
    data,
    study,
    run: (...more) =>
      rhomap('experiment', '--data', data, '-o', study, ...FAST, ...FOLDS, '--quiet', ...more),
  };
};

const taskFiles = (study: string, task: string): string[] =>
  readdirSync(join(study, task), { recursive: true, encoding: 'utf8' }).sort();

/** When each result was written. */
const times = (study: string, tasks: readonly string[]): number[] =>
  tasks.map((task) => statSync(join(study, task, 'result.json')).mtimeMs);

describe('a data set', () => {
  it('shows methods the same images, regions and maps whether the truth is there or not', async () => {
    const data = join(temporaryFolder(), 'data');
    const [id] = writeDataSet(data, 1, SIZE) as [string];
    const truth = join(data, 'derivatives/truth');
    mkdirSync(join(truth, id, 'anat'), { recursive: true });
    const affine: Affine = [-3, 0, 0, 48, 0, -3, 0, 48, 0, 0, 7, 0, 0, 0, 0, 1];
    const grid = { nColumns: SIZE, nRows: SIZE, nSlices: 1, affine };
    const values = new Float32Array(SIZE * SIZE).fill(0.04);
    writeFileSync(join(truth, id, 'anat', `${id}_T1rho.nii.gz`), writeNifti({ grid, values }));
    const read = async () => {
      const { slices } = await openDataSetFolder(data, SIZE, createWarningSink());
      const [{ truthMs, ...seen }] = (await slices(id)) as [DataSetSlice];
      const options = { tslMs: seen.tslMs, coarseTslMs: [0, 50], cutoffMs: CUTOFF_MS } as const;
      return { truthMs, seen, planes: createPlaneFitter(options, SIZE * SIZE).planes(seen.contrasts) };
    };
    const withTruth = await read();
    expect(withTruth.truthMs?.[0]).toBeCloseTo(40);
    rmSync(truth, { recursive: true });
    const without = await read();
    expect(without.truthMs).toBeUndefined();
    expect(without.seen).toEqual(withTruth.seen);
    expect(without.planes).toEqual(withTruth.planes);
  });
});

describe('rhomap experiment', () => {
  it('runs every method on every fold, once, and evaluates them', async () => {
    const { study, run } = setUp();
    const first = await run('--json');
    expect(first.code, first.error).toBe(0);
    const { methods, participants } = JSON.parse(first.out);
    expect(methods.map((m: { method: string }) => m.method)).toEqual([
      'coarse',
      'bm3d',
      'lbr',
      'lbru',
      'lbmc',
      'lbudr',
      'lbri',
    ]);
    expect(participants).toHaveLength(6);
    for (const { slices, target, training, method, uncertainty } of methods) {
      expect(slices.map((s: { patient: string }) => s.patient).sort()).toEqual(
        participants.map((p: { id: string }) => p.id).sort(),
      );
      expect(target.mean).toBeGreaterThan(0);
      expect(training).toHaveLength(method === 'coarse' || method === 'bm3d' ? 0 : 2);
      expect(uncertainty === undefined).toBe(!['lbru', 'lbri'].includes(method));
    }
    expect(taskFiles(study, 'fold-1/lbru')).toEqual([
      'config.json',
      'log.jsonl',
      'model.onnx',
      'predictions',
      'predictions/test.rois',
      'predictions/validation.rois',
      'result.json',
    ]);
    const tasks = ['fold-1/lbru', 'fold-2/lbudr', 'fold-1/coarse'];
    const before = times(study, tasks);
    expect((await run('--json')).out).toBe(first.out);
    expect(times(study, tasks)).toEqual(before);
  }, 120_000);

  it('makes again what a change makes stale, and only that', async () => {
    const { data, study, run } = setUp();
    const methods = ['--methods', 'coarse,lbr,lbru,lbudr'];
    expect((await run(...methods)).code).toBe(0);
    const plan = async (...more: string[]): Promise<Record<string, boolean>> => {
      const { tasks } = JSON.parse((await run(...methods, '--dry-run', '--json', ...more)).out);
      return Object.fromEntries(tasks.map((t: { id: string; isDone: boolean }) => [t.id, t.isDone]));
    };
    expect(Object.values(await plan())).toEqual(Array(8).fill(true));
    // On what a training ran decides nothing, and older results do not say it.
    const result = join(study, 'fold-1/lbr/result.json');
    const { training, ...rest } = JSON.parse(readFileSync(result, 'utf8'));
    expect(training.ran.endedAt).toMatch(/^\d{4}-/);
    const { ran: _, ...older } = training;
    writeFileSync(result, JSON.stringify({ ...rest, training: older }));
    expect(Object.values(await plan())).toEqual(Array(8).fill(true));
    expect(await plan('--learning-rate', '0.002')).toMatchObject({
      'fold-1/coarse': false,
      'fold-1/lbr': false,
    });
    writeFileSync(join(study, 'fold-1/lbru/model.onnx'), 'another model');
    expect(await plan()).toMatchObject({ 'fold-1/lbudr': false, 'fold-2/lbudr': true, 'fold-1/lbr': true });
    writeFileSync(
      join(data, 'sub-001/anat/sub-001_spinlock.json'),
      JSON.stringify({ SpinLockTime: [0, 0.01, 0.03, 0.05], note: 1 }),
    );
    expect(Object.values(await plan())).toEqual(Array(8).fill(false));
  }, 120_000);

  it.each([
    [
      'a patient without a region',
      (data: string) => rmSync(join(data, 'derivatives/rois/sub-002'), { recursive: true }),
      1,
      /no derivatives\/rois\/sub-002/,
    ],
    [
      'a patient without images',
      (data: string) => rmSync(join(data, 'sub-003/anat/sub-003_spinlock.nii.gz')),
      1,
      /no sub-003\/anat/,
    ],
    [
      'a patient whose times are missing',
      (data: string) => writeFileSync(join(data, 'sub-004/anat/sub-004_spinlock.json'), '{}'),
      2,
      /sub-004.*spin-lock times/,
    ],
    [
      'a patient with one TSL fewer',
      (data: string) =>
        writeFileSync(join(data, 'sub-004/anat/sub-004_spinlock.json'), '{"SpinLockTime": [0, 0.01, 0.05]}'),
      1,
      /sub-004.*3 times.*4 images/,
    ],
    [
      'two patients of one name',
      (data: string) => writeFileSync(join(data, 'participants.tsv'), 'participant_id\nsub-001\nsub-001\n'),
      1,
      /lists sub-001 twice/,
    ],
    [
      'fewer patients than folds',
      (data: string) => writeFileSync(join(data, 'participants.tsv'), 'participant_id\nsub-001\n'),
      1,
      /1 patients? cannot be split/,
    ],
    [
      'no participants file',
      (data: string) => rmSync(join(data, 'participants.tsv')),
      1,
      /no participants\.tsv/,
    ],
  ])('refuses %s', async (_, spoil, code, words) => {
    const { data, run } = setUp();
    spoil(data);
    const result = await run('--methods', 'coarse');
    expect(result.code, result.error).toBe(code);
    expect(result.error).toMatch(words);
  });

  it('refuses LBUDR without LBRU, unknown methods and impossible choices', async () => {
    const { run } = setUp();
    for (const [flags, words] of [
      [['--methods', 'lbudr'], /lbudr needs lbru/],
      [['--methods', 'lbr,magic'], /no method magic/],
      [['--steps', '0'], /--steps/],
      [['--image-size', '40'], /--image-size/],
      [['--learning-rate', 'fast'], /--learning-rate/],
    ] as const) {
      const result = await run(...flags);
      expect(result.code).toBe(2);
      expect(result.error).toMatch(words);
    }
  });

  it('trains one network, and goes on from a given model', async () => {
    const { data, study } = setUp();
    const train = (...more: string[]): Promise<CliResult> =>
      rhomap('train', '--data', data, '-o', study, ...FAST, ...FOLDS, '--quiet', ...more);
    const first = await train('--method', 'lbr', '--fold', '2');
    expect(first.code, first.error).toBe(0);
    const model = join(study, 'fold-2/lbr/model.onnx');
    const tuned = await train('--method', 'lbr', '--fold', '1', '--init', model, '--json');
    expect(tuned.code, tuned.error).toBe(0);
    const { config, training } = JSON.parse(tuned.out);
    expect(config.init).toMatch(/^[0-9a-f]{64}$/);
    expect(training.ran).toMatchObject({
      processor: expect.stringMatching(/\S/),
      nCores: expect.any(Number),
    });
    expect(Date.now() - Date.parse(training.ran.endedAt)).toBeLessThan(60_000);
    for (const [flags, words] of [
      [['--method', 'lbudr'], /needs the model of fold-1\/lbru/],
      [['--method', 'lbr', '--fold', '3'], /there are 2 folds/],
      [['--method', 'lbru', '--init', model], /The model to start from is/],
      [['--method', 'lbr', '--init', 'nowhere.onnx'], /cannot read nowhere/],
    ] as const) {
      const refused = await train(...flags);
      expect(refused.code).toBe(2);
      expect(refused.error).toMatch(words);
    }
  }, 60_000);

  it('a task folder of an older configuration is made anew; a damaged checkpoint says what to do', async () => {
    const { study, run } = setUp();
    const methods = ['--methods', 'lbr'];
    expect((await run(...methods)).code).toBe(0);
    rmSync(join(study, 'fold-1/lbr/result.json'));
    writeFileSync(join(study, 'fold-1/lbr/checkpoint'), 'not a checkpoint');
    const damaged = await run(...methods);
    expect(damaged.code).toBe(1);
    expect(damaged.error).toMatch(/checkpoint.*delete the file/);
    expect((await run(...methods, '--seed', '5')).code).toBe(0);
  }, 60_000);
});
