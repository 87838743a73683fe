/**
 * Convolutions and their gradients with blocked kernels.
 *
 * Layout of weights: `[o, i, k, k]` becomes `[o/B, i/B, k, k, Bi, Bo]`, or `[o/B, i, k, k, Bo]` where the image is plain
 * with fewer than B channels.
 *
 * A weight gradient is itself one convolution, in which the image plays the image, the gradient plays the kernel (as
 * large as the whole plane), the batch plays the input channels, and the image's channels play the batch:
 * r[i, o, d] = Σ_{n, p} x[i, n, p + d]·g[o, n, p]. Stored blocked, a plane is `[h, w, Bi]`; read as a plane of width
 * w·Bi and with a dilation of Bi along the width, the kernel meets the pixels of one channel, and its shifts by 0, 1, …,
 * 3·Bi − 1 are all Bi channels at all three horizontal shifts.
 */
import { imageShape } from '../shape.ts';
import type { Value } from '../value.ts';
import {
  type BlockedContext,
  blockedConv,
  type Fusion,
  isBlockedConvolution,
  type Stored,
} from './blocked-context.ts';
import { convolutionWeights, gradientToKernel } from './blocked-weights.ts';
import { transposeRows } from './rows.ts';

/** Pixels above which the results of a whole batch of weight gradients are small beside the images they come from. */
const LARGE_PLANE = 32 * 32;

export function conv2d(context: BlockedContext, value: Value<'conv2d'>, fusion: Fusion): Stored | null {
  const { block } = context;
  const [x, w, bias] = value.inputs as [Value, Value, Value?];
  const k = w.shape[2]!;
  if (!isBlockedConvolution(value, block))
    return k === 1 && context.isBlocked(x) ? fewOutputs(context, value) : null;
  const half = (k - 1) / 2;
  const image = x.shape[1]! < block ? context.plain(x) : context.blocked(x);
  const tensor = blockedConv(
    context,
    { image, weight: convolutionWeights(context, w), bias: bias && context.plain(bias) },
    { kernel_shape: [k, k], pads: [half, half, half, half] },
    fusion,
  );
  return { layout: 'blocked', tensor };
}

/**
 * A 1×1 convolution to few channels (the head) as matrix products `[o, B]`·`[B, pixels]`, one per block, whose sum
 * is a plain image.
 */
function fewOutputs({ emitter, block: B, blocked, plain }: BlockedContext, value: Value): Stored | null {
  const [x, w, bias] = value.inputs as [Value, Value, Value?];
  const { n, c, h, w: width } = imageShape('conv2d', x.shape);
  const o = w.shape[0]!;
  const rows = emitter.reshape(blocked(x), [n, c / B, h * width, B]);
  const byBlock = emitter.node('Transpose', [emitter.reshape(plain(w), [o, c / B, B])], { perm: [1, 0, 2] });
  const products = emitter.node('FusedMatMul', [byBlock, rows], { transB: 1 }, 'com.microsoft');
  const summed = emitter.node('ReduceSum', [products, emitter.ints([1])], { keepdims: 0 });
  const image = emitter.reshape(c === B ? products : summed, [n, o, h, width]);
  const tensor = bias ? emitter.node('Add', [image, emitter.reshape(plain(bias), [o, 1, 1])]) : image;
  return { layout: 'plain', tensor };
}

export function convWeightGradient(
  context: BlockedContext,
  value: Value<'convWeightGradient'>,
): Stored | null {
  const { emitter, block: B, plain } = context;
  const [x, g] = value.inputs as [Value, Value];
  const k = value.attributes.kernel;
  const half = (k - 1) / 2;
  const { n, c: i, h, w } = imageShape('convWeightGradient', x.shape);
  const o = g.shape[1]!;
  if (k === 1 && o < B && context.isBlocked(x)) return fewOutputsWeightGradient(context, value);
  const readable = i % B === 0 || i < B;
  if (o % B !== 0 || !readable || n >= B) return null;
  // One group per image of the batch where the weights are few beside the pixels: more and equal shares of work for the threads, shorter
  // sums, and the gradient need not be rearranged.
  const groups = h * w >= LARGE_PLANE ? n : 1;
  const weight =
    groups === 1 ? planesAsKernel(context, g) : emitter.reshape(context.blocked(g), [n * o, 1, h, w]);
  const conv = (image: string, dilations: readonly number[]): string => {
    const y = blockedConv(
      context,
      { image, weight },
      { kernel_shape: [h, w], pads: [half, 0, half, 0], dilations, group: groups },
    );
    if (groups === 1) return y;
    const byGroup = emitter.reshape(y, [i < B ? i : i / B, groups, o * k * k * (i < B ? 1 : B)]);
    return emitter.node('ReduceSum', [byGroup, emitter.ints([1])], { keepdims: 0 });
  };
  if (i < B) {
    const swapped = emitter.node('Transpose', [plain(x)], { perm: [1, 0, 2, 3] });
    const padded = padRows(emitter, swapped, i * n * h, w, half);
    const y = conv(emitter.reshape(padded, [i, n, h, w + 2 * half]), [1, 1]);
    const parts = emitter.reshape(y, [i, o / B, k, k, B]);
    return weights(emitter.node('Transpose', [parts], { perm: [1, 4, 0, 2, 3] }));
  }
  const padded = padRows(emitter, channelsFirst(context, x), (i / B) * n * h, w * B, half * B);
  const y = conv(emitter.reshape(padded, [i / B, n, h, (w + 2 * half) * B]), [1, B]);
  return gradientToKernel(context, y, value);

  function weights(tensor: string): Stored {
    return { layout: 'plain', tensor: emitter.reshape(tensor, [o, i, k, k]) };
  }
}

