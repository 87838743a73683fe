import { describe, expect, it } from 'vitest';
import { syntheticSlices } from '../../test/support/slices.ts';
import { PAPER_AUGMENTATION } from './augment.ts';
import { type BatchSource, createBatchSource, type LossRegion, type OutputMode } from './batches.ts';
import { createPlaneStream, type PlaneStreamOptions } from './plane-stream.ts';
import { createPlaneFitter } from './planes.ts';

const size = 16;
const slices = syntheticSlices(5, size, 1);
const options: PlaneStreamOptions = {
  batchSize: 2,
  augmentation: null,
  seed: 3,
  coarseTslMs: [0, 50],
  cutoffMs: [25, 65],
};
const sourceOf = (
  streamOptions: PlaneStreamOptions,
  output: OutputMode = 'map',
  lossOver: LossRegion = 'image',
): BatchSource =>
  createBatchSource(createPlaneStream(slices, streamOptions), {
    inputs: ['coarse'],
    output,
    lossOver,
    nRows: size,
    nColumns: size,
  });
const planesOf = (i: number) =>
  createPlaneFitter({ ...options, tslMs: slices[i]!.tslMs }, size * size).planes(slices[i]!.contrasts);

describe('createBatchSource', () => {
  it('shows every slice once per epoch, in an order that changes', async () => {
    const source = sourceOf(options);
    const coarse = slices.map((_, i) => planesOf(i).coarse.join());
    const shown: number[] = [];
    for (let step = 0; step < 10; step++) {
      const { image } = await source.batch(step);
      for (let n = 0; n < 2; n++)
        shown.push(coarse.indexOf(image.slice(n * size * size, (n + 1) * size * size).join()));
    }
    const epochs = [0, 1, 2, 3].map((e) => shown.slice(5 * e, 5 * e + 5));
    for (const epoch of epochs) expect([...epoch].sort()).toEqual([0, 1, 2, 3, 4]);
    expect(new Set(epochs.map(String)).size).toBeGreaterThan(1);
  });

  it('depends on seed and step alone', async () => {
    const augmented = { ...options, augmentation: PAPER_AUGMENTATION };
    const [a, b] = [sourceOf(augmented), sourceOf(augmented)];
    await a.batch(0);
    await a.batch(1);
    expect(await a.batch(7)).toEqual(await b.batch(7));
    const other = sourceOf({ ...augmented, seed: 4 });
    expect((await other.batch(7)).image).not.toEqual((await b.batch(7)).image);
  });

  it('over the body weighs pixels with signal by 1 and air by 0', async () => {
    const { maps } = await sourceOf(options, 'map', 'body').batch(0);
    expect(new Set(maps['weight'])).toEqual(new Set([0, 1]));
    maps['weight']!.forEach((weight, p) => {
      if (weight === 0) expect(maps['target']![p]).toBe(0);
    });
    expect((await sourceOf(options).batch(0)).maps['weight']).toBeUndefined();
  });

  it('as a correction asks for target minus coarse', async () => {
    const map = await sourceOf(options).batch(0);
    const correction = await sourceOf(options, 'correction').batch(0);
    map.maps['target']!.forEach((target, p) => {
      expect(correction.maps['target']![p]).toBeCloseTo(target - map.image[p]!, 6);
    });
  });

  it('fits augmented targets from augmented contrasts, with air at the lower cut-off in input and target alike', async () => {
    const { image, maps } = await sourceOf({ ...options, augmentation: PAPER_AUGMENTATION }).batch(0);
    expect(image[0]).toBe(0);
    expect(maps['target']![0]).toBe(0);
    for (const plane of [image, maps['target']!]) for (const v of plane) expect(v >= 0 && v <= 1).toBe(true);
  });

  it('refuses slices that differ in size or times, and none', () => {
    expect(() => createPlaneStream([], options)).toThrow(/no slice/);
    expect(() => createPlaneStream([...slices, ...syntheticSlices(1, 8, 1)], options)).toThrow(/8×8 pixels/);
  });
});
