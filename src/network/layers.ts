/** A network's layers for training (batch statistics) and for inference (running statistics, folded). */
import {
  add,
  batchNorm,
  type ChannelMoments,
  channelMoments,
  concat,
  constant,
  conv2d,
  named,
  relu,
  slice,
  upConv,
} from '../graph/build.ts';
import type { Shape } from '../graph/shape.ts';
import type { Value } from '../graph/value.ts';
import type { Layers } from './network.ts';

/** Keeps the division finite where a channel is constant; PyTorch's value. */
export const NORM_EPSILON = 1e-5;

/**
 * Layers for training.
 * @param parameter the value of a parameter by name
 * @param record is told the batch statistics of every normalisation
 */
export function trainingLayers(
  parameter: (name: string) => Value,
  record: (norm: string, statistics: ChannelMoments) => void,
): Layers {
  return {
    convNormRelu(parts, { conv, norm }) {
      const y = named(conv, convOfParts(parts, parameter(`${conv}.weight`)));
      record(norm, channelMoments(y));
      const normalised = batchNorm(y, parameter(`${norm}.weight`), parameter(`${norm}.bias`), NORM_EPSILON);
      return named(norm, relu(normalised));
    },
    upConv: (x, name) => named(name, upConv(x, parameter(`${name}.weight`), parameter(`${name}.bias`))),
    conv1x1: (x, name) => named(name, conv2d(x, parameter(`${name}.weight`), parameter(`${name}.bias`))),
  };
}

/** The convolution of a concatenation is the sum of the convolutions of its parts: nothing need be copied. */
function convOfParts(parts: readonly Value[], weight: Value): Value {
  let channel = 0;
  const terms = parts.map((part) => {
    const start = channel;
    channel += part.shape[1]!;
    return conv2d(part, slice(weight, 1, start, channel));
  });
  return terms.reduce((sum, term) => add(sum, term));
}

/** Trained numbers by name; `statistics` has `name.mean` and `name.variance` of every normalisation. */
export interface TrainedNumbers {
  readonly parameters: ReadonlyMap<string, Float32Array>;
  readonly statistics: ReadonlyMap<string, Float32Array>;
  shapeOf(parameter: string): Shape;
}

/** Layers for inference: constants in place of parameters, normalisation folded into weights and a bias. */
export function inferenceLayers(numbers: TrainedNumbers): Layers {
  const stored = (name: string): Value =>
    constant(numbers.parameters.get(name)!, numbers.shapeOf(name), name);
  return {
    convNormRelu(parts, { conv, norm }) {
      const { weight, bias } = foldNorm(numbers, conv, norm);
      const shape = numbers.shapeOf(`${conv}.weight`);
      const image = concat(parts, 1);
      return relu(
        conv2d(
          image,
          constant(weight, shape, `${conv}.weight`),
          constant(bias, [bias.length], `${conv}.bias`),
        ),
      );
    },
    upConv: (x, name) => upConv(x, stored(`${name}.weight`), stored(`${name}.bias`)),
    conv1x1: (x, name) => conv2d(x, stored(`${name}.weight`), stored(`${name}.bias`)),
  };
}

/** The factor by which folding multiplies each output channel: weight / √(variance + ε). */
export function foldFactors(
  numbers: Pick<TrainedNumbers, 'parameters' | 'statistics'>,
  norm: string,
): Float64Array {
  const weight = numbers.parameters.get(`${norm}.weight`)!;
  const variance = numbers.statistics.get(`${norm}.variance`)!;
  return Float64Array.from(weight, (x, channel) => x / Math.sqrt(variance[channel]! + NORM_EPSILON));
}

function foldNorm(
  numbers: TrainedNumbers,
  conv: string,
  norm: string,
): { weight: Float32Array; bias: Float32Array } {
  const factors = foldFactors(numbers, norm);
  const weight = numbers.parameters.get(`${conv}.weight`)!;
  const perChannel = weight.length / factors.length;
  const bias = numbers.parameters.get(`${norm}.bias`)!;
  const mean = numbers.statistics.get(`${norm}.mean`)!;
  return {
    weight: weight.map((x, i) => x * factors[Math.floor(i / perChannel)]!),
    bias: bias.map((x, channel) => x - mean[channel]! * factors[channel]!),
  };
}
