/**
 * Evaluates expressions in float64, one plain loop per primitive, straight from the formulas in `src/graph/ops/`. The
 * reference for gradients and for both lowerings; slow on purpose.
 */
import type { OpAttributes, OpName } from '../../src/graph/ops/attributes.ts';
import { imageShape, type Shape, sizeOf } from '../../src/graph/shape.ts';
import { topologicalOrder, type Value } from '../../src/graph/value.ts';

export interface Dense {
  readonly shape: Shape;
  /** Row-major; comparisons give 0 and 1. */
  readonly data: Float64Array;
}

type Rule<K extends OpName> = (
  inputs: readonly Dense[],
  attributes: OpAttributes[K],
  shape: Shape,
) => Float64Array;

/**
 * The values of some expressions, given those of their inputs by name.
 * @param known values that are taken from here instead of being computed
 */
export function interpret(
  outputs: readonly Value[],
  feeds: Readonly<Record<string, Float64Array>>,
  known: ReadonlyMap<Value, Dense> = new Map(),
): Dense[] {
  const results = new Map<Value, Dense>(known);
  for (const value of topologicalOrder(outputs)) {
    if (known.has(value)) continue;
    const inputs = value.inputs.map((input) => results.get(input)!);
    const data =
      value.op === 'input'
        ? feeds[(value as Value<'input'>).attributes.name]!
        : (rules[value.op] as Rule<OpName>)(inputs, value.attributes, value.shape);
    results.set(value, { shape: value.shape, data });
  }
  return outputs.map((value) => results.get(value)!);
}

const strides = (shape: Shape): number[] => shape.map((_, axis) => sizeOf(shape.slice(axis + 1)));

/** Fills an array by a function of the index along each axis. */
function tabulate(shape: Shape, at: (index: number[]) => number): Float64Array {
  const steps = strides(shape);
  return Float64Array.from({ length: sizeOf(shape) }, (_, i) =>
    at(shape.map((length, axis) => Math.floor(i / steps[axis]!) % length)),
  );
}

/** The element that broadcasting puts at `index`. */
function read({ shape, data }: Dense, index: readonly number[]): number {
  const steps = strides(shape);
  const missing = index.length - shape.length;
  return data[shape.reduce((o, n, axis) => o + (n === 1 ? 0 : index[axis + missing]!) * steps[axis]!, 0)]!;
}

/** As `read`, but 0 outside the image. */
const readOrZero = (x: Dense, index: readonly number[]): number =>
  index.every((i, axis) => i >= 0 && i < x.shape[axis]!) ? read(x, index) : 0;

const elementwise =
  (f: (...operands: number[]) => number): Rule<OpName> =>
  (inputs, _, shape) =>
    tabulate(shape, (index) => f(...inputs.map((input) => read(input, index))));

/** Sums f over all indices of a shape. */
function total(shape: Shape, f: (index: number[]) => number): number {
  return tabulate(shape, f).reduce((a, b) => a + b, 0);
}

const unknown: Rule<OpName> = () => {
  throw new Error('leaves have no rule');
};

