import { describe, expect, it } from 'vitest';
import { type Comparison, compareLowerings, onTheKink } from '../../../test/support/lowering-comparison.ts';
import { isFull, sizeTag } from '../../../test/support/size.ts';
import { createRandom } from '../../core/random.ts';
import type { SessionProvider } from '../../core/session.ts';
import { clearCutParameters } from '../../network/clear-cut.ts';
import { laplaceLoss } from '../../network/losses.ts';
import { startingParameters } from '../../network/network.ts';
import { fromLayout, toLayout } from '../../network/parameter-order.ts';
import { createUnet } from '../../network/unet.ts';
import { nodeSessionProvider } from '../../runtime/node/session.ts';
import { add, conv2d, input, mul, ones, relu, sum } from '../build.ts';
import type { OnnxModel } from '../onnx/model.ts';
import { BLOCKED_DOMAIN } from './blocked-context.ts';
import { type Lowering, layoutOf, lower, STANDARD } from './lower.ts';
import { probeBlock } from './probe.ts';

const provider = nodeSessionProvider();
const block = (await probeBlock(provider))!;
const BLOCKED: Lowering = { kind: 'blocked', block };

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
  const network = createUnet({ inputChannels: 2, outputChannels: 2, widths: [16, 32, 64], headGain: 0.1 });
  const reference = createUnet({ outputChannels: 2, headGain: 0.1 });
  const step = { provider, network, loss: laplaceLoss() };

  const small = [1, 2, 3, 4].map((n) => ({ n, h: 32, w: 32 }));
  const wide = [
    { n: 2, h: 64, w: 48 },
    { n: 1, h: 20, w: 36 },
  ];
  // More than a block: with the standard weight gradients.
  const many = { n: 17, h: 8, w: 8 };
  const large = [64, 128, 256].flatMap((h) => [1, 2, 3, 4].map((n) => ({ n, h, w: h })));

  const sizes = [
    ...[...small, ...wide, many].map((size) => ({ name: 'small', size, network })),
    ...(isFull ? large : [{ n: 1, h: 64, w: 64 }]).map((size) => ({
      name: 'reference',
      size,
      network: reference,
    })),
  ];

  it.each(sizes)(
    `is the same in both lowerings where nothing is a close call: $name, $size ${sizeTag(sizes.length, 'sizes')}`,
    async ({ size, network }) => {
      let compared: Comparison | undefined;
      // Two numbers of a pooling window may still be within rounding of each other: then another draw decides.
      for (let draw = 0; draw < 5 && compared?.nFlips !== 0; draw++) {
        const theta = clearCutParameters(network, createRandom(draw));
        compared = await compareLowerings({ ...step, network, size, theta }, BLOCKED);
      }
      if (!compared) throw new Error('no draw was made');
      expect(compared.nFlips).toBe(0);
      expect(compared.lossError).toBeLessThan(1e-5);
      expect(compared.gradientError).toBeLessThan(1e-5);
    },
  );

  it('differs by more with pixels on the kink of a ReLU, which then lets them through in one and not in the other', async () => {
    const clear = {
      ...step,
      size: { n: 2, h: 16, w: 16 },
      theta: clearCutParameters(network, createRandom(1)),
    };
    const compared = await compareLowerings(
      { ...clear, theta: await onTheKink(clear, 'decoder.0.norm2') },
      BLOCKED,
    );
    expect(compared.nFlips).toBeGreaterThan(0);
    expect(compared.lossError).toBeLessThan(1e-5);
    expect(compared.gradientError).toBeGreaterThan(1e-5);
    expect(compared.gradientError).toBeLessThan(2e-2);
  });

  it('differs by more with starting weights only where such a flip happens', async () => {
    for (let seed = 0; seed < 8; seed++) {
      const theta = startingParameters(network, createRandom(seed));
      const compared = await compareLowerings({ ...step, size: { n: 2, h: 32, w: 32 }, theta }, BLOCKED);
      expect(compared.lossError).toBeLessThan(1e-5);
      if (compared.nFlips === 0) expect(compared.gradientError, `seed ${seed}`).toBeLessThan(1e-5);
    }
  });
});

describe('kernel order', () => {
  it('goes back and forth', () => {
    const network = createUnet({ widths: [16, 32] });
    const theta = startingParameters(network, createRandom(1));
    const layout = layoutOf({ kind: 'blocked', block: 16 });
    const there = toLayout(network, theta, layout);
    expect(there).not.toEqual(theta);
    expect(fromLayout(network, there, layout)).toEqual(theta);
  });
});
