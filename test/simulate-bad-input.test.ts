/** `rhomap simulate` with presets and options that cannot be: one sentence, exit code 2, and nothing written. */
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { rhomap } from './support/cli.ts';

const folder = mkdtempSync(join(tmpdir(), 'rhomap-simulate-bad-'));
afterAll(() => rmSync(folder, { recursive: true }));
const file = join(folder, 'mine.json');
const output = join(folder, 'cohort');

const preset = (parameters: unknown): string =>
  JSON.stringify({ schemaVersion: 1, name: 'mine', description: '', extends: 'paper', parameters });

describe('rhomap simulate', () => {
  it.each([
    [
      'an unknown key',
      preset({ noise: { snrr: { value: 40, unit: '1', source: 'x' } } }),
      'mine.json: noise: there is no snrr.',
    ],
    [
      'a negative SNR',
      preset({ noise: { snr: { value: -4, unit: '1', source: 'x' } } }),
      'mine.json: noise.snr: expected a number from 1, got -4.',
    ],
    ['a file that is no JSON', '{"schemaVersion": 1,', 'mine.json: not valid JSON'],
    ['a file of another kind', '{"name": "x"}', 'mine.json: schemaVersion'],
  ])('refuses a preset file with %s', async (_, text, message) => {
    writeFileSync(file, text);
    const { code, error } = await rhomap('simulate', '-o', output, '--preset-file', file);
    expect(error).toContain(message);
    expect(code).toBe(2);
    expect(existsSync(output)).toBe(false);
  });

  it.each([
    [['--snr', '0.5'], '--snr: expected a number from 1, got 0.5.'],
    [['--tsl', '0,50,30'], '--tsl: spin-lock times must ascend'],
    [['--tsl', '0,500'], '--tsl: expected a number up to 200, got 0,500.'],
    [['--matrix', '64'], '--matrix: 192×190 points are acquired for an image of 64²'],
    [['--stages', 'F9:1'], '--stages: expected shares'],
    [['--workers', '0'], '--workers: expected a whole number from 1, got 0.'],
    [['--preset-file', join(folder, 'none.json')], 'none.json: cannot be read'],
  ])('refuses %j', async (flags, message) => {
    const { code, error } = await rhomap('simulate', '-o', output, ...flags);
    expect(error).toContain(message);
    expect(code).toBe(2);
    expect(existsSync(output)).toBe(false);
  });
});
