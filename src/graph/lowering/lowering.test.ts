import { describe, expect, it } from 'vitest';
import { createRandom } from '../../core/random.ts';
import type { SessionProvider } from '../../core/session.ts';
import { laplaceLoss } from '../../network/losses.ts';
import { startingParameters } from '../../network/network.ts';
import { toKernelOrder, toPlainOrder } from '../../network/parameter-order.ts';
import { type BatchSize, trainingStep } from '../../network/training-step.ts';
import { createUnet } from '../../network/unet.ts';
import { nodeSessionProvider } from '../../runtime/node/session.ts';
import { add, conv2d, input, mul, ones, relu, sum } from '../build.ts';
import type { OnnxModel } from '../onnx/model.ts';
import { encodeModel } from '../onnx/model.ts';
import { BLOCKED_DOMAIN } from './blocked-context.ts';
import { type Lowering, lower, STANDARD } from './lower.ts';
import { probeBlock } from './probe.ts';

const provider = nodeSessionProvider();
const block = (await probeBlock(provider))!;
const BLOCKED: Lowering = { kind: 'blocked', block };
const full = process.env['RHOMAP_FULL'] === '1';

const countOf = (model: OnnxModel, opType: string, domain?: string): number =>
  model.graph.nodes.filter((node) => node.opType === opType && node.domain === domain).length;

describe('probeBlock', () => {
  it('finds 8 or 16 channels', () => {
    expect([8, 16]).toContain(block);
  });

  it('is null where the runtime refuses', async () => {
    const refusing: SessionProvider = {
      description: 'none',
      createSession: () => Promise.reject(new Error('unknown operator')),
    };
    expect(await probeBlock(refusing)).toBeNull();
  });
});

describe('lower', () => {
  const image = input('image', [1, 2 * block, 8, 8]);
  const weight = input('weight', [block, 2 * block, 3, 3]);

  it('emits equal nodes and constants once, and nothing unused', () => {
    const y = add(mul(image, 2), mul(image, 2));
    const model = lower({ name: 'test', outputs: { y } }, STANDARD);
    expect(countOf(model, 'Mul')).toBe(1);
    expect(model.graph.initializers).toHaveLength(1);
  });

  it('adds and rectifies within one blocked convolution', () => {
    const skip = conv2d(image, weight);
    const y = relu(add(conv2d(image, mul(weight, 2)), skip));
    const { graph } = lower({ name: 'test', outputs: { y, total: sum(skip) } }, BLOCKED);
    const convs = graph.nodes.filter((node) => node.domain === BLOCKED_DOMAIN && node.opType === 'Conv');
    expect(convs).toHaveLength(2);
    expect(convs.map(({ attributes }) => attributes?.['activation'])).toEqual([undefined, 'Relu']);
    expect(graph.nodes.map(({ opType }) => opType)).not.toContain('Relu');
  });

  it('does not fuse what is used elsewhere too', () => {
    const y = conv2d(image, weight);
    const model = lower({ name: 'test', outputs: { y, z: relu(y) } }, BLOCKED);
    expect(countOf(model, 'Relu')).toBe(1);
  });

  it('converts an image once however many read it', () => {
    const [y, z] = [conv2d(image, weight), conv2d(image, ones([block, 2 * block, 1, 1]))];
    const model = lower({ name: 'test', outputs: { total: sum(add(y, z)) } }, BLOCKED);
    expect(countOf(model, 'ReorderInput', BLOCKED_DOMAIN)).toBe(1);
  });
});

describe('a whole training step', () => {
  const network = createUnet({ inputChannels: 2, outputChannels: 2, widths: [16, 32, 64] });

  async function gradientOf(
    size: BatchSize,
    lowering: Lowering,
  ): Promise<{ loss: number; gradient: Float32Array }> {
    const kernelBlock = lowering.kind === 'blocked' ? block : undefined;
    const { program, gradient } = trainingStep({ network, loss: laplaceLoss(), size, kernelBlock });
    const model = lower({ name: 'test', outputs: { loss: program.outputs['loss']!, gradient } }, lowering);
    const random = createRandom(`${size.n} ${size.h}`);
    const numbers = (length: number): Float32Array => Float32Array.from({ length }, () => random.normal());
    const { n, h, w } = size;
    const plain = startingParameters(network, createRandom(1));
    const theta = kernelBlock ? toKernelOrder(network, plain, block) : plain;
    const session = await provider.createSession(encodeModel(model), { threads: 2 });
    const result = await session.run({
      theta: { type: 'float32', dims: [theta.length], data: theta },
      image: { type: 'float32', dims: [n, 2, h, w], data: numbers(2 * n * h * w) },
      target: { type: 'float32', dims: [n, 1, h, w], data: numbers(n * h * w) },
    });
    await session.close();
    const flat = result['gradient']!.data as Float32Array;
    return {
      loss: Number(result['loss']!.data[0]),
      gradient: kernelBlock ? toPlainOrder(network, flat, block) : flat,
    };
  }

  const small = [1, 2, 3, 4].map((n) => ({ n, h: 32, w: 32 }));
  const wide = [
    { n: 2, h: 64, w: 48 },
    { n: 1, h: 20, w: 36 },
  ];
  const large = [128, 256].flatMap((h) => [1, 2, 3, 4].map((n) => ({ n, h, w: h })));

  it.each([...small, ...wide, ...(full ? large : [])])('is the same in both lowerings: %j', async (size) => {
    const standard = await gradientOf(size, STANDARD);
    const fast = await gradientOf(size, BLOCKED);
    expect(Math.abs(fast.loss - standard.loss)).toBeLessThan(1e-5);
    const norm = Math.hypot(...standard.gradient);
    const difference = Math.hypot(...fast.gradient.map((g, i) => g - standard.gradient[i]!));
    // 1e-6 by rounding; a ReLU input within rounding of zero may fall on the other side, and moves it by more.
    expect(difference / norm).toBeLessThan(2e-3);
  });

  it('also takes a batch larger than a block, with standard weight gradients', async () => {
    const size = { n: 17, h: 8, w: 8 };
    const [standard, fast] = [await gradientOf(size, STANDARD), await gradientOf(size, BLOCKED)];
    expect(Math.abs(fast.loss - standard.loss)).toBeLessThan(1e-5);
  });
});

describe('kernel order', () => {
  it('goes back and forth', () => {
    const network = createUnet({ widths: [16, 32] });
    const theta = startingParameters(network, createRandom(1));
    const there = toKernelOrder(network, theta, 16);
    expect(there).not.toEqual(theta);
    expect(toPlainOrder(network, there, 16)).toEqual(theta);
  });
});
