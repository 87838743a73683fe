import { expect, it } from 'vitest';
import { syntheticSlices } from '../../../test/support/slices.ts';
import { PAPER_AUGMENTATION } from '../../training/augment.ts';
import { createPlaneStream, type PlaneStreamOptions } from '../../training/plane-stream.ts';
import { threadPlaneStream } from './plane-thread.ts';

const options: PlaneStreamOptions = {
  batchSize: 2,
  augmentation: PAPER_AUGMENTATION,
  seed: 3,
  coarseTslMs: [0, 50],
  cutoffMs: [25, 65],
};

it('gives in a thread what it gives here, whatever the order of steps', async () => {
  const slices = syntheticSlices(4, 16, 1);
  const [here, there] = [createPlaneStream(slices, options), threadPlaneStream(slices, options)];
  const steps = [3, 0, 1];
  const answers = await Promise.all(steps.map((step) => there.planes(step)));
  for (const [i, step] of steps.entries()) expect(answers[i]).toEqual(await here.planes(step));
  await there.close();
});

it('refuses no slices before it starts a thread', () => {
  expect(() => threadPlaneStream([], options)).toThrow(/no slice/);
});
