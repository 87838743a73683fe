/**
 * One training step as a program: (θ, m, v, statistics, batch, step size, ε) → (θ', m', v', statistics', loss,
 * gradient norm). Forward pass, loss, gradient and Adam are one graph.
 */
import { OptionError, ShapeError } from '../core/errors.ts';
import {
  add,
  broadcast,
  type ChannelMoments,
  concat,
  input,
  mul,
  named,
  slice,
  sqrt,
  sum,
} from '../graph/build.ts';
import { gradients } from '../graph/gradient.ts';
import type { Program } from '../graph/lowering/lower.ts';
import { NUMPY_LAYOUT, type ParameterLayout } from '../graph/parameter-layout.ts';
import type { Value } from '../graph/value.ts';
import { ADAM_DEFAULTS, type AdamOptions, adamStep, clipByNorm } from './adam.ts';
import { trainingLayers } from './layers.ts';
import type { Loss } from './losses.ts';
import { forEachParameter, type Network, parameterCount, statisticCount } from './network.ts';

export interface TrainingStepOptions {
  readonly network: Network;
  readonly loss: Loss;
  readonly optimiser?: Pick<AdamOptions, 'beta1' | 'beta2' | 'clipNorm'> | undefined;
  readonly size: BatchSize;
  /** Weight of a new batch in the running statistics of batch normalisation; default 0.1, as PyTorch's. */
  readonly momentum?: number | undefined;
  /** The order of the flat vectors θ, m, v and gradient; default NumPy's. */
  readonly layout?: ParameterLayout | undefined;
}

export interface BatchSize {
  readonly n: number;
  readonly h: number;
  readonly w: number;
}

/** Names of the program's state: each is an input, and an output with `next.` before it. */
export const STATE_NAMES = ['theta', 'm', 'v', 'statistics'] as const;
export type StateName = (typeof STATE_NAMES)[number];

/** Names of the program's inputs, to which the loss adds its maps. */
export const stepInputs = {
  theta: 'theta',
  m: 'm',
  v: 'v',
  statistics: 'statistics',
  image: 'image',
  stepSize: 'stepSize',
  epsilon: 'epsilon',
} as const;

export interface TrainingStep {
  readonly program: Program;
  /** The gradient of the loss by θ, flat, before clipping. */
  readonly gradient: Value;
}

/**
 * @throws OptionError `network/loss-channels` if the loss needs more output channels than the network has.
 * @throws ShapeError `network/image-size` if the network cannot halve the image as often as it must.
 */
export function trainingStep(options: TrainingStepOptions): TrainingStep {
  const { network, loss, size, optimiser = ADAM_DEFAULTS, momentum = 0.1, layout = NUMPY_LAYOUT } = options;
  checkFit(network, loss, size);
  const nParameters = parameterCount(network);
  const theta = input(stepInputs.theta, [nParameters]);
  const flats: Value[] = [];
  const parameters = new Map<string, Value>();
  forEachParameter(network, ({ name, shape }, offset, count) => {
    const flat = named(name, slice(theta, 0, offset, offset + count));
    flats.push(flat);
    parameters.set(name, layout.unflatten(flat, shape));
  });

  const batchStatistics: ChannelMoments[] = [];
  const layers = trainingLayers(
    (name) => parameters.get(name)!,
    (_, statistics) => batchStatistics.push(statistics),
  );
  const image = input(stepInputs.image, [size.n, network.inputChannels, size.h, size.w]);
  const map = (name: string): [string, Value] => [name, input(name, [size.n, 1, size.h, size.w])];
  const lossValue = named(
    'loss',
    loss.value(network.output(image, layers), Object.fromEntries(loss.maps.map(map))),
  );

  const gradient = concat(gradients(lossValue, flats), 0);
  const norm = sqrt(sum(mul(gradient, gradient)));
  const clipped =
    optimiser.clipNorm === undefined ? gradient : clipByNorm(gradient, norm, optimiser.clipNorm);
  const scalars = { stepSize: input(stepInputs.stepSize, [1]), epsilon: input(stepInputs.epsilon, [1]) };
  const next = adamStep(
    { theta, m: input(stepInputs.m, [nParameters]), v: input(stepInputs.v, [nParameters]) },
    clipped,
    optimiser,
    scalars,
  );
  const statistics = runningStatistics(network, batchStatistics, momentum);
  return {
    gradient,
    program: {
      name: 'training step',
      outputs: {
        'next.theta': next.theta,
        'next.m': next.m,
        'next.v': next.v,
        'next.statistics': statistics,
        loss: lossValue,
        gradientNorm: norm,
      },
    },
  };
}

/** (1 − momentum)·running + momentum·batch; as in PyTorch the batch's variance here divides by count − 1. */
function runningStatistics(network: Network, batch: readonly ChannelMoments[], momentum: number): Value {
  const running = input(stepInputs.statistics, [statisticCount(network)]);
  const current = batch.flatMap(({ mean, variance, count }) => [
    mean,
    mul(variance, count / Math.max(1, count - 1)),
  ]);
  if (current.length === 0) return broadcast(running, running.shape);
  return add(mul(running, 1 - momentum), mul(concat(current, 0), momentum));
}

function checkFit(network: Network, loss: Loss, { n, h, w }: BatchSize): void {
  if (network.outputChannels < loss.channels)
    throw new OptionError(
      'network/loss-channels',
      `The loss ${loss.name} needs ${loss.channels} output channels, but the network has ${network.outputChannels}.`,
    );
  if (n < 1 || h < 1 || w < 1 || h % network.divisor !== 0 || w % network.divisor !== 0)
    throw new ShapeError(
      'network/image-size',
      `The network needs images whose height and width are multiples of ${network.divisor}, but was given ${n} of ${h}×${w}; crop or pad them.`,
    );
}
