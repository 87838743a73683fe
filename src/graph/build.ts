/**
 * The functions that build expressions. Shapes are checked here, when the graph is built. Arithmetic takes plain
 * numbers for constants, and drops what changes nothing (x + 0, x·1, a reshape to the same shape).
 */

import type { OpAttributes, OpName } from './ops/attributes.ts';
import { primitiveOf } from './ops/index.ts';
import {
  broadcastShapes,
  imageShape,
  repeatedAxes,
  type Shape,
  sameShape,
  shapeError,
  sizeOf,
} from './shape.ts';
import { isOp, type Value } from './value.ts';

/** A value, or a number that becomes a scalar constant. */
export type Operand = Value | number;

function make<K extends OpName>(op: K, inputs: readonly Value[], attributes: OpAttributes[K]): Value<K> {
  const primitive = primitiveOf(op);
  const shape = primitive.shape(
    inputs.map((value) => value.shape),
    attributes,
  );
  return { op, inputs, attributes, shape, type: primitive.type ?? 'float32' };
}

/** A float32 tensor fed at each run. */
export const input = (name: string, shape: Shape): Value => ({ ...make('input', [], { name }), shape });

/** A tensor stored in the model, row-major; a scalar unless `shape` is given. A `name` is kept in the file. */
export function constant(data: Float32Array | number, shape: Shape = [], name?: string): Value {
  const array = typeof data === 'number' ? new Float32Array(sizeOf(shape)).fill(data) : data;
  if (array.length !== sizeOf(shape)) throw shapeError('constant', `${array.length} elements`, shape);
  const attributes = name === undefined ? { data: array } : { data: array, name };
  return { ...make('constant', [], attributes), shape };
}
export const zeros = (shape: Shape): Value => constant(0, shape);
export const ones = (shape: Shape): Value => constant(1, shape);

/** The same value under a name that messages use. */
export const named = (label: string, value: Value): Value => ({ ...value, label });

const value = (operand: Operand): Value => (typeof operand === 'number' ? constant(operand) : operand);

const isFilledWith = (x: number, v: Value): boolean =>
  isOp(v, 'constant') && v.attributes.data.every((e) => e === x);

/** Whether `x` already has the shape that an operation with `other` would give. */
const covers = (x: Value, other: Value): boolean =>
  sameShape(broadcastShapes('arithmetic', x.shape, other.shape), x.shape);

export function add(left: Operand, right: Operand): Value {
  const [a, b] = [value(left), value(right)];
  if (isFilledWith(0, b) && covers(a, b)) return a;
  if (isFilledWith(0, a) && covers(b, a)) return b;
  return make('add', [a, b], {});
}

export function sub(left: Operand, right: Operand): Value {
  const [a, b] = [value(left), value(right)];
  return isFilledWith(0, b) && covers(a, b) ? a : make('sub', [a, b], {});
}

export function mul(left: Operand, right: Operand): Value {
  const [a, b] = [value(left), value(right)];
  if (isFilledWith(1, b) && covers(a, b)) return a;
  if (isFilledWith(1, a) && covers(b, a)) return b;
  return make('mul', [a, b], {});
}

export const div = (a: Operand, b: Operand): Value => make('div', [value(a), value(b)], {});
export const maximum = (a: Operand, b: Operand): Value => make('maximum', [value(a), value(b)], {});
export const neg = (x: Value): Value => (isFilledWith(0, x) ? x : make('neg', [x], {}));
export const exp = (x: Value): Value => make('exp', [x], {});
export const log = (x: Value): Value => make('log', [x], {});
export const abs = (x: Value): Value => make('abs', [x], {});
export const sqrt = (x: Value): Value => make('sqrt', [x], {});
export const sign = (x: Value): Value => make('sign', [x], {});
export const relu = (x: Value): Value => make('relu', [x], {});
export const reluGradient = (y: Value, g: Value): Value => make('reluGradient', [y, g], {});
export const stopGradient = (x: Value): Value => make('stopGradient', [x], {});

export const equal = (a: Operand, b: Operand): Value => make('equal', [value(a), value(b)], {});
export const greater = (a: Operand, b: Operand): Value => make('greater', [value(a), value(b)], {});
/** @param condition a comparison's result. */
export function where(condition: Value, a: Operand, b: Operand): Value {
  if (condition.type !== 'bool') throw shapeError('where', 'a comparison as its condition', condition.shape);
  return make('where', [condition, value(a), value(b)], {});
}

