import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
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
    ['falling TSLs', ['--tsl', '50,0'], /tslMs.*ascend/],
    ['a TSL beyond the range', ['--tsl', '0,500'], /--tsl/],
    ['no patients', ['--patients', '0'], /--patients/],
    ['a preset that does not exist', ['--preset', 'mine'], /paper, easy, hard/],
    [
      'a preset file that is not there',
      ['--preset-file', join(root, 'none.json')],
      /none\.json.*cannot be read/,
    ],
    ['an image smaller than what is acquired', ['--matrix', '128'], /image matrix must not be smaller/],
    ['no workers', ['--workers', '0'], /--workers/],
  ])('refuses %s in one sentence and writes nothing', async (_, argv, message) => {
    const output = join(root, 'refused');
    const { code, error } = await run('-o', output, ...argv);
    expect(error).toMatch(message);
    expect(code).toBe(2);
    expect(existsSync(output)).toBe(false);
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
    expect(await readFile(join(output, 'gallery.html'), 'utf8')).toMatch(/sub-001.*data:image\/png/s);
    const other = await run(...argv, '--floor-draws', '3');
    expect(other.code).toBe(2);
    expect(other.error).toMatch(/cohort with other options/);
    const again = await run(...argv, '--floor-draws', '2');
    expect(JSON.parse(again.out).results).toEqual(results);
  });
});
