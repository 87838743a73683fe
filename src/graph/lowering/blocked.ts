/**
 * The lowering for CPUs: ONNX Runtime's blocked convolution kernels, named directly.
 *
 * These kernels keep an image `[n, c, h, w]` as `[n, c/B, h, w, B]`, so that one vector register holds B channels of a
 * pixel (B = 16 with AVX-512, 8 with AVX2). ONNX Runtime itself uses them only where weights are constant; our weights
 * are computed, so they are brought into the kernels' order by Reshape and Transpose at each run. Every value is
 * remembered in the layout in which it was made and converted only when a rule needs the other one. Element-by-element
 * primitives do not care about the order of elements and stay in the layout they find.
 *
 * The domain `com.microsoft.nchwc` is internal to ONNX Runtime: its version is pinned, and a self-test compares this
 * lowering with the standard one before it is used.
 */
import { primitiveOf } from '../ops/index.ts';
import { sameShape } from '../shape.ts';
import { topologicalOrder, type Value } from '../value.ts';
import {
  BLOCKED_DOMAIN,
  type BlockedContext,
  canBeBlocked,
  type Fusion,
  type Layout,
  type Stored,
} from './blocked-context.ts';
import { blockedRules } from './blocked-rules.ts';
import { kernelToPlain, plainToKernel } from './blocked-weights.ts';
import { emitStandard, type ModelEmitter } from './emitter.ts';
import { planFusions } from './fusion.ts';

/** Emits all values; the result gives the plain tensor of each. */
export function lowerBlocked(
  emitter: ModelEmitter,
  outputs: readonly Value[],
  block: number,
): (value: Value) => string {
  const tensors: Record<Layout, Map<Value, string>> = {
    plain: new Map(),
    blocked: new Map(),
    kernel: new Map(),
  };
  const context = createContext(emitter, block, tensors);
  const order = topologicalOrder(outputs);
  const { fusions, absorbed } = planFusions(order, outputs, block);
  for (const value of order) {
    if (absorbed.has(value)) continue;
    const stored = emitValue(context, value, fusions.get(value) ?? { root: value });
    tensors[stored.layout].set(value, stored.tensor);
  }
  return (value) => context.plain(value);
}

function createContext(
  emitter: ModelEmitter,
  block: number,
  tensors: Record<Layout, Map<Value, string>>,
): BlockedContext {
  const fromBlocked = (value: Value): string | undefined => {
    const tensor = tensors.blocked.get(value);
    return tensor && emitter.node('ReorderOutput', [tensor], { channels: value.shape[1]! }, BLOCKED_DOMAIN);
  };
  const fromKernel = (value: Value): string | undefined => {
    const tensor = tensors.kernel.get(value);
    return tensor && kernelToPlain(emitter, tensor, value.shape, block);
  };
  const plain = (value: Value): string =>
    tensors.plain.get(value) ?? fromBlocked(value) ?? fromKernel(value)!;
  return {
    emitter,
    block,
    plain,
    isBlocked: (value) => tensors.blocked.has(value),
    blocked: (value) =>
      tensors.blocked.get(value) ?? emitter.node('ReorderInput', [plain(value)], {}, BLOCKED_DOMAIN),
    isKernel: (value) => tensors.kernel.has(value),
    kernel: (value) => tensors.kernel.get(value) ?? plainToKernel(emitter, plain(value), value.shape, block),
  };
}

function emitValue(context: BlockedContext, value: Value, fusion: Fusion): Stored {
  const rule = blockedRules[fusion.root.op] as
    | ((context: BlockedContext, value: Value, fusion: Fusion) => Stored | null)
    | undefined;
  return rule?.(context, fusion.root, fusion) ?? elementwise(context, value) ?? standard(context, value);
}

/** Runs on blocked tensors whatever does not depend on the order of elements. */
function elementwise(context: BlockedContext, value: Value): Stored | null {
  const isScalar = (input: Value): boolean => input.shape.length === 0;
  const fits =
    primitiveOf(value.op).elementwise === true &&
    canBeBlocked(value, context.block) &&
    value.inputs.some(context.isBlocked) &&
    value.inputs.every((x) => isScalar(x) || sameShape(x.shape, value.shape));
  if (!fits) return null;
  const inputs = value.inputs.map((x) => (isScalar(x) ? context.plain(x) : context.blocked(x)));
  return { layout: 'blocked', tensor: emitStandard(context.emitter, inputs, value) };
}

function standard({ emitter, plain }: BlockedContext, value: Value): Stored {
  const tensor = emitStandard(emitter, value.inputs.map(plain), value);
  return { layout: 'plain', tensor };
}
