/**
 * A trained network as an ONNX file for inference: standard operators, batch normalisation folded into the
 * convolutions, weights as named initialisers, any batch and image size. It runs under every ONNX runtime. The file
 * also remembers the network's options and its normalisations, so that it can be read back for fine-tuning.
 */
import { FormatError, UnsupportedError } from '../core/errors.ts';
import { input } from '../graph/build.ts';
import { lower, STANDARD } from '../graph/lowering/lower.ts';
import { decodeModel, encodeModel, type OnnxModel } from '../graph/onnx/model.ts';
import { fromFloat16 } from './float16.ts';
import { withHalfWeights } from './half-weights.ts';
import { foldFactors, inferenceLayers, type TrainedNumbers } from './layers.ts';
import {
  forEachParameter,
  type Network,
  parameterCount,
  parametersByName,
  statisticCount,
} from './network.ts';
import { createUnet, type UnetOptions } from './unet.ts';

/** Weights and running statistics, flat, as a trainer's state has them. */
export interface TrainedNetwork {
  readonly theta: Float32Array;
  readonly statistics: Float32Array;
}

export interface ExportOptions {
  /** How weights are stored: 16 bits halve the file and round each weight to 11 significant bits. Default float32. */
  readonly storage?: 'float32' | 'float16';
  /** Text pairs to keep in the file, beside our own keys, which begin with `rhomap.`. */
  readonly metadata?: Readonly<Record<string, string>>;
}

export const IMAGE_INPUT = 'image';
export const IMAGE_OUTPUT = 'output';
const NETWORK_KEY = 'rhomap.network';
const NORMS_KEY = 'rhomap.norms';

/**
 * The bytes of the model: `image` `[n, inputChannels, h, w]` to `output` `[n, outputChannels, h, w]`.
 * @throws OptionError `network/float16-range` if a weight is too large for 16 bits.
 */
export function exportInferenceModel(
  network: Network,
  trained: TrainedNetwork,
  { storage = 'float32', metadata = {} }: ExportOptions = {},
): Uint8Array {
  const numbers = trainedNumbers(network, trained);
  const image = input(IMAGE_INPUT, [1, network.inputChannels, network.divisor, network.divisor]);
  const output = network.output(image, inferenceLayers(numbers));
  const fixed = lower({ name: 'rhomap network', outputs: { [IMAGE_OUTPUT]: output } }, STANDARD);
  const sized = withFreeSizes(fixed);
  const model = storage === 'float16' ? withHalfWeights(sized) : sized;
  return encodeModel({
    ...model,
    metadata: {
      ...metadata,
      [NETWORK_KEY]: JSON.stringify(network.options),
      [NORMS_KEY]: toBase64(normNumbers(network, numbers)),
    },
  });
}

/** None of the operators of an inference graph has image sizes built in, so only the declared sizes need to change. */
function withFreeSizes(model: OnnxModel): OnnxModel {
  const free = (info: OnnxModel['graph']['inputs'][number]): typeof info => ({
    ...info,
    dims: ['n', info.dims[1]!, 'h', 'w'],
  });
  const { graph } = model;
  return { ...model, graph: { ...graph, inputs: graph.inputs.map(free), outputs: graph.outputs.map(free) } };
}

/** A network read back from a model file, ready for a trainer's `restore`. */
export interface ReadNetwork extends TrainedNetwork {
  readonly network: Network;
  readonly metadata: Readonly<Record<string, string>>;
}

/**
 * Reads a model that `exportInferenceModel` wrote. Weights come back to rounding; where folding multiplied a channel by
 * 0 they are lost and come back as 0.
 * @param where names the file in messages
 * @throws UnsupportedError `network/not-ours` if the file has another origin; FormatError if it is damaged.
 */
export function readInferenceModel(bytes: Uint8Array, where = 'model'): ReadNetwork {
  const model = decodeModel(bytes, where);
  const network = networkOf(model.metadata, where);
  const norms = model.metadata[NORMS_KEY];
  if (norms === undefined) throw notOurs(where);
  const stored = weightsByName(model);
  const { statistics, parameters } = unpackNorms(network, fromBase64(norms), where);
  const theta = new Float32Array(parameterCount(network));
  const convNames = new Map(network.norms.map(({ name }) => [name.replace('norm', 'conv'), name]));
  forEachParameter(network, ({ name }, offset, size) => {
    const values = parameters.get(name) ?? stored.get(name);
    if (values?.length !== size)
      throw new FormatError('network/weights', where, `${name} is missing or has the wrong size.`);
    const norm = convNames.get(name.replace(/\.weight$/, ''));
    theta.set(
      norm
        ? unfold(values, foldFactors({ parameters, statistics: byName(network, statistics) }, norm))
        : values,
      offset,
    );
  });
  return { network, theta, statistics, metadata: model.metadata };
}

