/** The table of all primitives. Adding a name to `OpAttributes` makes this file fail to compile until the rules exist. */

import type { Primitive } from '../primitive.ts';
import { abs } from './abs.ts';
import { add } from './add.ts';
import type { OpName } from './attributes.ts';
import { batchNorm } from './batch-norm.ts';
import { broadcast } from './broadcast.ts';
import { channelAffine } from './channel-affine.ts';
import { channelDot } from './channel-dot.ts';
import { channelSum } from './channel-sum.ts';
import { concat } from './concat.ts';
import { constant } from './constant.ts';
import { convWeightGradient } from './conv-weight-gradient.ts';
import { conv2d } from './conv2d.ts';
import { div } from './div.ts';
import { downConv } from './down-conv.ts';
import { equal } from './equal.ts';
import { exp } from './exp.ts';
import { flipKernel } from './flip-kernel.ts';
import { greater } from './greater.ts';
import { input } from './input.ts';
import { log } from './log.ts';
import { maxPool } from './max-pool.ts';
import { maxPoolGradient } from './max-pool-gradient.ts';
import { maximum } from './maximum.ts';
import { mul } from './mul.ts';
import { neg } from './neg.ts';
import { pad } from './pad.ts';
import { relu } from './relu.ts';
import { reluGradient } from './relu-gradient.ts';
import { reshape } from './reshape.ts';
import { sign } from './sign.ts';
import { slice } from './slice.ts';
import { sqrt } from './sqrt.ts';
import { stopGradient } from './stop-gradient.ts';
import { sub } from './sub.ts';
import { sum } from './sum.ts';
import { sumPool } from './sum-pool.ts';
import { transpose } from './transpose.ts';
import { upConv } from './up-conv.ts';
import { upConvWeightGradient } from './up-conv-weight-gradient.ts';
import { upsample } from './upsample.ts';
import { where } from './where.ts';

export const primitives: { readonly [K in OpName]: Primitive<K> } = {
  input,
  constant,
  add,
  sub,
  mul,
  div,
  maximum,
  neg,
  exp,
  log,
  abs,
  sqrt,
  sign,
  relu,
  reluGradient,
  stopGradient,
  equal,
  greater,
  where,
  sum,
  broadcast,
  reshape,
  transpose,
  slice,
  pad,
  concat,
  conv2d,
  convWeightGradient,
  flipKernel,
  upConv,
  downConv,
  upConvWeightGradient,
  maxPool,
  maxPoolGradient,
  upsample,
  sumPool,
  channelSum,
  channelDot,
  channelAffine,
  batchNorm,
};

/** The rules of the primitive that makes a value. */
export const primitiveOf = (op: OpName): Primitive<OpName> =>
  // A value's attributes belong to its `op` by construction; the compiler cannot follow that through an index.
  primitives[op] as Primitive<OpName>;