const rules: { readonly [K in OpName]: Rule<K> } = {
  input: unknown,
  constant: (_, { data }) => Float64Array.from(data),
  add: elementwise((a, b) => a! + b!),
  sub: elementwise((a, b) => a! - b!),
  mul: elementwise((a, b) => a! * b!),
  div: elementwise((a, b) => a! / b!),
  maximum: elementwise(Math.max),
  neg: elementwise((x) => -x!),
  exp: elementwise(Math.exp),
  log: elementwise(Math.log),
  abs: elementwise(Math.abs),
  sqrt: elementwise(Math.sqrt),
  sign: elementwise(Math.sign),
  relu: elementwise((x) => Math.max(0, x!)),
  reluGradient: elementwise((y, g) => (y! > 0 ? g! : 0)),
  stopGradient: elementwise((x) => x!),
  equal: elementwise((a, b) => Number(a! === b!)),
  greater: elementwise((a, b) => Number(a! > b!)),
  where: elementwise((condition, a, b) => (condition ? a! : b!)),
  sum([x], { axes }, shape) {
    const summed = axes.map((axis) => x!.shape[axis]!);
    return tabulate(shape, (kept) =>
      total(summed, (over) => {
        let k = 0;
        return read(
          x!,
          x!.shape.map((_, axis) => (axes.includes(axis) ? over[axes.indexOf(axis)]! : kept[k++]!)),
        );
      }),
    );
  },
  broadcast: elementwise((x) => x!),
  reshape: ([x]) => x!.data,
  transpose: ([x], { order }, shape) =>
    tabulate(shape, (index) =>
      read(
        x!,
        order.map((_, axis) => index[order.indexOf(axis)]!),
      ),
    ),
  slice: ([x], { axis, start }, shape) =>
    tabulate(shape, (index) => read(x!, index.with(axis, index[axis]! + start))),
  pad: ([x], { axis, before }, shape) =>
    tabulate(shape, (index) => readOrZero(x!, index.with(axis, index[axis]! - before))),
  concat(inputs, { axis }, shape) {
    const lengths = inputs.map((input) => input.shape[axis]!);
    const starts = lengths.map((_, k) => lengths.slice(0, k).reduce((a, b) => a + b, 0));
    return tabulate(shape, (index) => {
      const k = starts.findLastIndex((start) => start <= index[axis]!);
      return read(inputs[k]!, index.with(axis, index[axis]! - starts[k]!));
    });
  },
  conv2d([x, w, bias], _, shape) {
    const [, i, k] = w!.shape as [number, number, number, number];
    const half = (k - 1) / 2;
    return tabulate(
      shape,
      ([n, o, y, z]) =>
        total(
          [i, k, k],
          ([c, a, b]) =>
            readOrZero(x!, [n!, c!, y! + a! - half, z! + b! - half]) * read(w!, [o!, c!, a!, b!]),
        ) + (bias ? bias.data[o!]! : 0),
    );
  },
  convWeightGradient([x, g], { kernel }, shape) {
    const { n, h, w } = imageShape('', g!.shape);
    const half = (kernel - 1) / 2;
    return tabulate(shape, ([o, i, a, b]) =>
      total(
        [n, h, w],
        ([m, y, z]) => readOrZero(x!, [m!, i!, y! + a! - half, z! + b! - half]) * read(g!, [m!, o!, y!, z!]),
      ),
    );
  },
  flipKernel: ([w], _, shape) =>
    tabulate(shape, ([i, o, a, b]) => read(w!, [o!, i!, shape[2]! - 1 - a!, shape[3]! - 1 - b!])),
  upConv: ([x, w, bias], _, shape) =>
    tabulate(
      shape,
      ([n, o, y, z]) =>
        total(
          [x!.shape[1]!],
          ([i]) => read(x!, [n!, i!, y! >> 1, z! >> 1]) * read(w!, [i!, o!, y! & 1, z! & 1]),
        ) + (bias ? bias.data[o!]! : 0),
    ),
  downConv: ([y, w], _, shape) =>
    tabulate(shape, ([n, i, a, b]) =>
      total(
        [y!.shape[1]!, 2, 2],
        ([o, c, d]) => read(y!, [n!, o!, 2 * a! + c!, 2 * b! + d!]) * read(w!, [i!, o!, c!, d!]),
      ),
    ),
  upConvWeightGradient([x, g], _, shape) {
    const { n, h, w } = imageShape('', x!.shape);
    return tabulate(shape, ([i, o, a, b]) =>
      total(
        [n, h, w],
        ([m, y, z]) => read(x!, [m!, i!, y!, z!]) * read(g!, [m!, o!, 2 * y! + a!, 2 * z! + b!]),
      ),
    );
  },
  maxPool: ([x], _, shape) =>
    tabulate(shape, ([n, c, y, z]) =>
      Math.max(...[0, 1, 2, 3].map((d) => read(x!, [n!, c!, 2 * y! + (d >> 1), 2 * z! + (d & 1)]))),
    ),
  maxPoolGradient: ([x, y, g], _, shape) =>
    tabulate(shape, (index) => {
      const [n, c, a, b] = index as [number, number, number, number];
      const block = [n, c, a >> 1, b >> 1];
      return read(x!, index) === read(y!, block) ? read(g!, block) : 0;
    }),
  upsample: ([x], _, shape) => tabulate(shape, ([n, c, y, z]) => read(x!, [n!, c!, y! >> 1, z! >> 1])),
  sumPool: ([x], _, shape) =>
    tabulate(shape, ([n, c, y, z]) =>
      total([2, 2], ([a, b]) => read(x!, [n!, c!, 2 * y! + a!, 2 * z! + b!])),
    ),
  channelSum([x], _, shape) {
    const { n, h, w } = imageShape('', x!.shape);
    return tabulate(shape, ([c]) => total([n, h, w], ([m, y, z]) => read(x!, [m!, c!, y!, z!])));
  },
  channelDot([a, b], _, shape) {
    const { n, h, w } = imageShape('', a!.shape);
    return tabulate(shape, ([c]) =>
      total([n, h, w], ([m, y, z]) => read(a!, [m!, c!, y!, z!]) * read(b!, [m!, c!, y!, z!])),
    );
  },
  channelAffine: ([x, scale, shift], _, shape) =>
    tabulate(shape, (index) => read(x!, index) * scale!.data[index[1]!]! + (shift?.data[index[1]!] ?? 0)),
  batchNorm([x, weight, bias], { epsilon }, shape) {
    const { n, c: channels, h, w } = imageShape('', shape);
    const mean = (f: (value: number) => number, c: number): number =>
      total([n, h, w], ([m, y, z]) => f(read(x!, [m!, c, y!, z!]))) / (n * h * w);
    const means = Array.from({ length: channels }, (_, c) => mean((value) => value, c));
    const scales = means.map((m, c) => 1 / Math.sqrt(mean((value) => (value - m) ** 2, c) + epsilon));
    return tabulate(shape, (index) => {
      const c = index[1]!;
      return weight!.data[c]! * (read(x!, index) - means[c]!) * scales[c]! + bias!.data[c]!;
    });
  },
};
