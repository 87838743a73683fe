import { describe, expect, it } from 'vitest';
import { createRandom } from '../core/random.ts';
import { input } from '../graph/build.ts';
import { topologicalOrder } from '../graph/value.ts';
import { trainingLayers } from './layers.ts';
import { l1Loss, laplaceLoss } from './losses.ts';
import { forEachParameter, parameterCount, startingParameters } from './network.ts';
import { trainingStep } from './training-step.ts';
import { createUnet } from './unet.ts';

describe('U-Net', () => {
  it("has the paper's 1.94 million parameters", () => {
    expect(parameterCount(createUnet())).toBe(1942289);
  });

  it('starts as He et al. say, from the seed alone', () => {
    const network = createUnet();
    const theta = startingParameters(network, createRandom(5));
    expect(startingParameters(network, createRandom(5))).toEqual(theta);
    forEachParameter(network, ({ name, shape, start }, offset, size) => {
      if (!name.includes('conv') || size < 10_000) return;
      const weights = theta.subarray(offset, offset + size);
      const variance = weights.reduce((total, x) => total + x * x, 0) / size;
      const expected = 2 / (9 * shape[1]!);
      // The variance of n squared normals has a relative standard deviation of √(2/n).
      expect(Math.abs(variance / expected - 1), name).toBeLessThan(4 * Math.sqrt(2 / size));
      expect('standardDeviation' in start && start.standardDeviation ** 2).toBeCloseTo(expected, 12);
    });
  });

  it('does not copy images to concatenate them', () => {
    const network = createUnet({ widths: [4, 8] });
    const parameters = new Map(network.parameters.map(({ name, shape }) => [name, input(name, shape)]));
    const layers = trainingLayers(
      (name) => parameters.get(name)!,
      () => {},
    );
    const output = network.output(input('image', [2, 1, 8, 8]), layers);
    expect(output.shape).toEqual([2, 1, 8, 8]);
    expect(topologicalOrder([output]).map(({ op }) => op)).not.toContain('concat');
  });

  it.each([{ widths: [] }, { widths: [8, 0] }, { outputChannels: 1.5 }, { residualChannel: 1 }])(
    'refuses %j',
    (options) => {
      expect(() => createUnet(options)).toThrow(expect.objectContaining({ code: 'network/unet-options' }));
    },
  );

  it('says what size an image must have', () => {
    const size = { n: 1, h: 24, w: 32 };
    expect(() => trainingStep({ network: createUnet(), loss: l1Loss(), size })).toThrow(
      'multiples of 16, but was given 1 of 24×32',
    );
  });

  it('refuses a loss that needs more channels', () => {
    const size = { n: 1, h: 32, w: 32 };
    expect(() => trainingStep({ network: createUnet(), loss: laplaceLoss(), size })).toThrow(
      'needs 2 output channels, but the network has 1',
    );
  });
});
