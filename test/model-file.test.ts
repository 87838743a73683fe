/** The file of a model means the same to others: the standard's own reader, PyTorch, ONNX Runtime in Node and in Chromium. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { readModelInfo } from '../src/methods/model-info.ts';
import { repackModel } from '../src/network/repack.ts';
import { nodeSessionProvider } from '../src/runtime/node/session.ts';
import { smallModel } from './support/model.ts';

const folder = join(import.meta.dirname, 'data/models');
const path = join(folder, 'small.onnx');

interface Fixture {
  readonly metadata: Readonly<Record<string, string>>;
  readonly dims: readonly number[];
  readonly image: readonly number[];
  readonly output: readonly number[];
}

it('is the file that we write', () => {
  const bytes = repackModel(smallModel({ headGain: 0.3 }), 'small', { storage: 'float16' });
  if (process.env['UPDATE_FIXTURES']) writeFileSync(path, bytes);
  expect(Buffer.compare(bytes, readFileSync(path))).toBe(0);
});

it('says the same about itself, and computes the same, in Python', async () => {
  const fixture = JSON.parse(readFileSync(join(folder, 'small.json'), 'utf8')) as Fixture;
  expect(readModelInfo(fixture.metadata, 'fixture')).toMatchObject({
    method: { name: 'lbru' },
    ...{ output: 'correction', coarseTslMs: [0, 50], cutoffMs: [25, 65], imageSize: 32, pixelMm: 1.5 },
  });
  const session = await nodeSessionProvider({ threads: 1 }).createSession(new Uint8Array(readFileSync(path)));
  const { output } = await session.run({
    image: { type: 'float32', dims: [1, 1, 8, 12], data: Float32Array.from(fixture.image) },
  });
  await session.close();
  expect(output!.dims).toEqual(fixture.dims);
  (output!.data as Float32Array).forEach((value, i) => {
    expect(Math.abs(value - fixture.output[i]!)).toBeLessThan(1e-5);
  });
});
