/** The primitives that the blocked lowering emits in its own way; see `blocked.ts`. */
import type { OpName } from '../ops/attributes.ts';
import {
  channelAffine,
  channelDot,
  channelSum,
  maxPool,
  maxPoolGradient,
  reluGradient,
  upsample,
} from './blocked-channels.ts';
import type { BlockedRule } from './blocked-context.ts';
import { conv2d, convWeightGradient, downConv, upConv, upConvWeightGradient } from './blocked-convolution.ts';
import { concat, flipKernel, mul, reshape, slice } from './blocked-weights.ts';

export const blockedRules: { readonly [K in OpName]?: BlockedRule<K> } = {
  conv2d,
  reshape,
  slice,
  concat,
  mul,
  flipKernel,
  convWeightGradient,
  upConv,
  downConv,
  upConvWeightGradient,
  channelSum,
  channelDot,
  channelAffine,
  maxPool,
  maxPoolGradient,
  upsample,
  reluGradient,
};
