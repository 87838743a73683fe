import { describe, expect, it } from 'vitest';
import { builtInPreset, changeParameters, PRESET_NAMES, readPreset } from './preset.ts';
import paper from './presets/paper.json' with { type: 'json' };

const extending = (parameters: unknown) => ({
  ...{ schemaVersion: 1, name: 'mine', description: '', extends: 'paper', parameters },
});

describe('presets', () => {
  it('are complete, with a unit and a source for every parameter', () => {
    for (const name of PRESET_NAMES) expect(builtInPreset(name).spinLock.tslMs).toEqual([0, 10, 30, 50]);
    expect(readPreset(paper, 'paper.json')).toEqual(builtInPreset('paper'));
  });

  it('change only what they name', () => {
    const mine = readPreset(
      extending({ noise: { snr: { value: 99, unit: '1', source: 'me' } } }),
      'mine.json',
    );
    const expected = builtInPreset('paper');
    expected.noise.snr = 99;
    expect(mine).toEqual(expected);
  });

  it.each([
    [
      'negative SNR',
      { noise: { snr: { value: -3, unit: '1', source: 'x' } } },
      'mine.json: noise.snr: expected a number from 1, got -3.',
    ],
    [
      'wrong unit',
      { spinLock: { tslMs: { value: [0, 0.05], unit: 's', source: 'x' } } },
      'mine.json: spinLock.tslMs.unit: expected one of ms, got s.',
    ],
    ['no source', { noise: { snr: { value: 30, unit: '1' } } }, /noise\.snr\.source/],
    [
      'unknown key',
      { noise: { snrr: { value: 3, unit: '1', source: 'x' } } },
      'mine.json: noise: there is no snrr.',
    ],
    ['unknown group', { nois: {} }, 'mine.json: there is no nois.'],
    [
      'TSL out of range',
      { spinLock: { tslMs: { value: [0, 500], unit: 'ms', source: 'x' } } },
      'mine.json: spinLock.tslMs.1: expected a number up to 200, got 500.',
    ],
    ['falling TSLs', { spinLock: { tslMs: { value: [0, 50, 30], unit: 'ms', source: 'x' } } }, /must ascend/],
    [
      'a grid that does not fit',
      { grid: { matrix: { value: 128, unit: '1', source: 'x' } } },
      /image matrix must not be smaller/,
    ],
    [
      'an object grid the transform cannot take',
      { grid: { objectMatrix: { value: 500, unit: '1', source: 'x' } } },
      /power of two/,
    ],
  ])('refuse %s in one sentence that names the parameter', (_, parameters, message) => {
    expect(() => readPreset(extending(parameters), 'mine.json')).toThrow(message);
    expect(() => readPreset(extending(parameters), 'mine.json')).toThrow(/mine\.json/);
  });

  it('check changes made in code, too', () => {
    expect(() => changeParameters(builtInPreset('paper'), { noise: { snr: -1 } })).toThrow(/noise\.snr/);
    expect(() => changeParameters(builtInPreset('paper'), { motion: { minPixels: 4 } })).toThrow(
      /minPixels is above/,
    );
  });
});
