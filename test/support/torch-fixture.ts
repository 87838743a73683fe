/**
 * Reads `test/data/torch/*.json`, made by `make-fixtures.py` beside them. Weights and images are drawn from an integer
 * hash, the same here and there bit for bit; a long vector is stored as its products with vectors of random signs.
 */
import { readFileSync } from 'node:fs';
import type { Network } from '../../src/network/network.ts';
import type { BatchSize } from '../../src/network/training-step.ts';
import { createUnet, type UnetOptions } from '../../src/network/unet.ts';

export type LossName = 'l1' | 'laplace' | 'fixed-scale';

/** A float64 vector known by its length |v| and its products with 64 sign vectors. */
export interface Projected {
  readonly norm: number;
  readonly projections: readonly number[];
}

interface Stored {
  readonly seed: number;
  /** The biases of batch normalisations keep ReLU away from its kink. */
  readonly clearCut?: boolean;
  readonly network: UnetOptions;
  readonly learningRate: number;
  readonly size: BatchSize;
  readonly parameters: readonly { readonly name: string; readonly shape: readonly number[] }[];
  readonly losses: Readonly<
    Partial<
      Record<
        LossName,
        {
          /** Losses before each of the first steps of Adam, by precision. */
          readonly float64: readonly number[];
          readonly float32: readonly number[];
          /** Of the first step, all parameters in the order of `parameters`. */
          readonly gradient: Projected & { readonly relativeErrorOfFloat32: number };
        }
      >
    >
  >;
  /** Running means and variances after the first forward pass, and what inference gives with them. */
  readonly statistics: Projected;
  readonly inference: Projected;
}

export interface TorchFixture extends Stored {
  readonly unet: Network;
  readonly theta: Float32Array;
  readonly image: Float32Array;
  readonly maps: Readonly<Record<'target' | 'logScale', Float32Array>>;
}

const SEED_STRIDE = 10_000;
const STREAMS = { image: 1000, logScale: 1001, projection: 2000 } as const;

const known = new Map<string, TorchFixture>();

export function torchFixture(name: string): TorchFixture {
  const fixture = known.get(name) ?? read(name);
  known.set(name, fixture);
  return fixture;
}

function read(name: string): TorchFixture {
  const url = new URL(`../data/torch/${name}.json`, import.meta.url);
  const stored = JSON.parse(readFileSync(url, 'utf8')) as Stored;
  const { n, h, w } = stored.size;
  const draw = (stream: number, length: number): Float64Array =>
    uniform(stored.seed * SEED_STRIDE + stream, length);
  const channels = stored.network.inputChannels;
  const image = draw(STREAMS.image, n * channels * h * w);
  return {
    ...stored,
    unet: createUnet(stored.network),
    theta: weights(stored, draw),
    image: Float32Array.from(image, (u) => 1.75 * u),
    maps: {
      target: Float32Array.from(boxMean(firstChannel(image, channels, h * w), h, w), (u) => 1.75 * u),
      logScale: Float32Array.from(draw(STREAMS.logScale, n * h * w), (u) => 0.5 * u - 0.5),
    },
  };
}

/** An estimate of |vector − truth| / |truth|; its own relative standard deviation is √(2/64)/2 = 9 %. */
export function relativeError(vector: ArrayLike<number>, truth: Projected): number {
  let sum = 0;
  truth.projections.forEach((projection, k) => {
    const start = Math.imul(STREAMS.projection + k, STREAM_STEP);
    let product = 0;
    for (let i = 0; i < vector.length; i++) product += mix(start + i) < 0 ? vector[i]! : -vector[i]!;
    sum += (product - projection) ** 2;
  });
  return Math.sqrt(sum / truth.projections.length) / truth.norm;
}

const STREAM_STEP = 0x9e3779b9;

/** Chris Wellons' lowbias32: 32 well mixed bits of a counter. */
function mix(counter: number): number {
  let x = counter | 0;
  x ^= x >>> 16;
  x = Math.imul(x, 0x7feb352d);
  x ^= x >>> 15;
  x = Math.imul(x, 0x846ca68b);
  return x ^ (x >>> 16);
}

/** Numbers in [−1, 1); its top bit is the sign, reversed. */
function uniform(stream: number, length: number): Float64Array {
  const start = Math.imul(stream, STREAM_STEP);
  const values = new Float64Array(length);
  for (let i = 0; i < length; i++) values[i] = (mix(start + i) >>> 0) / 2 ** 31 - 1;
  return values;
}

function weights(
  { parameters, clearCut }: Stored,
  draw: (stream: number, length: number) => Float64Array,
): Float32Array {
  const product = (shape: readonly number[]): number => shape.reduce((size, n) => size * n, 1);
  const flat = new Float32Array(parameters.reduce((sum, { shape }) => sum + product(shape), 0));
  let offset = 0;
  parameters.forEach(({ name, shape }, stream) => {
    const values = draw(stream, product(shape));
    const inputs = name.startsWith('up') ? shape[0]! : product(shape.slice(1));
    const gain = name.startsWith('head') ? 0.1 : 1;
    const scale = shape.length === 1 ? 0.25 : gain * Math.sqrt(6 / inputs);
    const centre = shape.length === 1 && name.endsWith('weight') ? 1 : 0;
    const isMoved = clearCut && /norm\d\.bias$/.test(name);
    values.forEach((value, channel) => {
      const distance = isMoved ? (channel % 4 === 3 ? -3 : 3) : 0;
      flat[offset++] = centre + scale * value + distance;
    });
  });
  return flat;
}

function firstChannel(image: Float64Array, channels: number, pixels: number): Float64Array {
  return image.filter((_, i) => Math.floor(i / pixels) % channels === 0);
}

/** 5×5 mean, zero outside; the sums are exact. */
function boxMean(images: Float64Array, h: number, w: number): Float64Array {
  return images.map((_, i) => {
    const column = i % w;
    const row = Math.floor(i / w) % h;
    let sum = 0;
    for (let y = Math.max(0, row - 2); y <= Math.min(h - 1, row + 2); y++) {
      for (let x = Math.max(0, column - 2); x <= Math.min(w - 1, column + 2); x++) {
        sum += images[i + (y - row) * w + (x - column)]!;
      }
    }
    return sum / 25;
  });
}
