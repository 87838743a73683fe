/**
 * What a network is: a list of parameters, a list of batch normalisations, and an expression in terms of layers. The
 * same expression is used three ways, by three sets of layers: with batch statistics (training), with running
 * statistics folded into the weights (inference), and to count what there is (`describe`).
 */
import type { Random } from '../core/random.ts';
import { type Shape, sizeOf } from '../graph/shape.ts';
import type { Value } from '../graph/value.ts';

/** A trainable array and how it starts. */
export interface Parameter {
  readonly name: string;
  readonly shape: Shape;
  /** Zero-mean normal numbers of this standard deviation, one constant, or the values themselves. */
  readonly start:
    | { readonly standardDeviation: number }
    | { readonly constant: number }
    | { readonly values: readonly number[] };
}

/** A batch normalisation; its parameters are `name.weight` and `name.bias`. */
export interface Norm {
  readonly name: string;
  readonly channels: number;
}

/** How to compute a network's layers; names are prefixes of parameter names. */
export interface Layers {
  /** 3×3 convolution of the channels of all `parts`, batch normalisation and ReLU. */
  convNormRelu(parts: readonly Value[], names: { readonly conv: string; readonly norm: string }): Value;
  /** 2×2 transposed convolution with bias: twice the size. */
  upConv(x: Value, name: string): Value;
  /** 1×1 convolution with bias. */
  conv1x1(x: Value, name: string): Value;
}

export interface Network {
  /** Everything that rebuilds the network; stored in exported models. */
  readonly options: Readonly<Record<string, unknown>>;
  readonly inputChannels: number;
  readonly outputChannels: number;
  /** Height and width of an image must be divisible by this. */
  readonly divisor: number;
  readonly parameters: readonly Parameter[];
  readonly norms: readonly Norm[];
  /** Image `[n, inputChannels, h, w]` to `[n, outputChannels, h, w]`. */
  output(image: Value, layers: Layers): Value;
}

/** Number of trainable numbers. */
export const parameterCount = (network: Network): number =>
  network.parameters.reduce((sum, { shape }) => sum + sizeOf(shape), 0);

/** Length of the statistics vector: for each normalisation its means, then its variances. */
export const statisticCount = (network: Network): number =>
  network.norms.reduce((sum, { channels }) => sum + 2 * channels, 0);

/** All parameters one after the other, each drawn from its own stream of `random`. */
export function startingParameters(network: Network, random: Random): Float32Array {
  const flat = new Float32Array(parameterCount(network));
  forEachParameter(network, ({ name, start }, offset, size) => {
    if ('constant' in start) flat.fill(start.constant, offset, offset + size);
    else if ('values' in start) flat.set(start.values, offset);
    else {
      const stream = random.fork(name);
      for (let i = 0; i < size; i++) flat[offset + i] = start.standardDeviation * stream.normal();
    }
  });
  return flat;
}

/** Means 0 and variances 1. */
export function startingStatistics(network: Network): Float32Array {
  return Float32Array.from(
    network.norms.flatMap(({ channels }) => [...Array(channels).fill(0), ...Array(channels).fill(1)]),
  );
}

/** Walks the flat parameter vector: each parameter with where it begins and how many numbers it has. */
export function forEachParameter(
  network: Network,
  visit: (parameter: Parameter, offset: number, size: number) => void,
): void {
  let offset = 0;
  for (const parameter of network.parameters) {
    const size = sizeOf(parameter.shape);
    visit(parameter, offset, size);
    offset += size;
  }
}

/** The flat vector cut into arrays by name (views, not copies). */
export function parametersByName(network: Network, flat: Float32Array): Map<string, Float32Array> {
  const byName = new Map<string, Float32Array>();
  forEachParameter(network, ({ name }, offset, size) => {
    byName.set(name, flat.subarray(offset, offset + size));
  });
  return byName;
}
