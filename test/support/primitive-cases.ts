/** An expression in each primitive, on random shapes: the table that every test of primitives loops over. */
import type { Random } from '../../src/core/random.ts';
import * as g from '../../src/graph/build.ts';
import type { OpName } from '../../src/graph/ops/attributes.ts';
import type { Shape } from '../../src/graph/shape.ts';
import type { Value } from '../../src/graph/value.ts';
import type { TestExpression, TestInput } from './gradient-check.ts';

export interface Sizes {
  /** From 1 to 3, or with `block` a multiple of it. */
  channels(): number;
  /** From 1 to 3. */
  small(): number;
  readonly random: Random;
}

export const randomSizes = (random: Random, block?: number): Sizes => ({
  channels: () => (block ? block * (1 + random.integer(2)) : 1 + random.integer(3)),
  small: () => 1 + random.integer(3),
  random,
});

type Case = (sizes: Sizes) => TestExpression;

const positive = (shape: Shape): TestInput => ({ shape, draw: (random) => 0.5 + 1.5 * random.uniform() });
/** Numbers on a grid, shuffled: any two differ by at least 0.1, in any order. */
const distinct = (shape: Shape, offset = 0): TestInput => ({
  shape,
  draw: (_, i) => offset + 0.2 * ((i * 37) % 101) - 10,
});

const image = (s: Sizes, c = s.channels()): [number, number, number, number] => [
  s.small(),
  c,
  2 * s.small(),
  2 * s.small(),
];

const unaryCase =
  (f: (x: Value) => Value, make: (shape: Shape) => TestInput = (shape) => ({ shape })): Case =>
  (s) => ({ inputs: [make(image(s))], output: (x) => f(x!) });

/** Both operands broadcast against the other. */
const binaryCase =
  (
    f: (a: Value, b: Value) => Value,
    make: (shape: Shape, offset?: number) => TestInput = (shape) => ({ shape }),
  ): Case =>
  (s) => {
    const [n, c, h, w] = image(s);
    const pairs: readonly (readonly [Shape, Shape])[] = [
      [
        [n, c, h, w],
        [n, c, h, w],
      ],
      [
        [n, 1, h, w],
        [c, 1, w],
      ],
      [[], [n, c, h, w]],
      [
        [n, c, h, 1],
        [1, w],
      ],
    ];
    const [a, b] = pairs[s.random.integer(pairs.length)]!;
    return { inputs: [make(a), make(b, 0.1)], output: f };
  };

const conv =
  (k: number, bias: boolean): Case =>
  (s) => {
    const x = image(s);
    const o = s.channels();
    const inputs: TestInput[] = [{ shape: x }, { shape: [o, x[1], k, k] }];
    return { inputs: bias ? [...inputs, { shape: [o] }] : inputs, output: g.conv2d };
  };

