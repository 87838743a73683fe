import { existsSync } from 'node:fs';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { main } from '../main.ts';

const root = await mkdtemp(join(tmpdir(), 'rhomap-simulate-'));
afterAll(() => rm(root, { recursive: true }));

async function run(...argv: string[]): Promise<{ code: number; out: string; error: string }> {
  const said = { out: '', error: '' };
  const code = await main(['simulate', ...argv], {
    out: { write: (text) => (said.out += text) },
    error: { write: (text) => (said.error += text) },
  });
  return { code, ...said };
}

const coarse = {
  ...{ schemaVersion: 1, name: 'coarse', description: 'for speed', extends: 'easy' },
  parameters: {
    grid: {
      objectMatrix: { value: 128, unit: '1', source: 'speed' },
      matrix: { value: 64, unit: '1', source: 'speed' },
      acquiredColumns: { value: 48, unit: '1', source: 'speed' },
      acquiredRows: { value: 46, unit: '1', source: 'speed' },
    },
  },
};
const presetFile = join(root, 'coarse.json');
await writeFile(presetFile, JSON.stringify(coarse));

describe('rhomap simulate', () => {
  it.each([
    ['a negative SNR', ['--snr', '-3'], /--snr/],
    ['falling TSLs', ['--tsl', '50,0'], /--tsl.*ascend/],
    ['an SNR beyond the range', ['--snr', '0.5'], /--snr: expected a number from 1, got 0\.5/],
    ['a stage that does not exist', ['--stages', 'F0:2,F5:1'], /--stages: expected shares as F0:2,F1:1/],
    ['a stage twice', ['--stages', 'F0:2,F0:1'], /--stages.*each once/],
    ['shares that are all 0', ['--stages', 'F0:0'], /--stages.*not all 0/],
    ['sexes without a share', ['--sexes', 'F,M'], /--sexes.*F:2,M:1/],
    ['a TSL beyond the range', ['--tsl', '0,500'], /--tsl/],
    ['no patients', ['--patients', '0'], /--patients/],
    ['a preset that does not exist', ['--preset', 'mine'], /paper, easy, hard/],
    [
      'a preset file that is not there',
      ['--preset-file', join(root, 'none.json')],
      /none\.json.*cannot be read/,
    ],
    [
      'an image smaller than what is acquired',
      ['--matrix', '128'],
      /--matrix.*image matrix must not be smaller/,
    ],
    ['no workers', ['--workers', '0'], /--workers/],
  ])('refuses %s in one sentence and writes nothing', async (_, argv, message) => {
    const output = join(root, 'refused');
    const { code, error } = await run('-o', output, ...argv);
    expect(error).toMatch(message);
    expect(code).toBe(2);
    expect(existsSync(output)).toBe(false);
  });

  it('makes the composition that is asked for, the same for any number of threads, with a standard error', async () => {
    const argv = ['--preset-file', presetFile, '--patients', '2', '--floor-draws', '2', '--json'];
    const composition = ['--stages', 'F0:1,F4:1', '--sexes', 'F:1'];
    const [one, two] = [join(root, 'one'), join(root, 'two')];
    const first = await run('-o', one, ...argv, ...composition, '--workers', '1');
    const second = await run('-o', two, ...argv, ...composition, '--workers', '2');
    expect(first.code, first.error).toBe(0);
    expect(second.out).toBe(first.out);
    expect(JSON.parse(first.out).results.floorPercent.standardError).toBeGreaterThan(0);
    const rows = (await readFile(join(one, 'participants.tsv'), 'utf8')).trim().split('\n').slice(1);
    expect(rows.map((row) => row.split('\t')[3]).sort()).toEqual(['F0', 'F4']);
    expect(rows.map((row) => row.split('\t')[1])).toEqual(['F', 'F']);
    const files = (await readdir(one, { recursive: true, withFileTypes: true })).filter((f) => f.isFile());
    expect(files.length).toBeGreaterThan(20);
    for (const { parentPath, name } of files) {
      const path = join(relative(one, parentPath), name);
      const [a, b] = await Promise.all([one, two].map((folder) => readFile(join(folder, path))));
      expect(a!.equals(b!), path).toBe(true);
    }
  });

  it('writes a data set, tells the floor, and goes on where it was stopped', async () => {
    const output = join(root, 'cohort');
    const argv = ['-o', output, '--preset-file', presetFile, '--patients', '1', '--workers', '1', '--json'];
    const first = await run(...argv, '--gallery', '--floor-draws', '2');
    expect(first.error).not.toMatch(/rhomap:/);
    expect(first.code).toBe(0);
    const { results } = JSON.parse(first.out);
    expect(results.floorPercent.mean).toBeGreaterThan(0);
    expect(results.floorPercent.mean).toBeLessThan(results.coarsePercent.mean);
    expect(results.floorPercent.standardError).toBeNull();
    expect(await readFile(join(output, 'gallery.html'), 'utf8')).toMatch(/sub-001.*data:image\/png/s);
    const other = await run(...argv, '--floor-draws', '3');
    expect(other.code).toBe(2);
    expect(other.error).toMatch(/cohort with other options/);
    const again = await run(...argv, '--floor-draws', '2');
    expect(JSON.parse(again.out).results).toEqual(results);
  });
});
