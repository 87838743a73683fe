/**
 * Checks gradients of an expression f in float64 by the interpreter:
 *
 * - central differences along a random direction u, of ⟨v, f⟩ for random v, at three steps: the error must fall with the
 *   square of the step, or be rounding;
 * - the dot-product identity ⟨v, J·u⟩ = ⟨Jᵀ·v, u⟩, with J·u made by differentiating ⟨Jᵀ·v, u⟩ by v, which also runs the
 *   gradient rules of gradients.
 *
 * What stands behind a `stopGradient` is held at its first value while the inputs are moved.
 */
import { expect } from 'vitest';
import type { Random } from '../../src/core/random.ts';
import { add, constant, input, mul, sum } from '../../src/graph/build.ts';
import { gradients } from '../../src/graph/gradient.ts';
import { type Shape, sizeOf } from '../../src/graph/shape.ts';
import { isOp, topologicalOrder, type Value } from '../../src/graph/value.ts';
import { interpret } from './interpreter.ts';

export interface TestInput {
  readonly shape: Shape;
  /** Draws one number, far enough from kinks for the largest step; the default is ±[0.3, 1.5]. */
  readonly draw?: (random: Random, i: number) => number;
  /** The expression is not differentiated by it. */
  readonly fixed?: boolean;
}

export interface TestExpression {
  readonly inputs: readonly TestInput[];
  readonly output: (...inputs: Value[]) => Value;
}

const awayFromZero = (random: Random): number =>
  (random.uniform() < 0.5 ? -1 : 1) * (0.3 + 1.2 * random.uniform());

/** Largest component of a direction is 1, so this is also the largest change of an input. */
const STEPS = [2 ** -6, 2 ** -7, 2 ** -8];

export function drawInputs({ inputs }: TestExpression, random: Random): Float64Array[] {
  return inputs.map(({ shape, draw = awayFromZero }) =>
    // Rounded to float32, so that a runtime can be given the same numbers.
    Float64Array.from({ length: sizeOf(shape) }, (_, i) => Math.fround(draw(random, i))),
  );
}

/** @param fixed numbers of `input` values that the expression makes itself */
export function checkGradient(
  expression: TestExpression,
  random: Random,
  fixed: Readonly<Record<string, Float64Array>> = {},
): void {
  const { inputs, output } = expression;
  const values = inputs.map(({ shape }, i) => input(`x${i}`, shape));
  const f = output(...values);
  const at = drawInputs(expression, random);
  const direction = inputs.map(({ shape, fixed }) =>
    Float64Array.from({ length: sizeOf(shape) }, () => (fixed ? 0 : Math.fround(2 * random.uniform() - 1))),
  );
  const v = Float64Array.from({ length: sizeOf(f.shape) }, () => Math.fround(random.normal()));

  const weights = input('v', f.shape);
  const free = values.filter((_, i) => !inputs[i]!.fixed);
  const transposed = gradients(sum(mul(weights, f)), free);
  const along = free.map((value, k) =>
    sum(mul(transposed[k]!, constantOf(direction[values.indexOf(value)]!, value.shape))),
  );
  const inner = along.reduce((a, b) => add(a, b));
  const [pushed] = gradients(inner, [weights]);
  const feeds = { ...fixed, ...Object.fromEntries(at.map((data, i) => [`x${i}`, data])), v };
  const [viaGradient, jacobianTimesU] = interpret([inner, pushed!], feeds);
  const expected = viaGradient!.data[0]!;
  const scale = Math.abs(expected) + Math.sqrt(v.length);
  expect(Math.abs(dot(v, jacobianTimesU!.data) - expected) / scale, 'dot-product identity').toBeLessThan(
    1e-12,
  );

  const stopped = topologicalOrder([f]).filter((value) => isOp(value, 'stopGradient'));
  const held = new Map(interpret(stopped, feeds).map((dense, i) => [stopped[i]!, dense]));
  const moved = (step: number): number =>
    dot(v, interpret([f], { ...fixed, ...shifted(at, direction, step) }, held)[0]!.data);
  const errors = STEPS.map((step) => {
    const [plus, minus] = [moved(step), moved(-step)];
    return Math.abs((plus - minus) / (2 * step) - expected) / scale;
  });
  for (const [coarse, fine] of [errors.slice(0, 2), errors.slice(1)] as [number, number][]) {
    if (fine < 1e-11) continue;
    // Halving the step quarters the error; the next term of the series moves that a little.
    expect(fine / coarse, `errors ${errors}`).toBeGreaterThan(0.2);
    expect(fine / coarse, `errors ${errors}`).toBeLessThan(0.3);
  }
  expect(errors[2], 'central difference').toBeLessThan(1e-3);
}

const constantOf = (data: Float64Array, shape: Shape): Value => constant(Float32Array.from(data), shape);
const dot = (a: Float64Array, b: Float64Array): number => a.reduce((total, x, i) => total + x * b[i]!, 0);

function shifted(
  at: readonly Float64Array[],
  by: readonly Float64Array[],
  step: number,
): Record<string, Float64Array> {
  return Object.fromEntries(at.map((data, k) => [`x${k}`, data.map((x, i) => x + step * by[k]![i]!)]));
}