export const primitiveCases: { readonly [K in OpName]: readonly Case[] } = {
  input: [unaryCase((x) => x)],
  constant: [unaryCase((x) => g.mul(x, g.constant(Float32Array.of(1.5, -2), [2, 1, 1, 1, 1])))],
  add: [binaryCase(g.add)],
  sub: [binaryCase(g.sub)],
  mul: [binaryCase(g.mul)],
  div: [binaryCase(g.div, positive)],
  maximum: [binaryCase(g.maximum, distinct)],
  neg: [unaryCase(g.neg)],
  exp: [unaryCase(g.exp)],
  log: [unaryCase(g.log, positive)],
  abs: [unaryCase(g.abs)],
  sqrt: [unaryCase(g.sqrt, positive)],
  sign: [unaryCase(g.sign)],
  relu: [unaryCase(g.relu)],
  reluGradient: [
    (s) => {
      const shape = image(s);
      return { inputs: [{ shape }, { shape }], output: g.reluGradient };
    },
  ],
  stopGradient: [unaryCase((x) => g.mul(x, g.stopGradient(g.exp(x))))],
  equal: [binaryCase((a, b) => g.where(g.equal(a, g.maximum(a, b)), a, g.mul(b, 2)), distinct)],
  greater: [binaryCase((a, b) => g.where(g.greater(a, b), g.mul(a, 3), b), distinct)],
  where: [binaryCase((a, b) => g.where(g.greater(a, b), g.mul(a, a), g.mul(b, 2)), distinct)],
  sum: [unaryCase((x) => g.sum(x)), unaryCase((x) => g.sum(x, [1])), unaryCase((x) => g.sum(x, [0, 2, 3]))],
  broadcast: [
    (s) => {
      const [n, c, h, w] = image(s);
      return { inputs: [{ shape: [c, 1, w] }], output: (x) => g.broadcast(x, [n, c, h, w]) };
    },
  ],
  reshape: [
    (s) => {
      const [n, c, h, w] = image(s);
      return { inputs: [{ shape: [n, c, h, w] }], output: (x) => g.reshape(x, [c * w, n, h]) };
    },
  ],
  transpose: [unaryCase((x) => g.transpose(x, [2, 0, 3, 1]))],
  slice: [unaryCase((x) => g.slice(x, 2, 1, 2)), unaryCase((x) => g.slice(x, 3, 0, 1))],
  pad: [unaryCase((x) => g.pad(x, 1, 2, 0)), unaryCase((x) => g.pad(x, 3, 1, 3))],
  concat: [
    (s) => {
      const [n, c, h, w] = image(s);
      return {
        inputs: [{ shape: [n, c, h, w] }, { shape: [n, s.channels(), h, w] }],
        output: (...x) => g.concat(x, 1),
      };
    },
  ],
  conv2d: [conv(3, false), conv(1, true), conv(3, true)],
  convWeightGradient: [1, 3].map(
    (kernel): Case =>
      (s) => {
        const [n, c, h, w] = image(s);
        return {
          inputs: [{ shape: [n, c, h, w] }, { shape: [n, s.channels(), h, w] }],
          output: (x, y) => g.convWeightGradient(x, y, kernel),
        };
      },
  ),
  flipKernel: [3, 1].map(
    (k): Case =>
      (s) => ({ inputs: [{ shape: [s.channels(), s.channels(), k, k] }], output: g.flipKernel }),
  ),
  upConv: [false, true].map(
    (bias): Case =>
      (s) => {
        const x = image(s);
        const o = s.channels();
        const inputs: TestInput[] = [{ shape: x }, { shape: [x[1], o, 2, 2] }];
        return { inputs: bias ? [...inputs, { shape: [o] }] : inputs, output: g.upConv };
      },
  ),
  downConv: [
    (s) => {
      const y = image(s);
      return { inputs: [{ shape: y }, { shape: [s.channels(), y[1], 2, 2] }], output: g.downConv };
    },
  ],
  upConvWeightGradient: [
    (s) => {
      const [n, c, h, w] = image(s);
      return {
        inputs: [{ shape: [n, c, h, w] }, { shape: [n, s.channels(), 2 * h, 2 * w] }],
        output: g.upConvWeightGradient,
      };
    },
  ],
  maxPool: [unaryCase(g.maxPool, distinct)],
  maxPoolGradient: [
    (s) => {
      const [n, c, h, w] = image(s);
      const x = { ...distinct([n, c, 2 * h, 2 * w]), fixed: true };
      return {
        inputs: [x, { shape: [n, c, h, w] }],
        output: (a, b) => g.maxPoolGradient(a!, g.maxPool(a!), b!),
      };
    },
  ],
  upsample: [unaryCase(g.upsample)],
  sumPool: [unaryCase(g.sumPool)],
  channelSum: [unaryCase(g.channelSum)],
  channelDot: [
    (s) => {
      const shape = image(s);
      return { inputs: [{ shape }, { shape }], output: g.channelDot };
    },
    unaryCase((x) => g.channelDot(x, x)),
  ],
  channelAffine: [false, true].map(
    (shift): Case =>
      (s) => {
        const x = image(s);
        const inputs: TestInput[] = [{ shape: x }, { shape: [x[1]] }];
        return { inputs: shift ? [...inputs, { shape: [x[1]] }] : inputs, output: g.channelAffine };
      },
  ),
  batchNorm: [
    (s) => {
      const [n, c, h, w] = image(s);
      return {
        inputs: [{ shape: [n + 1, c, h, w] }, { shape: [c] }, { shape: [c] }],
        output: (x, weight, bias) => g.batchNorm(x!, weight!, bias!, 0.1),
      };
    },
    // Followed on the way back by a convolution, which takes over the scale.
    (s) => {
      const [n, c, h, w] = image(s);
      const o = s.channels();
      return {
        inputs: [{ shape: [n, c, h, w] }, { shape: [o, c, 3, 3] }, { shape: [o] }, { shape: [o] }],
        output: (x, kernel, weight, bias) => g.batchNorm(g.conv2d(x!, kernel!), weight!, bias!, 0.1),
      };
    },
  ],
};
