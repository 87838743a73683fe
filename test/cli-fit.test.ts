import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { createWarningSink } from '../src/core/warnings.ts';
import { readNifti } from '../src/io/nifti/read.ts';
import { writeNifti } from '../src/io/nifti/write.ts';
import { type CliResult, rhomap, temporaryFolder } from './support/cli.ts';
import { decayingSignal, noise, SMALL_GRID, trueT1rhoMs, writeMask, writeSeries } from './support/series.ts';

const TSL = [0, 10, 30, 50];
const values = (path: string): Float32Array =>
  readNifti(readFileSync(path), path, createWarningSink()).values;

/** A call that must be refused: one sentence, the exit code, and nothing left behind. */
function expectRefused(result: CliResult, code: number, words: RegExp, folder: string, kept: string[]): void {
  expect(result.code, result.error).toBe(code);
  const sentence = result.error.split('\n').filter((line) => line.startsWith('rhomap: '));
  expect(sentence).toHaveLength(1);
  expect(sentence[0]).toMatch(words);
  expect(readdirSync(folder).sort()).toEqual([...kept].sort());
}

describe('rhomap fit', () => {
  it('writes maps, quality maps, ROI numbers and a record', async () => {
    const folder = temporaryFolder();
    writeSeries(join(folder, 'scan.nii.gz'), TSL);
    writeMask(join(folder, 'roi.nii.gz'));
    const out = join(folder, 'maps');
    const result = await rhomap(
      'fit',
      join(folder, 'scan.nii.gz'),
      '--tsl',
      TSL.join(),
      '-o',
      out,
      '--roi',
      join(folder, 'roi.nii.gz'),
      '--json',
    );
    expect(result.code, result.error).toBe(0);
    const t1rho = values(join(out, 'T1rho_ms.nii.gz'));
    for (let i = 0; i < t1rho.length; i++) expect(t1rho[i]! / trueT1rhoMs(i)).toBeCloseTo(1, 6);
    expect(Math.max(...values(join(out, 'status.nii.gz')))).toBe(0);
    const summary = JSON.parse(readFileSync(join(out, 'summary.json'), 'utf8'));
    expect(JSON.parse(result.out)).toEqual(summary);
    expect(summary).toMatchObject({
      schemaVersion: 1,
      command: 'fit',
      options: { method: 'nlls', cutoffMs: [25, 65], tslMs: TSL },
    });
    expect(summary.inputs.map((i: { sha256: string }) => i.sha256.length)).toEqual([64, 64]);
    expect(summary.results.status.ok).toBe(240);
    const rows = readFileSync(join(out, 'roi.csv'), 'utf8').trim().split('\r\n');
    expect(rows).toHaveLength(1 + 3 * 4);
    const slices = summary.results.roi.map((row: { slice?: number }) => String(row.slice ?? 'all'));
    expect(slices).toEqual(rows.slice(1, 5).map((row) => row.split(',')[4]));
    expect(slices[0]).toBe('1');
  });

  it('gives the same bytes for the same input', async () => {
    const folder = temporaryFolder();
    writeSeries(join(folder, 'scan.nii'), TSL);
    for (const out of ['a', 'b'])
      await rhomap('fit', join(folder, 'scan.nii'), '--tsl', TSL.join(), '-o', join(folder, out));
    const files = readdirSync(join(folder, 'a'), { recursive: true, withFileTypes: true }).filter((f) =>
      f.isFile(),
    );
    expect(files.length).toBeGreaterThan(7);
    for (const { parentPath, name } of files) {
      const other = parentPath.replace(join(folder, 'a'), join(folder, 'b'));
      expect(readFileSync(join(parentPath, name))).toEqual(readFileSync(join(other, name)));
    }
  });

  it('takes one file per TSL in the order given, and times from sidecars', async () => {
    const folder = temporaryFolder();
    const n = 240;
    const signal = decayingSignal(TSL);
    const files = TSL.map((tsl, t) => {
      const path = join(folder, `tsl${tsl}.nii.gz`);
      writeFileSync(path, writeNifti({ grid: SMALL_GRID, values: signal.slice(t * n, (t + 1) * n) }));
      writeFileSync(path.replace('.nii.gz', '.json'), JSON.stringify({ SpinLockTime: tsl / 1000 }));
      return path;
    });
    const fromFlags = await rhomap('fit', ...files, '--tsl', TSL.join(), '-o', join(folder, 'a'));
    const fromSidecars = await rhomap('fit', ...[...files].reverse(), '-o', join(folder, 'b'));
    expect([fromFlags.code, fromSidecars.code], fromFlags.error + fromSidecars.error).toEqual([0, 0]);
    expect(values(join(folder, 'b', 'T1rho_ms.nii.gz'))).toEqual(
      values(join(folder, 'a', 'T1rho_ms.nii.gz')),
    );
  });

  it('warns where times and images seem to be paired wrongly, and lists numbered files as a person would', async () => {
    const folder = temporaryFolder();
    const times = [0, 5, 10];
    const signal = decayingSignal(times);
    mkdirSync(join(folder, 'scan'));
    times.forEach((tsl, t) => {
      writeFileSync(
        join(folder, 'scan', `tsl${tsl}.nii.gz`),
        writeNifti({ grid: SMALL_GRID, values: signal.slice(t * 240, (t + 1) * 240) }),
      );
    });
    const right = await rhomap('fit', join(folder, 'scan'), '--tsl', '0,5,10', '-o', join(folder, 'right'));
    expect(right.code, right.error).toBe(0);
    expect(right.error).not.toContain('warning');
    expect(values(join(folder, 'right/T1rho_ms.nii.gz'))[7]).toBeCloseTo(trueT1rhoMs(7), 2);
    const wrong = await rhomap('fit', join(folder, 'scan'), '--tsl', '0,10,5', '-o', join(folder, 'wrong'));
    expect(wrong.error).toMatch(/series\/rising/);
    expect((await rhomap('inspect', join(folder, 'scan'))).out).toMatch(/tsl0.*tsl5.*tsl10/);
  });

  it('says why a voxel has no value', async () => {
    const folder = temporaryFolder();
    const signal = decayingSignal(TSL);
    const n = 240;
    const voxel = (i: number, s: readonly number[]): void =>
      s.forEach((v, t) => {
        signal[t * n + i] = v;
      });
    voxel(0, [0, 0, 0, 0]);
    voxel(1, [100, 110, 120, 130]);
    voxel(2, [Number.NaN, 1, 1, 1]);
    voxel(3, [1000, 100, 1, 0]);
    voxel(4, [1000, 990, 970, 950]);
    voxel(5, [-3, -2, -1, -1]);
    writeSeries(join(folder, 'scan.nii'), TSL, signal);
    const result = await rhomap(
      'fit',
      join(folder, 'scan.nii'),
      '--tsl',
      TSL.join(),
      '-o',
      join(folder, 'maps'),
    );
    expect(result.code, result.error).toBe(0);
    const t1rho = values(join(folder, 'maps/T1rho_ms.nii.gz')).slice(0, 7);
    expect([...values(join(folder, 'maps/status.nii.gz')).slice(0, 7)]).toEqual([3, 4, 5, 1, 2, 3, 0]);
    expect([...t1rho].map((v) => (Number.isNaN(v) ? null : Math.round(v)))).toEqual([
      null,
      null,
      null,
      25,
      65,
      null,
      36,
    ]);
  });

  describe('refuses', () => {
    const setUp = (): { folder: string; runFit: (...more: string[]) => Promise<CliResult> } => {
      const folder = temporaryFolder();
      writeSeries(join(folder, 'scan.nii'), TSL);
      return {
        folder,
        runFit: (...more) => rhomap('fit', join(folder, 'scan.nii'), '-o', join(folder, 'maps'), ...more),
      };
    };

    it.each([
      ['fewer TSLs than images', ['--tsl', '0,10,30'], /3 TSL values \(0, 10, 30\) for 4 images/],
      ['seconds for milliseconds', ['--tsl', '0,0.01,0.03,0.05'], /look like seconds.*0, 10, 30, 50/],
      ['a TSL past 200 ms', ['--tsl', '0,10,30,5000'], /5000 is outside 0–200 ms/],
      ['a negative TSL', ['--tsl', '0,10,-30,50'], /-30 is outside/],
      ['a repeated TSL', ['--tsl', '0,10,10,50'], /10 ms occurs twice/],
      ['a TSL that is no number', ['--tsl', '0,ten,30,50'], /numbers separated by commas/],
      ['times that the files do not tell', [], /does not tell its times.*--tsl/],
      ['an unknown method', ['--tsl', '0,10,30,50', '--method', 'magic'], /magic/],
      [
        'bounds the wrong way round',
        ['--tsl', '0,10,30,50', '--cutoff-ms', '65,25'],
        /--cutoff-ms.*lower limit/,
      ],
      ['Rician without a noise level', ['--tsl', '0,10,30,50', '--method', 'rician'], /noise/],
      ['a series number that is not there', ['--tsl', '0,10,30,50', '--series', '3'], /no series 3/],
    ])('%s', async (_, flags, words) => {
      const { folder, runFit } = setUp();
      const result = await runFit(...flags);
      expect(result.code, result.error).toBe(2);
      expect(result.error).toMatch(words);
      expect(readdirSync(folder)).toEqual(['scan.nii']);
    });

    it('an output folder that is not empty, unless forced', async () => {
      const { folder, runFit } = setUp();
      mkdirSync(join(folder, 'maps'));
      writeFileSync(join(folder, 'maps', 'precious.txt'), 'keep me');
      expectRefused(await runFit('--tsl', '0,10,30,50'), 2, /exists and is not empty.*--force/, folder, [
        'maps',
        'scan.nii',
      ]);
      expect((await runFit('--tsl', '0,10,30,50', '--force')).error).toMatch(/not made by rhomap/);
      expect(existsSync(join(folder, 'maps', 'precious.txt'))).toBe(true);
      rmSync(join(folder, 'maps'), { recursive: true });
      for (const force of [[], ['--force']])
        expect((await runFit('--tsl', '0,10,30,50', ...force)).code).toBe(0);
      expect(readdirSync(folder).sort()).toEqual(['maps', 'scan.nii']);
    });

    it('to replace the folder from which the mask was read', async () => {
      const { folder, runFit } = setUp();
      await runFit('--tsl', '0,10,30,50');
      const roi = join(folder, 'maps', 'my-roi.nii.gz');
      writeMask(roi);
      const result = await runFit('--tsl', '0,10,30,50', '--force', '--roi', roi);
      expectRefused(result, 2, /my-roi\.nii\.gz lies in the folder/, folder, ['maps', 'scan.nii']);
      expect(existsSync(roi)).toBe(true);
    });

    it('a mask that does not meet the images, an empty mask and a mask that is no image', async () => {
      const { folder, runFit } = setUp();
      const kept = ['scan.nii', 'shifted.nii.gz', 'empty.nii.gz', 'text.nii'];
      writeMask(join(folder, 'shifted.nii.gz'), {
        ...SMALL_GRID,
        affine: SMALL_GRID.affine.map((v, i) => (i === 3 ? v + 5000 : v)),
      });
      writeFileSync(
        join(folder, 'empty.nii.gz'),
        writeNifti({ grid: SMALL_GRID, values: new Uint8Array(240) }),
      );
      writeFileSync(join(folder, 'text.nii'), 'not an image');
      const withRoi = (name: string): Promise<CliResult> =>
        runFit('--tsl', '0,10,30,50', '--roi', join(folder, name));
      expectRefused(
        await withRoi('shifted.nii.gz'),
        1,
        /shifted.nii.gz: no region of this mask meets the images/,
        folder,
        kept,
      );
      expectRefused(await withRoi('empty.nii.gz'), 1, /no region/, folder, kept);
      expectRefused(await withRoi('text.nii'), 1, /text\.nii: .*not a NIfTI/i, folder, kept);
    });

    it('what is not there, an empty folder, and files that are no images', async () => {
      const { folder } = setUp();
      const kept = ['empty', 'junk', 'scan.nii'];
      mkdirSync(join(folder, 'empty'));
      mkdirSync(join(folder, 'junk'));
      writeFileSync(join(folder, 'junk', 'a.dcm'), noise(4000, 1));
      writeFileSync(join(folder, 'junk', 'b.nii.gz'), noise(4000, 2));
      writeFileSync(join(folder, 'junk', 'c.txt'), '');
      const runFit = (name: string): Promise<CliResult> =>
        rhomap('fit', join(folder, name), '--tsl', '0,50', '-o', join(folder, 'maps'));
      expectRefused(await runFit('nowhere'), 2, /nowhere does not exist/, folder, kept);
      expectRefused(await runFit('empty'), 1, /no file in/, folder, kept);
      expectRefused(await runFit('junk'), 1, /No images were found/, folder, kept);
    });

    it('images of different geometry, and images that are 0 everywhere', async () => {
      const { folder } = setUp();
      const moved = { ...SMALL_GRID, affine: SMALL_GRID.affine.map((v, i) => (i === 3 ? v + 2 : v)) };
      mkdirSync(join(folder, 'two'));
      writeFileSync(
        join(folder, 'two', '0.nii'),
        writeNifti({ grid: SMALL_GRID, values: new Float32Array(240) }, { gzip: false }),
      );
      writeFileSync(
        join(folder, 'two', '50.nii'),
        writeNifti({ grid: moved, values: new Float32Array(240) }, { gzip: false }),
      );
      const runFit = (): Promise<CliResult> =>
        rhomap('fit', join(folder, 'two'), '--tsl', '0,50', '-o', join(folder, 'maps'), '--json');
      const refused = await runFit();
      expect(refused.code).toBe(1);
      expect(refused.error).toMatch(/another grid|one image per slice|mm apart/);
      writeFileSync(
        join(folder, 'two', '50.nii'),
        writeNifti({ grid: SMALL_GRID, values: new Float32Array(240) }, { gzip: false }),
      );
      const zeros = await runFit();
      expectRefused(zeros, 1, /every voxel is 0 in all 2 images/, folder, ['scan.nii', 'two']);
    });

    it('a folder that cannot be written', async () => {
      const { folder } = setUp();
      const scan = join(folder, 'scan.nii');
      // Not even root may make folders there.
      const result = await rhomap('fit', scan, '--tsl', '0,10,30,50', '-o', '/sys/rhomap/maps');
      expectRefused(result, 1, /Cannot write \/sys.*(no permission|read-only)/, folder, ['scan.nii']);
      expectRefused(await rhomap('fit', scan, '--tsl', '0,10,30,50', '-o', scan), 2, /is a file/, folder, [
        'scan.nii',
      ]);
    });
  });
});
