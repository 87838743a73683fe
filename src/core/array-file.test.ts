import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodeArrayFile, encodeArrayFile, requiredArray } from './array-file.ts';
import { FormatError } from './errors.ts';

const arrays = fc
  .dictionary(fc.string(), fc.float32Array({ maxLength: 9 }))
  .map((entries) => new Map(Object.entries(entries)));

describe('array file', () => {
  it('gives back what was put in', () => {
    fc.assert(
      fc.property(arrays, fc.string(), (given, word) => {
        const { header, arrays: read } = decodeArrayFile<{ word: string }>(
          'test',
          encodeArrayFile('test', { word }, given),
          'f',
        );
        expect(header).toEqual({ word });
        expect(read).toEqual(given);
      }),
    );
  });

  it('reads a Node Buffer at any offset, whose slice is no copy', () => {
    const given = new Map([['a', Float32Array.of(1, 2, 3)]]);
    const bytes = encodeArrayFile('test', {}, given);
    const shifted = Buffer.concat([Buffer.of(0), bytes]).subarray(1);
    expect(decodeArrayFile('test', shifted, 'f').arrays).toEqual(given);
  });

  it('refuses every cut and every wrong kind with a sentence', () => {
    const bytes = encodeArrayFile('test', {}, new Map([['a', Float32Array.of(1, 2, 3)]]));
    for (let n = 0; n < bytes.length; n++)
      expect(() => decodeArrayFile('test', bytes.subarray(0, n), 'file')).toThrow(FormatError);
    expect(() => decodeArrayFile('other', bytes, 'file')).toThrow(/file: it is no other/);
    expect(() => requiredArray(decodeArrayFile('test', bytes, 'file'), 'b', 'file')).toThrow(/it has no b/);
  });
});
