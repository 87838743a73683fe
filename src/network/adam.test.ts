import { describe, expect, it } from 'vitest';
import { interpret } from '../../test/support/interpreter.ts';
import { createRandom } from '../core/random.ts';
import { input, mul, sqrt, sum } from '../graph/build.ts';
import { adam, adamScalars, adamStep, clipByNorm } from './adam.ts';

const N = 5;

/** Algorithm 1 of the paper, line by line. */
function paperAdam(theta: number[], gradients: readonly number[][], alpha: number): number[] {
  const [beta1, beta2, epsilon] = [0.9, 0.999, 1e-8];
  let m = theta.map(() => 0);
  let v = theta.map(() => 0);
  gradients.forEach((g, i) => {
    const t = i + 1;
    m = m.map((x, k) => beta1 * x + (1 - beta1) * g[k]!);
    v = v.map((x, k) => beta2 * x + (1 - beta2) * g[k]! ** 2);
    const mHat = m.map((x) => x / (1 - beta1 ** t));
    const vHat = v.map((x) => x / (1 - beta2 ** t));
    theta = theta.map((x, k) => x - (alpha * mHat[k]!) / (Math.sqrt(vHat[k]!) + epsilon));
  });
  return theta;
}

describe('Adam', () => {
  it('follows algorithm 1 of the paper', () => {
    const random = createRandom(3);
    // Small gradients too, where epsilon matters.
    const gradients = Array.from({ length: 20 }, (_, t) =>
      Array.from({ length: N }, (_, k) => random.normal() * (k === 0 ? 1e-8 : t + 1)),
    );
    const start = Array.from({ length: N }, () => random.normal());
    const values = adamStep(
      { theta: input('theta', [N]), m: input('m', [N]), v: input('v', [N]) },
      input('g', [N]),
      adam(),
      { stepSize: input('stepSize', [1]), epsilon: input('epsilon', [1]) },
    );
    let state: Float64Array[] = [Float64Array.from(start), new Float64Array(N), new Float64Array(N)];
    gradients.forEach((g, i) => {
      const { stepSize, epsilon } = adamScalars(adam({ learningRate: 0.01 }), i + 1);
      const feeds = {
        ...{ theta: state[0]!, m: state[1]!, v: state[2]!, g: Float64Array.from(g) },
        ...{ stepSize: Float64Array.of(stepSize), epsilon: Float64Array.of(epsilon) },
      };
      state = interpret([values.theta, values.m, values.v], feeds).map(({ data }) => data);
    });
    const expected = paperAdam(start, gradients, 0.01);
    // The constants 0.9, 0.1, 0.999 and 0.001 are float32 in the graph.
    state[0]!.forEach((x, k) => {
      expect(x).toBeCloseTo(expected[k]!, 6);
    });
  });

  it('asks a schedule for every step, from 1', () => {
    const asked: number[] = [];
    const learningRate = (step: number): number => {
      asked.push(step);
      return 0.1 / step;
    };
    const options = adam({ learningRate });
    const [first, second] = [1, 2].map((step) => adamScalars(options, step).stepSize);
    expect(asked).toEqual([1, 2]);
    expect(first).toBeCloseTo((0.1 * Math.sqrt(1 - 0.999)) / (1 - 0.9), 12);
    expect(second).toBeCloseTo((0.05 * Math.sqrt(1 - 0.999 ** 2)) / (1 - 0.81), 12);
  });

  it.each([Number.NaN, Number.POSITIVE_INFINITY, -1])('refuses a schedule that gives %d', (rate) => {
    const options = adam({ learningRate: (step) => (step < 3 ? 0.1 : rate) });
    expect(adamScalars(options, 2).stepSize).toBeGreaterThan(0);
    expect(() => adamScalars(options, 3)).toThrow(`The learning rate at step 3 is ${rate};`);
  });

  it('clips gradients that are too long, and only these', () => {
    const g = input('g', [2]);
    const clipped = clipByNorm(g, sqrt(sum(mul(g, g))), 1);
    const at = (x: number, y: number) => [...interpret([clipped], { g: Float64Array.of(x, y) })[0]!.data];
    expect(at(3, 4)).toEqual([0.6000000000000001, 0.8]);
    expect(at(0.3, 0.4)).toEqual([0.3, 0.4]);
  });

  it.each([{ learningRate: 0 }, { beta1: 1 }, { beta2: -0.1 }, { epsilon: 0 }, { clipNorm: -1 }])(
    'refuses %j',
    (options) => {
      expect(() => adam(options)).toThrow(expect.objectContaining({ code: 'network/adam-options' }));
    },
  );
});
