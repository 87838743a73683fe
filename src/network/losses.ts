/**
 * The losses of the paper's networks as expressions. Output channel 0 is the map M̂; channel 1, where there is one, is
 * S, the logarithm of the Laplace scale. A loss may need more maps than the target: they are fed with each batch.
 */
import { abs, add, exp, mean, mul, neg, slice, stopGradient, sub } from '../graph/build.ts';
import type { Value } from '../graph/value.ts';

export interface Loss {
  readonly name: string;
  /** Names of the maps `[n, 1, h, w]` that a batch must have beside the image. */
  readonly maps: readonly string[];
  /** Output channels that the network must have, at least. */
  readonly channels: number;
  /** The scalar to minimise. */
  value(output: Value, maps: Readonly<Record<string, Value>>): Value;
}

export interface WeightOption {
  /** Multiplies every pixel's loss by the batch's map `weight`; the mean still divides by the number of pixels. */
  readonly weighted?: boolean;
}

/**
 * Equation 2: mean |M̂ − M|. Uses output channel 0 only, so it also warms up a network that has an S channel.
 */
export function l1Loss({ weighted = false }: WeightOption = {}): Loss {
  return {
    name: 'l1',
    maps: ['target', ...weightMap(weighted)],
    channels: 1,
    value: (output, maps) => mean(weigh(absoluteError(output, maps), maps)),
  };
}

/**
 * Equation 5, the negative log-likelihood of a Laplace distribution of scale exp(S): mean(exp(−S)·|M̂ − M| + S).
 *
 * `beta` multiplies every pixel's loss by exp(βS), held constant (Seitzer et al., ICLR 2022, arXiv:2203.09168, for the
 * Laplace distribution): 0 is the likelihood itself; 1 gives M̂ the gradient of equation 2, so that pixels with a large
 * S are not neglected.
 */
export function laplaceLoss({
  beta = 0,
  weighted = false,
}: WeightOption & { readonly beta?: number } = {}): Loss {
  return {
    name: 'laplace',
    maps: ['target', ...weightMap(weighted)],
    channels: 2,
    value(output, maps) {
      const s = slice(output, 1, 1, 2);
      const likelihood = add(mul(exp(neg(s)), absoluteError(output, maps)), s);
      const attenuated = beta === 0 ? likelihood : mul(stopGradient(exp(mul(s, beta))), likelihood);
      return mean(weigh(attenuated, maps));
    },
  };
}

/** Equation 6: mean(exp(−S̄)·|M̂ − M|), with S̄ from another, finished network fed as the map `logScale`. */
export function fixedScaleLoss({ weighted = false }: WeightOption = {}): Loss {
  return {
    name: 'fixed-scale',
    maps: ['target', 'logScale', ...weightMap(weighted)],
    channels: 1,
    value: (output, maps) => mean(weigh(mul(exp(neg(maps['logScale']!)), absoluteError(output, maps)), maps)),
  };
}

const weightMap = (weighted: boolean): string[] => (weighted ? ['weight'] : []);

const absoluteError = (output: Value, maps: Readonly<Record<string, Value>>): Value =>
  abs(sub(slice(output, 1, 0, 1), maps['target']!));

const weigh = (loss: Value, maps: Readonly<Record<string, Value>>): Value =>
  maps['weight'] ? mul(loss, maps['weight']) : loss;
