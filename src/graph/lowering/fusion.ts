/**
 * Which values the blocked lowering computes in one kernel. Its convolutions can add an image to their result and
 * apply ReLU before they write it, which saves a pass over memory each: relu(conv + image), where nothing else uses
 * the values in between. A decoder's two convolutions, batch normalisation with ReLU, and the sum of two gradients all
 * have this form.
 */
import { sameShape } from '../shape.ts';
import { isOp, type Value } from '../value.ts';
import { type Fusion, isBlockedConvolution } from './blocked-context.ts';

export interface FusionPlan {
  /** By the value that the fused kernel computes. */
  readonly fusions: ReadonlyMap<Value, Fusion>;
  /** Values that need no tensor of their own. */
  readonly absorbed: ReadonlySet<Value>;
}

export function planFusions(order: readonly Value[], outputs: readonly Value[], block: number): FusionPlan {
  const uses = countUses(order, outputs);
  const fusions = new Map<Value, Fusion>();
  const absorbed = new Set<Value>();
  const isFree = (value: Value): boolean => uses.get(value) === 1 && !absorbed.has(value);
  const take = (value: Value, by: Value, fusion: Fusion): void => {
    absorbed.add(value);
    fusions.delete(value);
    fusions.set(by, fusion);
  };
  for (const value of order) {
    if (isOp(value, 'add')) {
      const [a, b] = value.inputs as [Value, Value];
      const sameImage = sameShape(a.shape, b.shape);
      const conv = [b, a].find((x) => sameImage && isFree(x) && isBlockedConvolution(x, block));
      if (conv) take(conv, value, { root: conv, sum: conv === a ? b : a });
    } else if (isOp(value, 'relu')) {
      const x = value.inputs[0]!;
      const inner = fusions.get(x) ?? (isBlockedConvolution(x, block) ? { root: x } : null);
      if (inner && isFree(x)) take(x, value, { ...inner, relu: true });
    }
  }
  return { fusions, absorbed };
}

function countUses(order: readonly Value[], outputs: readonly Value[]): Map<Value, number> {
  const uses = new Map<Value, number>();
  for (const value of [...outputs, ...order.flatMap(({ inputs }) => inputs)])
    uses.set(value, (uses.get(value) ?? 0) + 1);
  return uses;
}
