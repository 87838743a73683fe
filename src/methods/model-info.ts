/**
 * What a model file says about itself, so that the file alone is enough to use it: text pairs in the `.onnx` file's
 * metadata, one per fact. Calibration and the ranges of inputs are added later, by `uncertainty/`.
 */
import { FormatError, UnsupportedError } from '../core/errors.ts';
import type { RangeMs } from '../signal/parameters.ts';
import type { OutputMode } from '../training/batches.ts';
import type { InputChannel } from '../training/planes.ts';
import { METHODS } from './index.ts';
import { isLearned, type LearnedMethod, type MethodName } from './method.ts';

export interface ModelInfo {
  readonly method: LearnedMethod;
  readonly inputs: readonly InputChannel[];
  readonly output: OutputMode;
  /** The two spin-lock times that the network was trained for, ms. */
  readonly coarseTslMs: readonly [number, number];
  readonly cutoffMs: RangeMs;
  /** Edge of the square images it was trained on, pixels. */
  readonly imageSize: number;
  /** Pixel spacing of these images, mm; `null` where the file does not say. */
  readonly pixelMm: number | null;
  /** The network whose scale stands beside the map of one that states none, where the file holds both. */
  readonly scaleFrom?: ScaleSource;
  /** How it was trained; `null` where the file does not say. */
  readonly training: TrainingRecord | null;
}

/** A second network in the file, which states the uncertainty (the paper pairs LBUDR with the LBRU that weighted it). */
export interface ScaleSource {
  readonly method: MethodName;
  /** SHA-256 of the file that it came from. */
  readonly sha256: string;
}

/** Whether there is an uncertainty beside the map. */
export const statesUncertainty = ({ method, scaleFrom }: Pick<ModelInfo, 'method' | 'scaleFrom'>): boolean =>
  method.outputChannels === 2 || scaleFrom !== undefined;

/** Where a model comes from. */
export interface TrainingRecord {
  readonly rhomap: string;
  /** What it was trained on, in words, e.g. `300 virtual patients, presets paper and hard`. */
  readonly data?: string;
  readonly nPatients: number;
  readonly nSlices: number;
  readonly bestStep: number;
  readonly nSteps: number;
  /** The options' names and values. */
  readonly options: Readonly<Record<string, unknown>>;
}

/** Where files say their training grid's spacing; calibration adds it to files that do not. */
export const PIXEL_KEY = 'rhomap.pixelMm';

/** Where files of two networks say whose scale it is (`ScaleSource`). */
export const SCALE_KEY = 'rhomap.scaleFrom';

const KEY = {
  method: 'rhomap.method',
  inputs: 'rhomap.inputs',
  output: 'rhomap.output',
  coarseTslMs: 'rhomap.coarseTslMs',
  cutoffMs: 'rhomap.cutoffMs',
  imageSize: 'rhomap.imageSize',
  pixelMm: PIXEL_KEY,
  scaling: 'rhomap.scaling',
  scaleFrom: SCALE_KEY,
  training: 'rhomap.training',
  intendedUse: 'rhomap.intendedUse',
} as const;

/** The only use that any model of rhomap is made for. */
export const INTENDED_USE =
  'Research on liver T1rho maps from two spin-lock images. Not a medical device; no diagnosis or treatment may rest on it.';

/** For whoever reads the file without rhomap. */
const SCALING = 'maps: (T1rho_ms - 25) / 40; images: divided by the 99th percentile of the first';

/** Files that do not say were trained on the paper's images. */
const PAPER_IMAGE_SIZE = 256;

/** The text pairs to store in a model's file. */
export function modelMetadata(info: ModelInfo): Record<string, string> {
  return {
    [KEY.method]: info.method.name,
    [KEY.inputs]: info.inputs.join(),
    [KEY.output]: info.output,
    [KEY.coarseTslMs]: info.coarseTslMs.join(),
    [KEY.cutoffMs]: info.cutoffMs.join(),
    [KEY.imageSize]: String(info.imageSize),
    [KEY.scaling]: SCALING,
    [KEY.intendedUse]: INTENDED_USE,
    ...(info.pixelMm !== null && { [KEY.pixelMm]: String(info.pixelMm) }),
    ...(info.scaleFrom && { [KEY.scaleFrom]: JSON.stringify(info.scaleFrom) }),
    ...(info.training && { [KEY.training]: JSON.stringify(info.training) }),
  };
}

/**
 * Reads the text pairs of a model's file.
 * @param where names the file in messages.
 * @throws UnsupportedError `model/not-ours` for a network that rhomap did not train; FormatError `model/metadata`.
 */
export function readModelInfo(metadata: Readonly<Record<string, string>>, where: string): ModelInfo {
  const name = metadata[KEY.method];
  if (name === undefined)
    throw new UnsupportedError(
      'model/not-ours',
      `${where} does not say how it is used; give a model that rhomap trained.`,
    );
  const method = Object.values(METHODS).find((m) => m.name === name);
  if (!method || !isLearned(method)) throw damaged(where, KEY.method, name);
  const pair = (key: string): [number, number] => {
    const [low, high, ...rest] = (metadata[key] ?? '').split(',').map(Number);
    if (low === undefined || high === undefined || !(low < high) || rest.length > 0)
      throw damaged(where, key, metadata[key]);
    return [low, high];
  };
  const positive = (key: string): number | null => {
    const text = metadata[key];
    if (text === undefined) return null;
    if (!(Number(text) > 0)) throw damaged(where, key, text);
    return Number(text);
  };
  const output = metadata[KEY.output];
  if (output !== 'map' && output !== 'correction') throw damaged(where, KEY.output, output);
  if (metadata[KEY.inputs] !== method.inputs.join()) throw damaged(where, KEY.inputs, metadata[KEY.inputs]);
  const scaleFrom = parseJson<ScaleSource>(metadata[KEY.scaleFrom], KEY.scaleFrom, where);
  return {
    method,
    inputs: method.inputs,
    ...(scaleFrom && { scaleFrom }),
    output,
    coarseTslMs: pair(KEY.coarseTslMs),
    cutoffMs: pair(KEY.cutoffMs),
    imageSize: positive(KEY.imageSize) ?? PAPER_IMAGE_SIZE,
    pixelMm: positive(KEY.pixelMm),
    training: parseJson<TrainingRecord>(metadata[KEY.training], KEY.training, where),
  };
}

/**
 * A JSON text pair of a model's file; `null` where it is not there.
 * @throws FormatError `model/metadata`.
 */
export function parseJson<T>(text: string | undefined, key: string, where: string): T | null {
  if (text === undefined) return null;
  try {
    return JSON.parse(text) as T;
  } catch (cause) {
    throw damaged(where, key, text, cause);
  }
}

const damaged = (where: string, key: string, text: string | undefined, cause?: unknown): FormatError =>
  new FormatError(
    'model/metadata',
    where,
    `its ${key} is ${text === undefined ? 'missing' : `"${text.slice(0, 40)}"`}; the file is damaged or of another version.`,
    { cause },
  );
