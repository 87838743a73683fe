/**
 * The U-Net (Ronneberger, Fischer, Brox, MICCAI 2015, doi:10.1007/978-3-319-24574-4_28) in the form of the T1rho group's
 * public code: per level two times (3×3 convolution without bias, batch normalisation, ReLU), 2×2 max-pooling on the
 * way down, 2×2 transposed convolution and the skipped image on the way up, and a linear 1×1 head.
 * Widths 16, 32, 64, 128, 256 give 1.94 million parameters.
 */
import { OptionError } from '../core/errors.ts';
import { add, concat, maxPool, slice } from '../graph/build.ts';
import type { Value } from '../graph/value.ts';
import type { Layers, Network, Norm, Parameter } from './network.ts';

export interface UnetOptions {
  readonly inputChannels: number;
  readonly outputChannels: number;
  /** Channels of each level, from full resolution down; one level fewer halves the depth. */
  readonly widths: readonly number[];
  /** Input channel to which output channel 0 is a correction; absent: none, output 0 stands for itself. */
  readonly residualChannel?: number;
  /** Multiplies the head's starting weights; near 0, a network that predicts a correction starts by correcting nothing. */
  readonly headGain?: number;
  /** Starting bias of each output channel; default 0. A scale channel that starts near its likely value saves steps. */
  readonly headBias?: readonly number[];
}

/** The paper's size, for one coarse map in and one map out. */
export const UNET_DEFAULTS: UnetOptions = {
  inputChannels: 1,
  outputChannels: 1,
  widths: [16, 32, 64, 128, 256],
};

/** @throws OptionError `network/unet-options` if a count is not a positive integer or a channel does not exist. */
export function createUnet(partial: Partial<UnetOptions> = {}): Network {
  const options = { ...UNET_DEFAULTS, ...partial };
  checkOptions(options);
  const { inputChannels, outputChannels, widths } = options;
  const recorder = createRecorder();
  widths.forEach((width, level) => {
    recorder.block(`encoder.${level}`, level === 0 ? inputChannels : widths[level - 1]!, width);
  });
  for (let level = widths.length - 2; level >= 0; level--) {
    recorder.up(`up.${level}`, widths[level + 1]!, widths[level]!);
    recorder.block(`decoder.${level}`, 2 * widths[level]!, widths[level]!);
  }
  recorder.head('head', widths[0]!, outputChannels, options);
  return {
    options: { kind: 'unet', ...options },
    inputChannels,
    outputChannels,
    divisor: 2 ** (widths.length - 1),
    parameters: recorder.parameters,
    norms: recorder.norms,
    output: (image, layers) => output(image, layers, options),
  };
}

function output(image: Value, layers: Layers, options: UnetOptions): Value {
  const { widths, outputChannels, residualChannel } = options;
  const skips: Value[] = [];
  let x = image;
  widths.forEach((_, level) => {
    x = block([level === 0 ? x : maxPool(x)], layers, `encoder.${level}`);
    skips.push(x);
  });
  for (let level = widths.length - 2; level >= 0; level--)
    x = block([skips[level]!, layers.upConv(x, `up.${level}`)], layers, `decoder.${level}`);
  const y = layers.conv1x1(x, 'head');
  if (residualChannel === undefined) return y;
  const corrected = add(slice(y, 1, 0, 1), slice(image, 1, residualChannel, residualChannel + 1));
  return outputChannels === 1 ? corrected : concat([corrected, slice(y, 1, 1, outputChannels)], 1);
}

function block(parts: readonly Value[], layers: Layers, name: string): Value {
  const x = layers.convNormRelu(parts, { conv: `${name}.conv1`, norm: `${name}.norm1` });
  return layers.convNormRelu([x], { conv: `${name}.conv2`, norm: `${name}.norm2` });
}

interface Recorder {
  readonly parameters: Parameter[];
  readonly norms: Norm[];
  block(name: string, inputs: number, outputs: number): void;
  up(name: string, inputs: number, outputs: number): void;
  head(
    name: string,
    inputs: number,
    outputs: number,
    start: Pick<UnetOptions, 'headGain' | 'headBias'>,
  ): void;
}

/**
 * Lists parameters with He's standard deviation √(2/n) before a ReLU (He et al., ICCV 2015,
 * doi:10.1109/ICCV.2015.123) and √(1/n) where none follows, n being the number of inputs of one output.
 */
function createRecorder(): Recorder {
  const parameters: Parameter[] = [];
  const norms: Norm[] = [];
  const constant = (name: string, channels: number, value: number): void => {
    parameters.push({ name, shape: [channels], start: { constant: value } });
  };
  const normal = (name: string, shape: readonly number[], variance: number): void => {
    parameters.push({ name, shape, start: { standardDeviation: Math.sqrt(variance) } });
  };
  const convNorm = (name: string, index: number, inputs: number, outputs: number): void => {
    normal(`${name}.conv${index}.weight`, [outputs, inputs, 3, 3], 2 / (9 * inputs));
    constant(`${name}.norm${index}.weight`, outputs, 1);
    constant(`${name}.norm${index}.bias`, outputs, 0);
    norms.push({ name: `${name}.norm${index}`, channels: outputs });
  };
  return {
    parameters,
    norms,
    block(name, inputs, outputs) {
      convNorm(name, 1, inputs, outputs);
      convNorm(name, 2, outputs, outputs);
    },
    up(name, inputs, outputs) {
      normal(`${name}.weight`, [inputs, outputs, 2, 2], 1 / inputs);
      constant(`${name}.bias`, outputs, 0);
    },
    head(name, inputs, outputs, { headGain = 1, headBias }) {
      normal(`${name}.weight`, [outputs, inputs, 1, 1], headGain ** 2 / inputs);
      const values = Array.from({ length: outputs }, (_, c) => headBias?.[c] ?? 0);
      parameters.push({ name: `${name}.bias`, shape: [outputs], start: { values } });
    },
  };
}

function checkOptions({ inputChannels, outputChannels, widths, residualChannel }: UnetOptions): void {
  const counts = [inputChannels, outputChannels, ...widths];
  if (widths.length === 0 || counts.some((n) => !Number.isInteger(n) || n < 1))
    throw new OptionError(
      'network/unet-options',
      `A U-Net needs channel counts of at least 1, but was given ${inputChannels} in, ${outputChannels} out and widths ${widths.join(', ')}.`,
    );
  if (residualChannel !== undefined && !(residualChannel in Array.from({ length: inputChannels })))
    throw new OptionError(
      'network/unet-options',
      `residualChannel is ${residualChannel}, but the ${inputChannels} input channel(s) count from 0.`,
    );
}