/** Zeros before and after every row. Concat copies rows faster than Pad does; both use one thread. */
function padRows(
  emitter: BlockedContext['emitter'],
  tensor: string,
  rows: number,
  length: number,
  padding: number,
): string {
  if (padding === 0) return tensor;
  const zeros = emitter.floats(new Float32Array(rows * padding), [rows, padding]);
  return emitter.node('Concat', [zeros, emitter.reshape(tensor, [rows, length]), zeros], { axis: 1 });
}

/** A blocked image as `[c/B, n, h, w, B]`. */
function channelsFirst({ emitter, block: B, blocked }: BlockedContext, value: Value): string {
  const { n, c, h, w } = imageShape('convWeightGradient', value.shape);
  const moved = transposeRows(emitter, blocked(value), [n, c / B, h * w * B], [1, 0, 2]);
  return emitter.reshape(moved, [c / B, n, h, w, B]);
}

/** A blocked image as a kernel of the size of its planes: `[c, n, h, w]`, stored `[c/B, n, h, w, B]`. */
function planesAsKernel(context: BlockedContext, value: Value): string {
  const { n, c, h, w } = imageShape('convWeightGradient', value.shape);
  return context.emitter.reshape(channelsFirst(context, value), [c, n, h, w]);
}

/** The head's weight gradient: matrix products over pixels between a plain gradient and a blocked image. */
function fewOutputsWeightGradient(
  { emitter, block: B, blocked, plain }: BlockedContext,
  value: Value<'convWeightGradient'>,
): Stored {
  const [x, g] = value.inputs as [Value, Value];
  const { n, c: i, h, w } = imageShape('convWeightGradient', x.shape);
  const o = g.shape[1]!;
  // One product per row and not per plane: short sums lose fewer digits.
  const rows = emitter.reshape(emitter.node('Transpose', [plain(g)], { perm: [0, 2, 1, 3] }), [
    n,
    1,
    h,
    o,
    w,
  ]);
  const columns = emitter.reshape(blocked(x), [n, i / B, h, w, B]);
  const product = emitter.node('MatMul', [rows, columns]);
  const summed = emitter.node('ReduceSum', [product, emitter.ints([0, 2])], { keepdims: 0 });
  const tensor = emitter.node('Transpose', [summed], { perm: [1, 0, 2] });
  return { layout: 'plain', tensor: emitter.reshape(tensor, [o, i, 1, 1]) };
}

/** A 1×1 convolution to 4·o channels, ordered so that a Transpose lays them out as 2×2 blocks of pixels. */
export function upConv(context: BlockedContext, value: Value<'upConv'>): Stored | null {
  const { emitter, block: B, plain } = context;
  const [x, w, bias] = value.inputs as [Value, Value, Value?];
  const { n, c: i, h, w: width } = imageShape('upConv', x.shape);
  const o = w.shape[1]!;
  if (i % B !== 0 || o % B !== 0) return null;
  const blocks = emitter.reshape(plain(w), [i / B, B, o / B, B, 2, 2]);
  const ordered = emitter.node('Transpose', [blocks], { perm: [4, 5, 2, 0, 1, 3] });
  const four = bias && emitter.node('Concat', Array(4).fill(plain(bias)), { axis: 0 });
  const y = blockedConv(
    context,
    { image: context.blocked(x), weight: emitter.reshape(ordered, [4 * o, i, 1, 1]), bias: four },
    { kernel_shape: [1, 1] },
  );
  const pixels = transposeRows(emitter, y, [n, 2, 2, o / B, h, width, B], [0, 3, 4, 1, 5, 2, 6]);
  return { layout: 'blocked', tensor: emitter.reshape(pixels, [n, o, 2 * h, 2 * width]) };
}

export function downConv(context: BlockedContext, value: Value<'downConv'>, fusion: Fusion): Stored | null {
  const { emitter, block: B, plain } = context;
  const [y, w] = value.inputs as [Value, Value];
  if (!isBlockedConvolution(value, B)) return null;
  const [i, o] = w.shape as [number, number];
  const blocks = emitter.reshape(plain(w), [i / B, B, o / B, B, 2, 2]);
  const ordered = emitter.node('Transpose', [blocks], { perm: [0, 2, 4, 5, 3, 1] });
  const tensor = blockedConv(
    context,
    { image: context.blocked(y), weight: emitter.reshape(ordered, [i, o, 2, 2]) },
    { kernel_shape: [2, 2], strides: [2, 2] },
    fusion,
  );
  return { layout: 'blocked', tensor };
}

/** As `convWeightGradient`, with dilations that step over two pixels. */
export function upConvWeightGradient(
  context: BlockedContext,
  value: Value<'upConvWeightGradient'>,
): Stored | null {
  const { emitter, block: B } = context;
  const [x, g] = value.inputs as [Value, Value];
  const { n, c: i, h, w } = imageShape('upConvWeightGradient', x.shape);
  const o = g.shape[1]!;
  if (i % B !== 0 || o % B !== 0 || n >= B) return null;
  const image = emitter.reshape(channelsFirst(context, g), [o / B, n, 2 * h, 2 * w * B]);
  const y = blockedConv(
    context,
    { image, weight: planesAsKernel(context, x) },
    { kernel_shape: [h, w], dilations: [2, 2 * B] },
  );
  const parts = emitter.reshape(y, [o / B, i / B, 2, 2, B, B]);
  const ordered = emitter.node('Transpose', [parts], { perm: [1, 5, 0, 4, 2, 3] });
  return { layout: 'plain', tensor: emitter.reshape(ordered, [i, o, 2, 2]) };
}
