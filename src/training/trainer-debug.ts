/** After a NaN or infinity: runs the step again with its intermediate tensors as outputs and names the first bad one. */
import type { Tensor } from '../core/session.ts';
import { lower, STANDARD } from '../graph/lowering/lower.ts';
import { encodeModel } from '../graph/onnx/model.ts';
import type { ParameterLayout } from '../graph/parameter-layout.ts';
import { formatShape, sizeOf } from '../graph/shape.ts';
import { isOp, topologicalOrder, type Value } from '../graph/value.ts';
import { type BatchSize, trainingStep } from '../network/training-step.ts';
import type { TrainerOptions } from './trainer.ts';

/** Outputs of one debug run, in numbers: bounds the memory to 256 MB whatever the batch. */
const OUTPUTS_PER_RUN = 64 * 1024 * 1024;

/**
 * Describes the first value, in the order of computation, that is not finite although everything it is made from is.
 * Uses the standard lowering, whose tensors are the values themselves.
 */
export async function firstNonFinite(
  options: TrainerOptions,
  layout: ParameterLayout,
  size: BatchSize,
  feeds: Readonly<Record<string, Tensor>>,
): Promise<string> {
  const { program } = trainingStep({ ...options, size, layout });
  const values = topologicalOrder(Object.values(program.outputs)).filter((v) => v.type === 'float32');
  for (const group of groupsBySize(values)) {
    const outputs = Object.fromEntries(group.map((value, i) => [`value.${i}`, value]));
    const result = await runOnce(options, outputs, feeds);
    const bad = group.find((_, i) => !(result[`value.${i}`]!.data as Float32Array).every(Number.isFinite));
    if (bad) return describe(bad);
  }
  return 'none in the standard lowering: the fault is in the lowering that was used';
}

async function runOnce(
  { provider, threads }: TrainerOptions,
  outputs: Readonly<Record<string, Value>>,
  feeds: Readonly<Record<string, Tensor>>,
): Promise<Record<string, Tensor>> {
  const model = lower({ name: 'search for a NaN', outputs }, STANDARD);
  const session = await provider.createSession(encodeModel(model), threads === undefined ? {} : { threads });
  try {
    const used = model.graph.inputs.map(({ name }) => [name, feeds[name]!]);
    return await session.run(Object.fromEntries(used));
  } finally {
    await session.close();
  }
}

function groupsBySize(values: readonly Value[]): Value[][] {
  const groups: Value[][] = [[]];
  let total = 0;
  for (const value of values) {
    const size = sizeOf(value.shape);
    if (total + size > OUTPUTS_PER_RUN && total > 0) {
      groups.push([]);
      total = 0;
    }
    groups[groups.length - 1]!.push(value);
    total += size;
  }
  return groups;
}

function describe(value: Value): string {
  const what = isOp(value, 'input')
    ? `the input ${value.attributes.name}`
    : (value.label ?? `a result of ${value.op}`);
  const nearest = value.label ? undefined : value.inputs.find((input) => input.label)?.label;
  return `${what} ${formatShape(value.shape)}${nearest ? `, made from ${nearest}` : ''}`;
}
