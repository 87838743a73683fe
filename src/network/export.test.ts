import { describe, expect, it } from 'vitest';
import { createRandom } from '../core/random.ts';
import { decodeModel, encodeModel } from '../graph/onnx/model.ts';
import { nodeSessionProvider } from '../runtime/node/session.ts';
import { exportInferenceModel, readInferenceModel, type TrainedNetwork } from './export.ts';
import { fromFloat16, toFloat16 } from './float16.ts';
import { type Network, startingParameters, startingStatistics } from './network.ts';
import { createUnet } from './unet.ts';

const provider = nodeSessionProvider();
const network = createUnet({ inputChannels: 2, outputChannels: 2, widths: [16, 32], residualChannel: 1 });

/** Weights, means and variances none of which is 0 or 1. */
function trained(net: Network): TrainedNetwork {
  const random = createRandom('trained');
  const theta = startingParameters(net, random).map((x) => x + 0.05 * random.normal());
  const statistics = startingStatistics(net).map((x) => Math.abs(x + 0.2 * random.normal()) + 0.1);
  return { theta, statistics };
}

async function run(model: Uint8Array, n: number, h: number, w: number): Promise<Float32Array> {
  const random = createRandom('image');
  const data = Float32Array.from({ length: 2 * n * h * w }, () => random.normal());
  const session = await provider.createSession(model, { threads: 1 });
  const { output } = await session.run({ image: { type: 'float32', dims: [n, 2, h, w], data } });
  await session.close();
  expect(output!.dims).toEqual([n, 2, h, w]);
  return output!.data as Float32Array;
}

const largestDifference = (a: Float32Array, b: Float32Array): number =>
  a.reduce((worst, x, i) => Math.max(worst, Math.abs(x - b[i]!)), 0);

describe('exportInferenceModel', () => {
  it('takes any batch and size', async () => {
    const model = exportInferenceModel(network, trained(network));
    await run(model, 1, 8, 6);
    await run(model, 3, 16, 32);
  });

  it('uses standard operators only, without batch normalisation', () => {
    const { opsets, graph } = decodeModel(exportInferenceModel(network, trained(network)));
    expect(Object.keys(opsets)).toEqual(['']);
    expect(new Set(graph.nodes.map(({ opType }) => opType))).not.toContain('BatchNormalization');
    const weight = graph.initializers.find(({ name }) => name === 'encoder.1.conv2.weight');
    expect(weight?.dims).toEqual([32, 32, 3, 3]);
  });

  it('reads back to the same network and weights', async () => {
    const before = trained(network);
    const model = exportInferenceModel(network, before, { metadata: { note: 'hello' } });
    const after = readInferenceModel(model);
    expect(after.network.options).toEqual(network.options);
    expect(after.metadata['note']).toBe('hello');
    expect(after.statistics).toEqual(before.statistics);
    expect(largestDifference(after.theta, before.theta)).toBeLessThan(1e-6);
    const again = exportInferenceModel(after.network, after);
    expect(largestDifference(await run(again, 1, 8, 8), await run(model, 1, 8, 8))).toBeLessThan(1e-5);
  });

  it('stores 16-bit weights in half the bytes', async () => {
    const full = exportInferenceModel(network, trained(network));
    const half = exportInferenceModel(network, trained(network), { storage: 'float16' });
    expect(half.length / full.length).toBeLessThan(0.62);
    const [a, b] = [await run(full, 1, 16, 16), await run(half, 1, 16, 16)];
    // Halves round by up to 2⁻¹¹.
    expect(largestDifference(a, b)).toBeLessThan(0.02);
    expect(largestDifference(a, b)).toBeGreaterThan(0);
    expect(largestDifference(readInferenceModel(half).theta, trained(network).theta)).toBeLessThan(2e-3);
  });

  it('refuses weights that halves cannot hold', () => {
    const large = { ...trained(network), theta: trained(network).theta.fill(1e6) };
    expect(() => exportInferenceModel(network, large, { storage: 'float16' })).toThrow(
      'beyond ±65504, which float16 cannot store',
    );
  });

  it('refuses models of another origin, and damaged ones', () => {
    const model = decodeModel(exportInferenceModel(network, trained(network)));
    const code = (metadata: Record<string, string>) => () => {
      readInferenceModel(encodeModel({ ...model, metadata }));
    };
    const { 'rhomap.network': options, 'rhomap.norms': norms } = model.metadata;
    expect(code({})).toThrow(expect.objectContaining({ code: 'network/not-ours' }));
    expect(code({ 'rhomap.network': '{', 'rhomap.norms': norms! })).toThrow(
      expect.objectContaining({ code: 'network/options' }),
    );
    expect(code({ 'rhomap.network': options!, 'rhomap.norms': 'AAAA' })).toThrow(
      expect.objectContaining({ code: 'network/norms' }),
    );
  });
});

describe('float16', () => {
  it('round-trips every finite half', () => {
    const bits = Uint16Array.from({ length: 65536 }, (_, i) => i).filter((b) => (b & 0x7c00) !== 0x7c00);
    expect(toFloat16(fromFloat16(bits))).toEqual(bits);
  });

  it('rounds to the nearest, ties to even', () => {
    const values = [1 + 2 ** -11, 1 + 3 * 2 ** -11, 65519, 65520, 2 ** -25, 2 ** -25 * 1.01, Number.NaN];
    const rounded = fromFloat16(toFloat16(Float32Array.from(values)));
    expect([...rounded]).toEqual([1, 1 + 2 ** -9, 65504, Infinity, 0, 2 ** -24, Number.NaN]);
  });
});
