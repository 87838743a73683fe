import { describe, expect, it } from 'vitest';
import { checkGradient, type TestInput } from '../../test/support/gradient-check.ts';
import { interpret } from '../../test/support/interpreter.ts';
import { createRandom } from '../core/random.ts';
import { input } from '../graph/build.ts';
import { gradients } from '../graph/gradient.ts';
import { fixedScaleLoss, type Loss, l1Loss, laplaceLoss } from './losses.ts';

const losses: Readonly<Record<string, Loss>> = {
  l1: l1Loss(),
  'l1, weighted': l1Loss({ weighted: true }),
  laplace: laplaceLoss(),
  'laplace, weighted': laplaceLoss({ weighted: true }),
  'laplace, β = 0.5': laplaceLoss({ beta: 0.5 }),
  'laplace, β = 0.5, weighted': laplaceLoss({ beta: 0.5, weighted: true }),
  'fixed scale': fixedScaleLoss(),
  'fixed scale, weighted': fixedScaleLoss({ weighted: true }),
};

/** 16 pixels: the mean's factor, a float32 constant, is exact. */
const SIZE = { n: 2, h: 2, w: 4 };
const PIXELS = SIZE.n * SIZE.h * SIZE.w;
const map = [SIZE.n, 1, SIZE.h, SIZE.w];
const outputShape = [SIZE.n, 2, SIZE.h, SIZE.w];

/** Output channel 0 in ±[0.3, 1.5] and targets beyond ±2: no difference is near the kink of |·|. */
const targetInput: TestInput = { shape: map, fixed: true, draw: (r) => (r.uniform() < 0.5 ? -2 : 2) };
const otherMap: TestInput = { shape: map, fixed: true, draw: (r) => 0.5 + r.uniform() };

/** The loss of constant numbers: M̂, S, the target, and every other map. */
function lossOf(loss: Loss, mean: number, s: number, target: number, other: number) {
  const output = input('output', outputShape);
  const values = Object.fromEntries(loss.maps.map((name) => [name, input(name, map)]));
  const value = loss.value(output, values);
  const [gradient] = gradients(value, [output]);
  const half = SIZE.h * SIZE.w;
  const feeds = {
    output: Float64Array.from({ length: 2 * PIXELS }, (_, i) => (Math.floor(i / half) % 2 === 0 ? mean : s)),
    ...Object.fromEntries(
      loss.maps.map((name) => [name, new Float64Array(PIXELS).fill(name === 'target' ? target : other)]),
    ),
  };
  const [result, slope] = interpret([value, gradient!], feeds);
  return { value: result!.data[0]!, byMean: slope!.data[0]! * PIXELS, byS: slope!.data[half]! * PIXELS };
}

describe.each(Object.entries(losses))('%s', (_, loss) => {
  it('has the right gradient', () => {
    const inputs = loss.maps.map((name) => (name === 'target' ? targetInput : otherMap));
    checkGradient(
      {
        inputs: [{ shape: outputShape }, ...inputs],
        output: (output, ...maps) =>
          loss.value(output!, Object.fromEntries(loss.maps.map((name, i) => [name, maps[i]!]))),
      },
      createRandom('losses'),
    );
  });
});

describe('values', () => {
  it('equation 2 ignores the second channel', () => {
    expect(lossOf(l1Loss(), 1, 5, 3, 0)).toEqual({ value: 2, byMean: -1, byS: 0 });
  });

  it('equation 5', () => {
    const { value, byMean, byS } = lossOf(laplaceLoss(), 1, 0.5, 3, 0);
    expect(value).toBeCloseTo(Math.exp(-0.5) * 2 + 0.5, 12);
    expect(byMean).toBeCloseTo(-Math.exp(-0.5), 12);
    expect(byS).toBeCloseTo(1 - 2 * Math.exp(-0.5), 12);
  });

  it('equation 5 is smallest where exp(S) is the mean absolute error', () => {
    expect(lossOf(laplaceLoss(), 1, Math.log(2), 3, 0).byS).toBeCloseTo(0, 12);
  });

  it('β = 1 gives the map the gradient of equation 2, and S that of equation 5 times exp(S)', () => {
    const { byMean, byS } = lossOf(laplaceLoss({ beta: 1 }), 1, 0.5, 3, 0);
    expect(byMean).toBeCloseTo(-1, 12);
    expect(byS).toBeCloseTo(Math.exp(0.5) - 2, 12);
  });

  it('equation 6', () => {
    const { value, byMean } = lossOf(fixedScaleLoss(), 1, 9, 3, 0.5);
    expect(value).toBeCloseTo(Math.exp(-0.5) * 2, 12);
    expect(byMean).toBeCloseTo(-Math.exp(-0.5), 12);
  });

  it('a weight of 0 takes a pixel out', () => {
    expect(lossOf(laplaceLoss({ weighted: true }), 1, 0.5, 3, 0)).toEqual({ value: 0, byMean: -0, byS: 0 });
  });
});
