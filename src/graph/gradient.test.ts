import { describe, expect, it } from 'vitest';
import { checkGradient } from '../../test/support/gradient-check.ts';
import { interpret } from '../../test/support/interpreter.ts';
import { createRandom } from '../core/random.ts';
import {
  add,
  batchNorm,
  channelAffine,
  channelSum,
  concat,
  conv2d,
  exp,
  input,
  log,
  mean,
  mul,
  relu,
  slice,
  sub,
  sum,
} from './build.ts';
import { gradients } from './gradient.ts';
import { topologicalOrder, type Value } from './value.ts';

const x = input('x', [3]);
const at = Float64Array.of(0.5, 1, 2);
const evaluate = (value: Value): number[] => [...interpret([value], { x: at })[0]!.data];

describe('gradients', () => {
  it('adds what reaches a value by several ways', () => {
    const [g] = gradients(sum(add(mul(x, x), mul(x, 3))), [x]);
    expect(evaluate(g!)).toEqual([...at].map((v) => 2 * v + 3));
  });

  it('can be taken again', () => {
    const [first] = gradients(sum(mul(mul(x, x), x)), [x]);
    const [second] = gradients(sum(first!), [x]);
    expect(evaluate(second!)).toEqual([...at].map((v) => 6 * v));
  });

  it('is zero where the scalar does not depend on a value', () => {
    const [g] = gradients(sum(x), [input('y', [2, 2])]);
    expect(g!.shape).toEqual([2, 2]);
    expect(interpret([g!], {})[0]!.data).toEqual(new Float64Array(4));
  });

  it('refuses what is not a scalar', () => {
    expect(() => gradients(x, [x])).toThrow('gradients needs a scalar, but was given [3].');
  });

  it('joins affine maps of one image', () => {
    const image = input('image', [1, 2, 2, 2]);
    const once = channelAffine(image, channelSum(image));
    const [g] = gradients(sum(add(once, channelAffine(image, input('s', [2])))), [image]);
    // Beside the upstream's own affine maps, one that carries every gradient through a channel sum.
    const maps = topologicalOrder([g!]).filter((v) => v.op === 'channelAffine' && v.inputs[0] === image);
    expect(maps.length).toBeLessThanOrEqual(1);
  });

  it('puts the gradients of two parts of an axis side by side', () => {
    const whole = input('whole', [2, 5]);
    const parts = [slice(whole, 1, 0, 2), slice(whole, 1, 2, 5)];
    const [g] = gradients(sum(add(sum(exp(parts[0]!)), sum(mul(parts[1]!, parts[1]!)))), [whole]);
    expect(g!.op).toBe('concat');
    const feed = Float64Array.from({ length: 10 }, (_, i) => i / 10);
    const expected = feed.map((v, i) => (i % 5 < 2 ? Math.exp(v) : 2 * v));
    expect(interpret([g!], { whole: feed })[0]!.data).toEqual(expected);
  });

  it('is right through a small network', () => {
    // Log and exp for curvature; shifted away from the kink of ReLU by the bias.
    checkGradient(
      {
        inputs: [
          { shape: [2, 2, 4, 4] },
          { shape: [3, 2, 3, 3], draw: (r) => 0.2 * r.normal() },
          { shape: [1, 5, 1, 1], draw: (r) => 0.2 * r.normal() },
        ],
        output: (image, kernel, head) => {
          const y = conv2d(image!, kernel!);
          const normal = batchNorm(y, input('weight', [3]), input('bias', [3]), 1e-3);
          return sub(exp(conv2d(concat([relu(add(normal, 9)), image!], 1), mul(head!, 0.1))), mean(y));
        },
      },
      createRandom('small network'),
      { weight: Float64Array.of(1, 0.5, -1), bias: Float64Array.of(0.1, 0, -0.2) },
    );
  });
});

describe('shapes', () => {
  it.each([
    [() => add(x, input('y', [2])), 'add needs shapes that broadcast, but was given [3] and [2].'],
    [
      () => conv2d(input('i', [1, 2, 4, 4]), input('w', [8, 3, 3, 3])),
      'conv2d needs weights [o, 2, k, k] with k odd, but was given [1, 2, 4, 4] and [8, 3, 3, 3].',
    ],
    [() => slice(x, 0, 1, 4), 'slice needs elements 1 to 4 of axis 0, but was given [3].'],
    [
      () => concat([x, input('y', [2, 2])], 0),
      'concat needs shapes that differ in axis 0 only, but was given [3] and [2, 2].',
    ],
    [() => channelSum(log(x)), 'channelSum needs an image [n, c, h, w], but was given [3].'],
  ])('an error names the operation and both shapes', (make, message) => {
    expect(make).toThrow(expect.objectContaining({ code: 'graph/shape', message }));
  });
});
