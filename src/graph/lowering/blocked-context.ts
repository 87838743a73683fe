/** What the rules of the blocked lowering share: what they are given, what they return, and the convolution kernel. */
import type { OpName } from '../ops/attributes.ts';
import { isOp, type Value } from '../value.ts';
import type { Attributes, ModelEmitter } from './emitter.ts';

/** What a rule of this lowering may ask for. */
export interface BlockedContext {
  readonly emitter: ModelEmitter;
  /** Channels in a block, B. */
  readonly block: number;
  /** The tensor of a value in NumPy's order; converted if need be. */
  plain(value: Value): string;
  /** The tensor of an image in blocked order; converted if need be. */
  blocked(value: Value): string;
  isBlocked(value: Value): boolean;
  /** The tensor of weights in kernel order (`kernel-order.ts`); converted if need be. */
  kernel(value: Value): string;
  isKernel(value: Value): boolean;
}

/** NumPy's order; `[n, c/B, h, w, B]` for images; `[o/B, i/B, k, k, Bi, Bo]` for weights. */
export type Layout = 'plain' | 'blocked' | 'kernel';

/** A tensor and the order of its elements. */
export interface Stored {
  readonly layout: Layout;
  readonly tensor: string;
}

export const BLOCKED_DOMAIN = 'com.microsoft.nchwc';

/** Values that one kernel computes: relu(root + sum). */
export interface Fusion {
  /** The convolution (or other value) that is emitted. */
  readonly root: Value;
  /** An image to add. */
  readonly sum?: Value;
  readonly relu?: boolean;
}

/** Emits a value in its own way; null where it cannot. */
export type BlockedRule<K extends OpName> = (
  context: BlockedContext,
  value: Value<K>,
  fusion: Fusion,
) => Stored | null;

/** An image whose channels fill whole blocks. */
export const canBeBlocked = (value: Value, block: number): boolean =>
  value.shape.length === 4 && value.shape[1]! % block === 0;

/** Whether a value is emitted as one blocked convolution, which can also add an image and apply ReLU. */
export function isBlockedConvolution(value: Value, block: number): boolean {
  if (!canBeBlocked(value, block)) return false;
  if (isOp(value, 'channelAffine')) return true;
  // The kernels also read a plain image of fewer channels than a block.
  const inputChannels = value.inputs[0]?.shape[1] ?? 0;
  const readable = inputChannels % block === 0 || inputChannels < block;
  if (isOp(value, 'conv2d')) return readable;
  return isOp(value, 'downConv') && inputChannels % block === 0;
}

const NO_PADDING = [0, 0, 0, 0];

/** The blocked kernel; all its attributes must be present. */
export function blockedConv(
  context: BlockedContext,
  inputs: { image: string; weight: string; bias?: string | undefined },
  attributes: Attributes,
  { sum, relu }: Omit<Fusion, 'root'> = {},
): string {
  const tensors = [inputs.image, inputs.weight, inputs.bias ?? '', sum ? context.blocked(sum) : ''];
  return blockedNode(context, tensors, relu ? { ...attributes, activation: 'Relu' } : attributes);
}

/** The same from tensors: image, weight, bias and an image to add. */
export function blockedNode(
  { emitter }: BlockedContext,
  tensors: readonly string[],
  attributes: Attributes,
): string {
  const present = tensors.slice(0, tensors.findLastIndex((tensor) => tensor !== '') + 1);
  const defaults = { auto_pad: 'NOTSET', group: 1, strides: [1, 1], dilations: [1, 1], pads: NO_PADDING };
  return emitter.node('Conv', present, { ...defaults, ...attributes }, BLOCKED_DOMAIN);
}
