/**
 * Adam (Kingma & Ba, ICLR 2015, arXiv:1412.6980, algorithm 1 in the order of the end of its section 2): one step on
 * flat vectors. The two numbers that change with the step are computed here in float64 and fed.
 */
import { OptionError } from '../core/errors.ts';
import { add, div, maximum, mul, sqrt, sub } from '../graph/build.ts';
import type { Value } from '../graph/value.ts';

export interface AdamOptions {
  /** α; or its value at step 1, 2, 3 … */
  readonly learningRate: number | ((step: number) => number);
  readonly beta1: number;
  readonly beta2: number;
  readonly epsilon: number;
  /** Longest gradient, as the Euclidean norm over all parameters; longer ones are scaled down to it. */
  readonly clipNorm?: number;
}

export const ADAM_DEFAULTS: AdamOptions = { learningRate: 1e-3, beta1: 0.9, beta2: 0.999, epsilon: 1e-8 };

/** @throws OptionError `network/adam-options` if a value is out of its range. */
export function adam(partial: Partial<AdamOptions> = {}): AdamOptions {
  const options = { ...ADAM_DEFAULTS, ...partial };
  const { learningRate, beta1, beta2, epsilon, clipNorm } = options;
  const positive = [epsilon, clipNorm ?? 1, typeof learningRate === 'number' ? learningRate : 1];
  if (positive.some((x) => !(x > 0)) || [beta1, beta2].some((beta) => !(beta >= 0 && beta < 1)))
    throw new OptionError(
      'network/adam-options',
      'Adam needs a learning rate, epsilon and clipNorm above 0, and beta1 and beta2 in [0, 1).',
    );
  return options;
}

/**
 * The factor of m/√v at this step, α·√(1 − β₂ᵗ)/(1 − β₁ᵗ), and ε·√(1 − β₂ᵗ): together they are the bias corrections.
 * @param step counts from 1
 * @throws OptionError `network/adam-options` if a schedule gives what is no learning rate.
 */
export function adamScalars(options: AdamOptions, step: number): { stepSize: number; epsilon: number } {
  const { learningRate, beta1, beta2, epsilon } = options;
  const rate = typeof learningRate === 'number' ? learningRate : learningRate(step);
  if (!(rate >= 0 && Number.isFinite(rate)))
    throw new OptionError(
      'network/adam-options',
      `The learning rate at step ${step} is ${rate}; a schedule must give finite numbers of at least 0.`,
    );
  const root = Math.sqrt(1 - beta2 ** step);
  return { stepSize: (rate * root) / (1 - beta1 ** step), epsilon: epsilon * root };
}

export interface AdamValues {
  readonly theta: Value;
  readonly m: Value;
  readonly v: Value;
}

/** The next θ, m and v. `stepSize` and `epsilon` are fed from `adamScalars`. */
export function adamStep(
  { theta, m, v }: AdamValues,
  gradient: Value,
  { beta1, beta2 }: Pick<AdamOptions, 'beta1' | 'beta2'>,
  { stepSize, epsilon }: { readonly stepSize: Value; readonly epsilon: Value },
): AdamValues {
  const nextM = add(mul(m, beta1), mul(gradient, 1 - beta1));
  const nextV = add(mul(v, beta2), mul(mul(gradient, gradient), 1 - beta2));
  const step = mul(stepSize, div(nextM, add(sqrt(nextV), epsilon)));
  return { theta: sub(theta, step), m: nextM, v: nextV };
}

/** The gradient, scaled down where its `norm` exceeds `longest`. */
export const clipByNorm = (gradient: Value, norm: Value, longest: number): Value =>
  mul(gradient, div(longest, maximum(norm, longest)));
