/** What happens to weights in kernel order (`kernel-order.ts`) on their way from the flat vector and back. */
import type { Emitter } from '../primitive.ts';
import { type Shape, sizeOf } from '../shape.ts';
import { isOp, type Value } from '../value.ts';
import { type BlockedContext, blockedNode, type Stored } from './blocked-context.ts';
import { hasKernelOrder, kernelSource, kernelTarget } from './kernel-order.ts';
import { gatherRows, transposeRows } from './rows.ts';

export function plainToKernel(emitter: Emitter, tensor: string, [o, i, k]: Shape, B: number): string {
  const parts = emitter.reshape(tensor, [o! / B, B, i! / B, B, k!, k!]);
  const moved = emitter.node('Transpose', [parts], { perm: [0, 2, 4, 5, 3, 1] });
  return emitter.reshape(moved, [o!, i!, k!, k!]);
}

export function kernelToPlain(emitter: Emitter, tensor: string, [o, i, k]: Shape, B: number): string {
  const parts = emitter.reshape(tensor, [o! / B, i! / B, k!, k!, B, B]);
  const moved = emitter.node('Transpose', [parts], { perm: [0, 5, 1, 4, 2, 3] });
  return emitter.reshape(moved, [o!, i!, k!, k!]);
}

/** The two ends: a slice of the flat vector becomes weights, and their gradient becomes flat again. */
export function reshape(
  { emitter, block, plain, kernel, isKernel }: BlockedContext,
  value: Value,
): Stored | null {
  const source = kernelSource(value, block);
  if (source) return { layout: 'kernel', tensor: emitter.reshape(plain(source), value.shape) };
  const weights = kernelTarget(value, block);
  if (!weights || !isKernel(weights)) return null;
  return { layout: 'plain', tensor: emitter.reshape(kernel(weights), value.shape) };
}

/** Some input channels, for one part of a concatenation. */
export function slice(
  { emitter, block: B, kernel, isKernel }: BlockedContext,
  value: Value<'slice'>,
): Stored | null {
  const [w] = value.inputs;
  const { axis, start, end } = value.attributes;
  if (!isKernel(w!) || axis !== 1 || start % B !== 0 || end % B !== 0) return null;
  const [o, i, k] = w!.shape as [number, number, number];
  const rowLength = k * k * B * B;
  const rows = Array.from({ length: o / B }, (_, ob) =>
    Array.from({ length: (end - start) / B }, (__, ib) => (ob * i) / B + start / B + ib),
  );
  const tensor = gatherRows(emitter, kernel(w!), rowLength, sizeOf(w!.shape), rows.flat());
  return { layout: 'kernel', tensor: emitter.reshape(tensor, value.shape) };
}

/** Gradients of such parts, side by side again. */
export function concat(
  { emitter, block: B, kernel, isKernel }: BlockedContext,
  value: Value<'concat'>,
): Stored | null {
  const { inputs, attributes, shape } = value;
  if (attributes.axis !== 1 || !inputs.every(isKernel)) return null;
  const rows = inputs.map((w) =>
    emitter.reshape(kernel(w), [shape[0]! / B, (sizeOf(w.shape) * B) / shape[0]!]),
  );
  return { layout: 'kernel', tensor: emitter.reshape(emitter.node('Concat', rows, { axis: 1 }), shape) };
}

/**
 * Weights times one number per output channel. In kernel order the output channel is the innermost axis, as the channel of
 * a blocked image is, so this is `channelAffine` of an image of (i/B)·k·k·B pixels.
 */
export function mul(context: BlockedContext, value: Value<'mul'>): Stored | null {
  const [w, factor] = value.inputs as [Value, Value];
  const isPerChannel = isOp(factor, 'reshape') && String(factor.shape) === `${w.shape[0]},1,1,1`;
  if (!context.isKernel(w) || !isPerChannel) return null;
  const { emitter } = context;
  const o = w.shape[0]!;
  const image = emitter.reshape(context.kernel(w), [1, o, 1, sizeOf(w.shape) / o]);
  const scaled = blockedNode(context, [image, context.plain(factor)], { group: o, kernel_shape: [1, 1] });
  return { layout: 'kernel', tensor: emitter.reshape(scaled, w.shape) };
}

/** Whole kernels of B×B numbers change places, then each is transposed. */
export function flipKernel(
  { emitter, block: B, kernel, isKernel }: BlockedContext,
  value: Value<'flipKernel'>,
): Stored | null {
  const [w] = value.inputs;
  if (!isKernel(w!)) return null;
  const [o, i, k] = w!.shape as [number, number, number];
  const [ob, ib, kk] = [o / B, i / B, k * k];
  const rows = Array.from({ length: ib * ob * kk }, (_, row) => {
    const position = row % kk;
    const [b, a] = [Math.floor(row / kk) % ob, Math.floor(row / (kk * ob))];
    return (b * ib + a) * kk + (kk - 1 - position);
  });
  const moved = gatherRows(emitter, kernel(w!), B * B, sizeOf(w!.shape), rows);
  const squares = emitter.reshape(moved, [rows.length, B, B]);
  const turned = emitter.node('Transpose', [squares], { perm: [0, 2, 1] });
  return { layout: 'kernel', tensor: emitter.reshape(turned, value.shape) };
}

/** A weight gradient as the kernels give it, `[i/B, o/B, k, k, Bi, Bo]`. */
export function gradientToKernel(
  { emitter, block: B }: BlockedContext,
  tensor: string,
  { shape }: Value,
): Stored {
  const [o, i, k] = shape as [number, number, number];
  const moved = transposeRows(emitter, tensor, [i / B, o / B, k * k * B * B], [1, 0, 2]);
  return { layout: 'kernel', tensor: emitter.reshape(moved, shape) };
}

/** The tensor of weights for a convolution kernel: in kernel order, or for few input channels `[o/B, i, k, k, Bo]`. */
export function convolutionWeights({ emitter, block: B, plain, kernel }: BlockedContext, w: Value): string {
  if (hasKernelOrder(w.shape, B)) return kernel(w);
  const [o, i, k] = w.shape as [number, number, number];
  const blocks = emitter.reshape(plain(w), [o / B, B, i, k, k]);
  return emitter.reshape(emitter.node('Transpose', [blocks], { perm: [0, 2, 3, 4, 1] }), w.shape);
}
