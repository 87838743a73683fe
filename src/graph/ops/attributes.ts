/** The primitives by name, with the attributes each one carries. Every table of the engine is typed over this list. */
import type { Shape } from '../shape.ts';

type None = Readonly<Record<never, never>>;

export interface OpAttributes {
  // Leaves
  input: { readonly name: string };
  /** A named constant keeps its name in the model file (weights). */
  constant: { readonly data: Float32Array; readonly name?: string };
  // Element by element
  add: None;
  sub: None;
  mul: None;
  div: None;
  maximum: None;
  neg: None;
  exp: None;
  log: None;
  abs: None;
  sqrt: None;
  sign: None;
  relu: None;
  reluGradient: None;
  stopGradient: None;
  equal: None;
  greater: None;
  where: None;
  // Shapes and sums
  sum: { readonly axes: readonly number[] };
  broadcast: { readonly shape: Shape };
  reshape: { readonly shape: Shape };
  transpose: { readonly order: readonly number[] };
  slice: AxisRange;
  pad: { readonly axis: number; readonly before: number; readonly after: number };
  concat: { readonly axis: number };
  // Images [n, c, h, w]
  conv2d: None;
  convWeightGradient: { readonly kernel: number };
  flipKernel: None;
  upConv: None;
  downConv: None;
  upConvWeightGradient: None;
  maxPool: None;
  maxPoolGradient: None;
  upsample: None;
  sumPool: None;
  channelSum: None;
  channelDot: None;
  channelAffine: None;
  batchNorm: { readonly epsilon: number };
}

export interface AxisRange {
  readonly axis: number;
  readonly start: number;
  readonly end: number;
}

export type OpName = keyof OpAttributes;
