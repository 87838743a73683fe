/**
 * Per-channel sums and affine maps, pooling and the mask of ReLU with blocked kernels. A depthwise convolution does more
 * than its name says: with a 1×1 kernel it is an affine map per channel, with a kernel as large as the plane a dot
 * product, and with a steep HardSigmoid as its activation a comparison with 0.
 */
import { imageShape } from '../shape.ts';
import type { Value } from '../value.ts';
import {
  BLOCKED_DOMAIN,
  type BlockedContext,
  blockedConv,
  blockedNode,
  canBeBlocked,
  type Fusion,
  type Stored,
} from './blocked-context.ts';
import type { Attributes } from './emitter.ts';

/**
 * Rows that one accumulator sums. Over a whole plane of 256² a float32 accumulator loses up to 6·10⁻⁴ of the
 * gradient, over a few rows 10⁻⁶.
 */
const rowsPerSum = (h: number): number => (h % 4 === 0 ? 4 : h % 2 === 0 ? 2 : 1);

export function channelSum(context: BlockedContext, { inputs: [x] }: Value<'channelSum'>): Stored | null {
  if (!context.isBlocked(x!)) return null;
  const { emitter } = context;
  const { n, c, h, w } = imageShape('channelSum', x!.shape);
  const rows = rowsPerSum(h);
  const groups = emitter.reshape(context.blocked(x!), [1, (n * c * h) / rows, rows, w]);
  const means = emitter.node('GlobalAveragePool', [groups], {}, BLOCKED_DOMAIN);
  const mean = sumOfGroups(context, means, x!, h / rows);
  const count = emitter.floats(Float32Array.of(rows * w));
  return { layout: 'plain', tensor: emitter.node('Mul', [mean, count]) };
}

export function channelDot(context: BlockedContext, { inputs: [a, b] }: Value<'channelDot'>): Stored | null {
  if (!context.isBlocked(a!) && !context.isBlocked(b!)) return null;
  const { emitter, blocked } = context;
  const { n, c, h, w } = imageShape('channelDot', a!.shape);
  const rows = rowsPerSum(h);
  const groups = (n * c * h) / rows;
  const dots = blockedConv(
    context,
    {
      image: emitter.reshape(blocked(a!), [1, groups, rows, w]),
      weight: emitter.reshape(blocked(b!), [groups, 1, rows, w]),
    },
    { group: groups, kernel_shape: [rows, w] },
  );
  return { layout: 'plain', tensor: sumOfGroups(context, dots, a!, h / rows) };
}

/** `[n, c/B, groups, B]` to `[c]`. */
function sumOfGroups(
  { emitter, block: B }: BlockedContext,
  groups: string,
  image: Value,
  count: number,
): string {
  const [n, c] = image.shape as [number, number];
  const parts = emitter.reshape(groups, [n, c / B, count, B]);
  return emitter.reshape(emitter.node('ReduceSum', [parts, emitter.ints([0, 2])], { keepdims: 0 }), [c]);
}

export function channelAffine(
  context: BlockedContext,
  value: Value<'channelAffine'>,
  fusion: Fusion,
): Stored | null {
  const [x, scale, shift] = value.inputs as [Value, Value, Value?];
  if (!canBeBlocked(value, context.block)) return null;
  const c = x.shape[1]!;
  const weight = context.emitter.reshape(context.plain(scale), [c, 1, 1, 1]);
  const tensor = blockedConv(
    context,
    { image: context.blocked(x), weight, bias: shift && context.plain(shift) },
    { group: c, kernel_shape: [1, 1] },
    fusion,
  );
  return { layout: 'blocked', tensor };
}

/** HardSigmoid(αx + β) = min(1, max(0, αx + β)): for β = 0 and a huge α, 1 where x > 0 and 0 elsewhere. */
const STEEP = 1e30;

const hardSigmoid = (alpha: number, beta: number): Attributes => ({
  activation: 'HardSigmoid',
  activation_params: { floats: [alpha, beta] },
});

export function reluGradient(context: BlockedContext, value: Value<'reluGradient'>): Stored | null {
  const [y, g] = value.inputs as [Value, Value];
  const { emitter } = context;
  if (!context.isBlocked(y) || !canBeBlocked(value, context.block)) return null;
  const c = y.shape[1]!;
  const weight = emitter.floats(new Float32Array(c).fill(1), [c, 1, 1, 1]);
  const mask = blockedConv(
    context,
    { image: context.blocked(y), weight },
    { group: c, kernel_shape: [1, 1], ...hardSigmoid(STEEP, 0) },
  );
  return { layout: 'blocked', tensor: emitter.node('Mul', [context.blocked(g), mask]) };
}

const POOL = {
  kernel_shape: [2, 2],
  strides: [2, 2],
  pads: [0, 0, 0, 0],
  auto_pad: 'NOTSET',
  dilations: [1, 1],
  ceil_mode: 0,
  storage_order: 0,
};

export function maxPool(context: BlockedContext, { inputs: [x] }: Value<'maxPool'>): Stored | null {
  if (!context.isBlocked(x!)) return null;
  const tensor = context.emitter.node('MaxPool', [context.blocked(x!)], POOL, BLOCKED_DOMAIN);
  return { layout: 'blocked', tensor };
}

export function upsample(context: BlockedContext, { inputs: [x] }: Value<'upsample'>): Stored | null {
  return context.isBlocked(x!) ? { layout: 'blocked', tensor: repeated(context, x!) } : null;
}

function repeated({ emitter, blocked }: BlockedContext, x: Value): string {
  const attributes = { scales: [1, 1, 2, 2], mode: 'nearest' };
  return emitter.node('Upsample', [blocked(x)], attributes, BLOCKED_DOMAIN);
}

/** x ≤ its block's largest, m: the mask HardSigmoid(1 − α(m − x)) is 1 where they are equal and 0 elsewhere. */
export function maxPoolGradient(context: BlockedContext, value: Value<'maxPoolGradient'>): Stored | null {
  const [x, y, g] = value.inputs as [Value, Value, Value];
  const { emitter, block } = context;
  if (!context.isBlocked(x) || !canBeBlocked(y, block)) return null;
  const c = x.shape[1]!;
  const inputs = [context.blocked(x), emitter.floats(new Float32Array(c).fill(-1), [c, 1, 1, 1])];
  const attributes = { group: c, kernel_shape: [1, 1], ...hardSigmoid(-STEEP, 1) };
  const mask = blockedNode(context, [...inputs, '', repeated(context, y)], attributes);
  return { layout: 'blocked', tensor: emitter.node('Mul', [repeated(context, g), mask]) };
}
