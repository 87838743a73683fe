import { describe, expect, it } from 'vitest';
import { type FuzzOptions, fuzz } from './fuzz.ts';

const misbehave = (firstCase: number, options: FuzzOptions = {}) =>
  fuzz('misbehaving.ts', 3, { firstCase, ...options });

describe('the watch over fuzz targets', () => {
  it('counts what came out', async () => {
    expect(await misbehave(0)).toEqual(
      new Map([
        ['read', 2],
        ['refused', 1],
      ]),
    );
  });

  it('names the case that breaks the reader', async () => {
    await expect(misbehave(1)).rejects.toThrow(
      'misbehaving.ts: case 3 broke the reader: TypeError: no number',
    );
  });

  it.each([4, 5])('names the case that hangs: %i', async (hanging) => {
    await expect(misbehave(hanging, { hangMs: 2000 })).rejects.toThrow(
      `misbehaving.ts: case ${hanging} has been running for 2 s`,
    );
  });

  it('names the case that takes too much memory', async () => {
    const maxMemoryBytes = process.resourceUsage().maxRSS * 1024 + 5e7;
    await expect(misbehave(6, { maxMemoryBytes })).rejects.toThrow(/case 6 took the process to \d+ MB/);
  });
});
