/** Data sets that experiments cannot use, or that are odd but usable: one clear sentence, or a result that is not broken. */
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { writeNifti } from '../src/io/nifti/write.ts';
import { encodeCheckpoint } from '../src/training/checkpoint.ts';
import { type CliResult, rhomap, temporaryFolder } from './support/cli.ts';
import { dataSetGrid, writeDataSet } from './support/data-set.ts';

const SIZE = 32;
const TSL_MS = [0, 10, 30, 50];

interface SetUp {
  readonly data: string;
  readonly study: string;
  run(...more: string[]): Promise<CliResult>;
}

function setUp(nPatients = 6): SetUp {
  const folder = temporaryFolder();
  const [data, study] = [join(folder, 'data'), join(folder, 'study')];
  writeDataSet(data, nPatients, SIZE);
  return {
    ...{ data, study },
    run: (...more) =>
      rhomap(
        ...['experiment', '--data', data, '-o', study, '--quiet', '--preset', 'tiny', '--steps', '4'],
        ...[
          '--image-size',
          String(SIZE),
          '--validate-every',
          '2',
          '--folds',
          '2',
          '--validation-patients',
          '1',
        ],
        ...more,
      ),
  };
}

const write = (path: string, content: Uint8Array | string): void => {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, content);
};

/** Images of a patient: `signalAt(tsl)` in the middle, air around. */
function writeImages(
  data: string,
  id: string,
  tslMs: readonly number[],
  signalAt: (tsl: number) => number,
  size = SIZE,
): void {
  const values = new Float32Array(tslMs.length * size * size);
  tslMs.forEach((tsl, t) => {
    for (let p = 0; p < size * size; p++) {
      const [y, x] = [Math.floor(p / size) / size - 0.5, (p % size) / size - 0.5];
      values[t * size * size + p] = Math.hypot(x, y) < 0.42 ? signalAt(tsl) : 0;
    }
  });
  const grid = dataSetGrid(size);
  const anat = join(data, id, 'anat', `${id}_spinlock`);
  write(`${anat}.nii.gz`, writeNifti({ grid, values, nVolumes: tslMs.length }));
  write(`${anat}.json`, JSON.stringify({ SpinLockTime: tslMs.map((tsl) => tsl / 1000) }));
}

const roiPath = (data: string, id: string): string =>
  join(data, `derivatives/rois/${id}/anat/${id}_desc-roi_mask.nii.gz`);
const decay = (tsl: number): number => 900 * Math.exp(-tsl / 42);
const square = (size: number, value: number): Float32Array => new Float32Array(size * size).fill(value);