/** Sum over `axes`, which disappear; over all where absent. */
export const sum = (x: Value, axes: readonly number[] = x.shape.map((_, i) => i)): Value =>
  axes.length === 0 ? x : make('sum', [x], { axes });
/** Mean over `axes`, which disappear; over all where absent. */
export function mean(x: Value, axes: readonly number[] = x.shape.map((_, i) => i)): Value {
  return mul(sum(x, axes), 1 / axes.reduce((n, axis) => n * x.shape[axis]!, 1));
}
export const broadcast = (x: Value, shape: Shape): Value =>
  sameShape(x.shape, shape) ? x : make('broadcast', [x], { shape });
/** The adjoint of broadcasting a value of this shape: sums over what was repeated. */
export const sumTo = (x: Value, shape: Shape): Value => reshape(sum(x, repeatedAxes(x.shape, shape)), shape);
export const reshape = (x: Value, shape: Shape): Value =>
  sameShape(x.shape, shape) ? x : make('reshape', [x], { shape });
export const transpose = (x: Value, order: readonly number[]): Value => make('transpose', [x], { order });
/** Elements `start` … `end` − 1 of one axis. */
export const slice = (x: Value, axis: number, start: number, end: number): Value =>
  start === 0 && end === x.shape[axis] ? x : make('slice', [x], { axis, start, end });
export const pad = (x: Value, axis: number, before: number, after: number): Value =>
  before === 0 && after === 0 ? x : make('pad', [x], { axis, before, after });
export const concat = (values: readonly Value[], axis: number): Value =>
  values.length === 1 ? values[0]! : make('concat', values, { axis });

const optional = (x: Value | undefined): Value[] => (x ? [x] : []);

export const conv2d = (x: Value, weight: Value, bias?: Value): Value =>
  make('conv2d', [x, weight, ...optional(bias)], {});
export const convWeightGradient = (x: Value, g: Value, kernel: number): Value =>
  make('convWeightGradient', [x, g], { kernel });
export const flipKernel = (weight: Value): Value => make('flipKernel', [weight], {});
export const upConv = (x: Value, weight: Value, bias?: Value): Value =>
  make('upConv', [x, weight, ...optional(bias)], {});
export const downConv = (y: Value, weight: Value): Value => make('downConv', [y, weight], {});
export const upConvWeightGradient = (x: Value, g: Value): Value => make('upConvWeightGradient', [x, g], {});
export const maxPool = (x: Value): Value => make('maxPool', [x], {});
export const maxPoolGradient = (x: Value, y: Value, g: Value): Value =>
  make('maxPoolGradient', [x, y, g], {});
export const upsample = (x: Value): Value => make('upsample', [x], {});
export const sumPool = (x: Value): Value => make('sumPool', [x], {});
export const channelSum = (x: Value): Value => make('channelSum', [x], {});
export const channelDot = (a: Value, b: Value): Value => make('channelDot', [a, b], {});
export const channelAffine = (x: Value, scale: Value, shift?: Value): Value =>
  make('channelAffine', [x, scale, ...(shift && !isFilledWith(0, shift) ? [shift] : [])], {});

/** Mean and variance of each channel over batch and pixels, `[c]` each. */
export interface ChannelMoments {
  readonly mean: Value;
  /** Divides by `count`. */
  readonly variance: Value;
  readonly count: number;
}

export function channelMoments(x: Value): ChannelMoments {
  const { n, h, w } = imageShape('channelMoments', x.shape);
  const count = n * h * w;
  const mean = mul(channelSum(x), 1 / count);
  const meanSquare = mul(channelDot(x, x), 1 / count);
  // Rounding can take the difference below 0 where a channel is constant.
  return { mean, variance: maximum(sub(meanSquare, mul(mean, mean)), 0), count };
}

/** Normalises each channel over batch and pixels; `weight` and `bias` are `[c]`. */
export const batchNorm = (x: Value, weight: Value, bias: Value, epsilon: number): Value =>
  make('batchNorm', [x, weight, bias], { epsilon });
