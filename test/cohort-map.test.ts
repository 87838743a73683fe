/**
 * `rhomap cohort map` over small virtual patients: complete, resumable at any moment, and the same bytes whatever
 * happened on the way. 50 patients in `npm test`, 2,000 with RHOMAP_FULL=1.
 */
import { chmodSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { readJournal } from '../src/jobs/journal.ts';
import { type CliResult, rhomap, temporaryFolder } from './support/cli.ts';
import { cohortFolder, resultsOf } from './support/cohort.ts';
import { smallModel } from './support/model.ts';
import { type RunningProgram, start } from './support/process.ts';
import { writeMask, writeSeries } from './support/series.ts';
import { writeSpinLockSeries } from './support/spin-lock-dicom.ts';

const N_PATIENTS = process.env['RHOMAP_FULL'] ? 2000 : 50;
/** Of tests that start many processes: a busy machine needs it. */
const MINUTES = 60_000;

vi.setConfig({ testTimeout: 10 * MINUTES });

const argvOf = (folder: string, output: string, ...more: readonly string[]): string[] => [
  ...[
    'cohort',
    'map',
    join(folder, 'data'),
    '-o',
    join(folder, output),
    '--model',
    join(folder, 'model.onnx'),
  ],
  ...(more.includes('--report') ? [] : ['--no-previews']),
  ...more,
];

/** Without pictures, which take most of the time of small images. */
const map = (folder: string, output: string, ...more: readonly string[]): Promise<CliResult> =>
  rhomap(...argvOf(folder, output, ...more));

const nDone = (folder: string): number => [...readJournal(folder).values()].filter(({ done }) => done).length;

/** Waits until so many subjects are done. */
async function untilDone(folder: string, n: number, { child }: RunningProgram): Promise<void> {
  while (nDone(folder) < n && child.exitCode === null)
    await new Promise((resolve) => setTimeout(resolve, 20));
}

describe('a cohort', () => {
  it(
    'killed three times is complete and the same as undisturbed, and little is computed twice',
    async () => {
      const folder = cohortFolder(N_PATIENTS);
      const whole = await map(folder, 'whole', '--quiet');
      expect(whole.code, whole.error).toBe(0);
      const output = join(folder, 'killed');
      const [nKills, nWorkers] = [3, 2];
      for (let kill = 1; kill <= nKills; kill++) {
        const run = start(argvOf(folder, 'killed', '--workers', String(nWorkers)));
        await untilDone(output, (kill * N_PATIENTS) / (nKills + 1), run);
        run.child.kill('SIGKILL');
        await run.ended;
        expect(nDone(output)).toBeLessThan(N_PATIENTS);
      }
      const last = await map(folder, 'killed', '--workers', String(nWorkers));
      expect(last.code, last.error).toBe(0);
      expect(resultsOf(output)).toEqual(resultsOf(join(folder, 'whole')));
      const journal = [...readJournal(output).values()];
      expect(journal).toHaveLength(N_PATIENTS);
      const nAgain = journal.reduce((sum, { nStarts }) => sum + nStarts - 1, 0);
      expect(nAgain).toBeLessThanOrEqual(nKills * nWorkers);
      const again = await map(folder, 'killed');
      expect(again.code, again.error).toBe(0);
      expect([...readJournal(output).values()]).toEqual(journal);
    },
    30 * MINUTES,
  );

  it('holds for each subject what rhomap map writes', async () => {
    const folder = cohortFolder(2);
    const { code, error } = await map(folder, 'out', '--report');
    expect(code, error).toBe(0);
    const [image, roi] = [
      'sub-002/anat/sub-002_spinlock.nii.gz',
      'derivatives/rois/sub-002/anat/sub-002_desc-roi_mask.nii.gz',
    ];
    const single = await rhomap(
      ...['map', join(folder, 'data', image), '--roi', join(folder, 'data', roi), '--report'],
      ...['--model', join(folder, 'model.onnx'), '-o', join(folder, 'single')],
    );
    expect(single.code, single.error).toBe(0);
    expect(resultsOf(join(folder, 'out/subjects/sub-002'))).toEqual(resultsOf(join(folder, 'single')));
  });

  it('takes the uncertainty of a second model', async () => {
    const folder = cohortFolder(1);
    const [scale, image] = ['scale.onnx', 'sub-001/anat/sub-001_spinlock.nii.gz'].map((name, i) =>
      join(folder, i === 0 ? '' : 'data', name),
    );
    writeFileSync(scale!, readFileSync(join(folder, 'model.onnx')));
    writeFileSync(join(folder, 'model.onnx'), smallModel({ method: 'lbudr', headGain: 0.05 }));
    const cohort = await map(folder, 'out', '--uncertainty-model', scale!, '--roi', 'none');
    expect(cohort.code, cohort.error).toBe(0);
    const single = await rhomap(
      ...['map', image!, '--model', join(folder, 'model.onnx'), '--uncertainty-model', scale!],
      ...['-o', join(folder, 'single')],
    );
    expect(single.code, single.error).toBe(0);
    const maps = (path: string): [string, string][] =>
      [...resultsOf(path)].filter(([name]) => name.endsWith('.nii.gz'));
    expect(maps(join(folder, 'out/subjects/sub-001'))).toEqual(maps(join(folder, 'single')));
    expect(maps(join(folder, 'single')).length).toBeGreaterThan(2);
    const alone = await map(folder, 'out', '--roi', 'none');
    expect(alone).toMatchObject({ code: 2, error: expect.stringContaining('begun with another model') });
  });

  it('stops cleanly at Ctrl-C and goes on', async () => {
    const folder = cohortFolder(40);
    const output = join(folder, 'out');
    const run = start(argvOf(folder, 'out', '--workers', '1'));
    await untilDone(output, 2, run);
    run.child.kill('SIGINT');
    expect(await run.ended, run.said()).toBe(130);
    expect(run.said()).toMatch(/rhomap: Stopped; \d+ subjects are done\. Run the same command to go on\./);
    expect(existsSync(join(output, '.jobs/lock.json'))).toBe(false);
    // Nothing was begun that was not ended.
    const journal = [...readJournal(output).values()];
    expect(journal.filter(({ done }) => !done)).toEqual([]);
    expect(journal.length).toBeLessThan(40);
    expect((await map(folder, 'out')).code).toBe(0);
    expect(nDone(output)).toBe(40);
  });

  it('refuses a second run at the same time, which rhomap jobs can see and stop', async () => {
    const folder = cohortFolder(60);
    const output = join(folder, 'out');
    expect((await rhomap('jobs', 'status', folder)).code).toBe(2);
    const run = start(argvOf(folder, 'out', '--workers', '1'));
    await untilDone(output, 1, run);
    const second = await map(folder, 'out');
    expect(second).toMatchObject({ code: 2, error: expect.stringContaining(`process ${run.child.pid}`) });
    const status = JSON.parse((await rhomap('jobs', 'status', output, '--json')).out);
    expect(status).toMatchObject({ kind: 'map', nFailed: 0, running: { pid: run.child.pid } });
    expect((await rhomap('jobs', 'cancel', output)).code).toBe(0);
    expect(await run.ended).toBe(130);
    expect((await rhomap('jobs', 'cancel', output)).error).toMatch(/nothing to stop/);
  });

  it('says what it would do, before and after', async () => {
    const folder = cohortFolder(3);
    rmSync(join(folder, 'data/sub-002/anat/sub-002_spinlock.nii.gz'));
    const plan = async (): Promise<Record<string, unknown>> =>
      JSON.parse((await map(folder, 'out', '--dry-run', '--json')).out);
    expect(await plan()).toMatchObject({ nTodo: 2, nDone: 0, nFailed: 1 });
    expect(existsSync(join(folder, 'out'))).toBe(false);
    expect((await map(folder, 'out')).code).toBe(1);
    expect(await plan()).toMatchObject({ nTodo: 0, nDone: 2, nFailed: 1, expectedSeconds: 0 });
    const { out } = await map(folder, 'out', '--dry-run');
    expect(out).toMatch(/done +2/);
    expect(out).toContain('sub-002');
  });

  it('does again what is stale, gone or changed, and nothing else', async () => {
    const folder = cohortFolder(4);
    const output = join(folder, 'out');
    const starts = (): number[] =>
      [...readJournal(output).entries()].sort().map(([, { nStarts }]) => nStarts);
    expect((await map(folder, 'out')).code).toBe(0);
    const before = resultsOf(output);
    rmSync(join(output, 'subjects/sub-001'), { recursive: true });
    writeFileSync(join(output, 'subjects/sub-002/summary.json'), '{}');
    writeFileSync(join(output, 'subjects/sub-003/T1rho_ms.nii.gz'), 'harmed');
    expect((await map(folder, 'out')).code).toBe(0);
    expect(starts()).toEqual([2, 2, 1, 1]);
    expect((await map(folder, 'out', '--verify')).code).toBe(0);
    expect(starts()).toEqual([2, 2, 2, 1]);
    expect(resultsOf(output)).toEqual(before);
    const other = await map(folder, 'out', '--refine-ms', '2');
    expect(other).toMatchObject({ code: 2, error: expect.stringMatching(/begun with another rule/) });
  });
});

describe('subjects that cannot be mapped', () => {
  it('are reported with their reasons, and the rest is done', async () => {
    const folder = cohortFolder(6);
    const image = (n: number): string => join(folder, `data/sub-00${n}/anat/sub-00${n}_spinlock.nii.gz`);
    rmSync(image(1));
    writeFileSync(image(2), readFileSync(image(2)).subarray(0, 500));
    writeFileSync(join(folder, 'data/sub-003/anat/other_spinlock.nii.gz'), readFileSync(image(3)));
    writeFileSync(join(folder, 'data/sub-004/anat/sub-004_spinlock.json'), '{"SpinLockTime": [0.01]}');
    const first = await map(folder, 'out');
    expect(first.code).toBe(1);
    expect(first.error).toMatch(/rhomap: 4 of 6 subjects failed, 2 are done.*--retry-failed/);
    const failures = readFileSync(join(folder, 'out/failures.csv'), 'utf8').trim().split('\r\n');
    expect(failures[0]).toBe('id,input,code,reason');
    expect(failures.slice(1).map((line) => line.split(',')[0])).toEqual([
      'sub-001',
      'sub-002',
      'sub-003',
      'sub-004',
    ]);
    expect(failures[1]).toContain('cohort/no-images');
    expect(failures[2]).toMatch(/sub-002_spinlock/);
    expect(failures[3]).toContain('cohort/several-images');
    // Failed ones are not tried again unless asked for; one that was mended is.
    writeFileSync(image(1), readFileSync(image(5)));
    writeFileSync(
      join(folder, 'data/sub-001/anat/sub-001_spinlock.json'),
      '{"SpinLockTime": [0, 0.01, 0.03, 0.05]}',
    );
    expect((await map(folder, 'out')).error).toContain('3 of 6 subjects failed, 3 are done');
    expect(readJournal(join(folder, 'out')).get('sub-002')?.nStarts).toBe(1);
    await map(folder, 'out', '--retry-failed');
    expect(readJournal(join(folder, 'out')).get('sub-002')?.nStarts).toBe(2);
  });

  it('are those of a folder without permission, and of one id', async () => {
    const folder = cohortFolder(1);
    const input = (name: string): string => join(folder, 'list', name);
    mkdirSync(input('a'), { recursive: true });
    writeSeries(input('a/scan.nii.gz'), [0, 50]);
    mkdirSync(input('locked'));
    writeSeries(input('locked/scan.nii.gz'), [0, 50]);
    mkdirSync(input('empty'));
    writeFileSync(
      input('subjects.csv'),
      'id,input,stage\r\none,a,F0\r\ntwice,a,F1\r\n"twice",empty,F1\r\nnothing,empty,F2\r\n../out,a,F2\r\ngone,nowhere,F0\r\nlocked,locked,F0\r\n',
    );
    chmodSync(input('locked'), 0);
    onTestFinished(() => chmodSync(input('locked'), 0o755));
    const { code, error } = await rhomap(
      ...['cohort', 'map', input('subjects.csv'), '-o', join(folder, 'out')],
      ...['--tsl', '0,50', '--model', join(folder, 'model.onnx')],
    );
    expect(code, error).toBe(1);
    const failures = readFileSync(join(folder, 'out/failures.csv'), 'utf8');
    expect(failures).toMatch(/twice,.*cohort\/two-with-one-id/);
    expect(failures).toMatch(/nothing,.*input\/empty/);
    expect(failures).toMatch(/\.\.\/out,.*cohort\/row/);
    expect(failures).toMatch(/gone,.*input\/not-found/);
    // Root may read everything.
    if (process.getuid?.() !== 0) expect(failures).toMatch(/locked,.*no permission/);
    expect(existsSync(join(folder, 'out/subjects/one/summary.json'))).toBe(true);
  });

  it('make a call that means none of them a usage error', async () => {
    const folder = cohortFolder(1);
    mkdirSync(join(folder, 'nothing'));
    const run = (input: string, ...more: string[]): Promise<CliResult> =>
      rhomap(
        'cohort',
        'map',
        input,
        '-o',
        join(folder, 'out'),
        '--model',
        join(folder, 'model.onnx'),
        ...more,
      );
    expect(await run(join(folder, 'nowhere'))).toMatchObject({ code: 2 });
    expect(await run(join(folder, 'nothing'))).toMatchObject({
      code: 1,
      error: expect.stringContaining('no subject'),
    });
    expect(await run(join(folder, 'model.onnx'))).toMatchObject({
      code: 2,
      error: expect.stringContaining('no list'),
    });
    expect(await run(join(folder, 'data'), '--roi', 'mask.nii')).toMatchObject({ code: 2 });
    expect(existsSync(join(folder, 'out'))).toBe(false);
  });
});

describe('other cohorts', () => {
  it('a tree of folders with DICOM, masks by their pattern', async () => {
    const folder = temporaryFolder();
    for (const id of ['p1', 'p2']) {
      mkdirSync(join(folder, 'scans/site', id), { recursive: true });
      writeSpinLockSeries(join(folder, 'scans/site', id));
    }
    writeFileSync(join(folder, 'model.onnx'), readFileSync(join(cohortFolder(1), 'model.onnx')));
    const { code, error } = await rhomap(
      ...['cohort', 'map', join(folder, 'scans'), '--depth', '2', '-o', join(folder, 'out')],
      ...['--tsl', '0,10,30,50', '--model', join(folder, 'model.onnx'), '--to', 'dicom'],
    );
    expect(code, error).toBe(0);
    for (const id of ['site_p1', 'site_p2'])
      expect(existsSync(join(folder, `out/subjects/${id}/dicom`))).toBe(true);
  });

  it('a folder of NIfTI files', async () => {
    const folder = cohortFolder(1);
    mkdirSync(join(folder, 'scans/rois'), { recursive: true });
    for (const id of ['a', 'b']) writeSeries(join(folder, `scans/${id}.nii.gz`), [0, 50]);
    mkdirSync(join(folder, 'rois'));
    writeMask(join(folder, 'rois/a.nii.gz'));
    rmSync(join(folder, 'scans/rois'), { recursive: true });
    const { code, error } = await rhomap(
      ...['cohort', 'map', join(folder, 'scans'), '-o', join(folder, 'out'), '--roi', '../rois/{id}.nii.gz'],
      ...['--tsl', '0,50', '--model', join(folder, 'model.onnx')],
    );
    expect(code, error).toBe(0);
    expect(existsSync(join(folder, 'out/subjects/a/roi.csv'))).toBe(true);
    expect(existsSync(join(folder, 'out/subjects/b/roi.csv'))).toBe(false);
  });
});