describe('an experiment refuses', () => {
  it.each([
    [
      'a patient without the image that the coarse map needs',
      (data: string) => writeImages(data, 'sub-002', [0, 10, 30], decay),
      /sub-002 has images at TSL 0, 10, 30 ms, but the coarse map needs 0 and 50 ms; .*--coarse-tsl-ms/,
    ],
    [
      'a region that is empty',
      (data: string) =>
        write(roiPath(data, 'sub-003'), writeNifti({ grid: dataSetGrid(SIZE), values: square(SIZE, 0) })),
      /sub-003.* has no region in slice 1; draw one/,
    ],
    [
      'a region on another grid',
      (data: string) =>
        write(roiPath(data, 'sub-003'), writeNifti({ grid: dataSetGrid(16), values: square(16, 1) })),
      /sub-003.* does not lie on the grid of the images/,
    ],
    [
      'a truth on another grid',
      (data: string) =>
        write(
          join(data, 'derivatives/truth/sub-004/anat/sub-004_T1rho.nii.gz'),
          writeNifti({ grid: dataSetGrid(16), values: square(16, 0.04) }),
        ),
      /truth .*sub-004.* does not lie on the grid of the images/,
    ],
  ])('%s', async (_, spoil, words) => {
    const { data, run } = setUp();
    spoil(data);
    const { code, error } = await run('--methods', 'coarse');
    expect(error).toMatch(words);
    expect(
      error
        .trim()
        .split('\n')
        .filter((line) => line.startsWith('rhomap: ')),
    ).toHaveLength(1);
    expect(code).toBe(1);
  });

  it('training patients with other times, and keeps what was finished', async () => {
    const { data, study, run } = setUp();
    expect((await run('--methods', 'coarse')).code).toBe(0);
    const done = readFileSync(join(study, 'fold-1/coarse/result.json'));
    const { folds } = JSON.parse(readFileSync(join(study, 'experiment.json'), 'utf8'));
    const other: string = folds[0].train[1];
    writeImages(data, other, [0, 20, 50], decay);
    const { code, error } = await run('--methods', 'lbr');
    expect(error).toMatch(new RegExp(`${other} has 32×32 pixels at TSL 0, 20, 50 ms.*all must agree`));
    expect(code).toBe(1);
    expect(readFileSync(join(study, 'fold-1/coarse/result.json')).equals(done)).toBe(true);
  });

  it('folds without patients to train on', async () => {
    const { run } = setUp(4);
    const { code, error } = await run('--methods', 'coarse', '--validation-patients', '2');
    expect(error).toMatch(/4 patients are too few for 2 folds with 2 validation patients each/);
    expect(code).toBe(1);
  });

  it('a checkpoint of another network or version, and says which file to delete', async () => {
    const { study, run } = setUp();
    const methods = ['--methods', 'lbr'];
    expect((await run(...methods)).code).toBe(0);
    const task = join(study, 'fold-1/lbr');
    rmSync(join(task, 'result.json'));
    const few = new Float32Array(3);
    const trainer = { step: 2, theta: few, m: few, v: few, statistics: few };
    const other = encodeCheckpoint({ trainer, bestScore: 1, bestStep: 2, nWorse: 0 });
    const newer = new TextDecoder('latin1').decode(other).replace('"schemaVersion":1', '"schemaVersion":9');
    for (const [bytes, words, exit] of [
      [other, /does not belong to this network: .*; delete it/, 2],
      [Buffer.from(newer, 'latin1'), /fold-1\/lbr\/checkpoint: .*version.*delete the file/, 1],
      [other.subarray(0, other.length - 5), /fold-1\/lbr\/checkpoint: .*delete the file/, 1],
    ] as const) {
      writeFileSync(join(task, 'checkpoint'), bytes);
      const { code, error } = await run(...methods);
      expect(error).toMatch(words);
      expect(code).toBe(exit);
      expect(readFileSync(join(task, 'model.onnx')).length).toBeGreaterThan(0);
    }
    rmSync(join(task, 'checkpoint'));
    expect((await run(...methods)).code).toBe(0);
  }, 120_000);
});

describe('an experiment can use', () => {
  it('images of another matrix: all are resized', async () => {
    const { data, run } = setUp();
    writeImages(data, 'sub-002', TSL_MS, decay, 48);
    write(roiPath(data, 'sub-002'), writeNifti({ grid: dataSetGrid(48), values: square(48, 1) }));
    const { code, error } = await run('--methods', 'lbr');
    expect(code, error).toBe(0);
  }, 60_000);

  it('maps that are outside the cut-off everywhere, without a broken number in its report', async () => {
    const { data, study, run } = setUp();
    for (let i = 1; i <= 6; i++) writeImages(data, `sub-00${i}`, TSL_MS, (tsl) => 900 * Math.exp(-tsl / 400));
    const { code, error } = await run('--methods', 'coarse,lbr,lbru,lbudr');
    expect(code, error).toBe(0);
    expect((await rhomap('report', study)).code).toBe(0);
    const html = readFileSync(join(study, 'report.html'), 'utf8');
    expect(html.replace(/href="data:[^"]*"/g, '')).not.toMatch(/NaN|undefined|Infinity|\[object|null/);
  }, 120_000);
});