/** The initialisers of a model as float32, by name. */
export function weightsByName(model: OnnxModel): Map<string, Float32Array> {
  return new Map(
    model.graph.initializers.flatMap(({ name, type, data }): [string, Float32Array][] => {
      if (type === 'float32') return [[name, data as Float32Array]];
      return type === 'float16' ? [[name, fromFloat16(data as Uint16Array)]] : [];
    }),
  );
}

const notOurs = (where: string): UnsupportedError =>
  new UnsupportedError(
    'network/not-ours',
    `${where} was not exported by rhomap, so its network is not known; only its own exports can be trained further.`,
  );

/**
 * The network that a model file holds, from the file's metadata.
 * @throws UnsupportedError `network/not-ours`, `network/kind`; FormatError `network/options`.
 */
export function networkOf(metadata: Readonly<Record<string, string>>, where: string): Network {
  const json = metadata[NETWORK_KEY];
  if (json === undefined) throw notOurs(where);
  let parsed: { readonly kind: string } & UnetOptions;
  try {
    parsed = JSON.parse(json);
  } catch (cause) {
    throw new FormatError('network/options', where, `its ${NETWORK_KEY} is not JSON.`, { cause });
  }
  const { kind, ...options } = parsed;
  if (kind !== 'unet')
    throw new UnsupportedError(
      'network/kind',
      `${where} holds a network of kind ${kind}, which is not known.`,
    );
  return createUnet(options);
}

const unfold = (values: Float32Array, factors: Float64Array): Float32Array => {
  const perChannel = values.length / factors.length;
  return values.map((x, i) => {
    const factor = factors[Math.floor(i / perChannel)]!;
    return factor === 0 ? 0 : x / factor;
  });
};

function trainedNumbers(network: Network, { theta, statistics }: TrainedNetwork): TrainedNumbers {
  const shapes = new Map(network.parameters.map(({ name, shape }) => [name, shape]));
  return {
    parameters: parametersByName(network, theta),
    statistics: byName(network, statistics),
    shapeOf: (name) => shapes.get(name)!,
  };
}

/** The statistics vector cut into `name.mean` and `name.variance`. */
function byName(network: Network, statistics: Float32Array): Map<string, Float32Array> {
  const map = new Map<string, Float32Array>();
  let offset = 0;
  for (const { name, channels } of network.norms)
    for (const part of ['mean', 'variance']) {
      map.set(`${name}.${part}`, statistics.subarray(offset, offset + channels));
      offset += channels;
    }
  return map;
}

/** All statistics, then weight and bias of each normalisation. */
function normNumbers(network: Network, { parameters, statistics }: TrainedNumbers): Float32Array {
  const arrays = network.norms.flatMap(({ name }) => [
    parameters.get(`${name}.weight`)!,
    parameters.get(`${name}.bias`)!,
  ]);
  return Float32Array.from([...statistics.values(), ...arrays].flatMap((array) => [...array]));
}

function unpackNorms(
  network: Network,
  numbers: Float32Array,
  where: string,
): { statistics: Float32Array; parameters: Map<string, Float32Array> } {
  let offset = statisticCount(network);
  if (numbers.length !== 2 * offset)
    throw new FormatError('network/norms', where, 'its batch normalisations do not fit its network.');
  const parameters = new Map<string, Float32Array>();
  for (const { name, channels } of network.norms)
    for (const part of ['weight', 'bias']) {
      parameters.set(`${name}.${part}`, numbers.slice(offset, offset + channels));
      offset += channels;
    }
  return { statistics: numbers.slice(0, statisticCount(network)), parameters };
}

const toBase64 = (values: Float32Array): string =>
  btoa(Array.from(new Uint8Array(values.slice().buffer), (byte) => String.fromCharCode(byte)).join(''));

/** Bytes beyond a whole number are dropped; the caller checks the length. */
function fromBase64(text: string): Float32Array {
  const bytes = Uint8Array.from(atob(text), (character) => character.charCodeAt(0));
  return new Float32Array(bytes.buffer, 0, Math.floor(bytes.length / 4));
}
