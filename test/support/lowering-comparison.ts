/**
 * One training step in both lowerings, on the same numbers: how far loss and gradient lie apart, and how many decisions
 * fell differently. A decision is where a value's gradient jumps: which inputs a ReLU lets through, which pixel of a
 * window is the largest, on which side of its target an output lies.
 */
import { createRandom } from '../../src/core/random.ts';
import type { SessionProvider, Tensor } from '../../src/core/session.ts';
import { sign, sub, upsample } from '../../src/graph/build.ts';
import { type Lowering, layoutOf, lower, STANDARD } from '../../src/graph/lowering/lower.ts';
import { encodeModel } from '../../src/graph/onnx/model.ts';
import { isOp, topologicalOrder, type Value } from '../../src/graph/value.ts';
import type { Loss } from '../../src/network/losses.ts';
import { type Network, parametersByName } from '../../src/network/network.ts';
import { fromLayout, toLayout } from '../../src/network/parameter-order.ts';
import { type BatchSize, trainingStep } from '../../src/network/training-step.ts';

export interface ComparedStep {
  readonly provider: SessionProvider;
  readonly network: Network;
  readonly loss: Loss;
  readonly size: BatchSize;
  /** In NumPy's order. */
  readonly theta: Float32Array;
}

export interface Comparison {
  /** Difference of the losses. */
  readonly lossError: number;
  /** |g − h| / |h|, h being the gradient of standard operators. */
  readonly gradientError: number;
  /** Decisions that differ. */
  readonly nFlips: number;
}

export async function compareLowerings(step: ComparedStep, blocked: Lowering): Promise<Comparison> {
  const [standard, fast] = [await runStep(step, STANDARD), await runStep(step, blocked)];
  let [difference, square] = [0, 0];
  standard.gradient.forEach((g, i) => {
    difference += (fast.gradient[i]! - g) ** 2;
    square += g ** 2;
  });
  const nFlips = standard.decisions.reduce(
    (count, sides, k) => count + sides.reduce((n, side, i) => n + Number(side !== fast.decisions[k]![i]), 0),
    0,
  );
  return {
    lossError: Math.abs(fast.loss - standard.loss),
    gradientError: Math.sqrt(difference / square),
    nFlips,
  };
}

interface StepResult {
  readonly loss: number;
  /** In NumPy's order. */
  readonly gradient: Float32Array;
  readonly decisions: readonly Float32Array[];
}

async function runStep(step: ComparedStep, lowering: Lowering): Promise<StepResult> {
  const { provider, network, loss, size } = step;
  const layout = layoutOf(lowering);
  const { program, gradient } = trainingStep({ network, loss, size, layout });
  const lossValue = program.outputs['loss']!;
  const sides = decisionsOf(lossValue).map((value, k): [string, Value] => [`decision.${k}`, value]);
  const outputs = { loss: lossValue, gradient, ...Object.fromEntries(sides) };
  const model = encodeModel(lower({ name: 'comparison', outputs }, lowering));
  const session = await provider.createSession(model, { threads: 2 });
  const result = await session.run(feedsOf(step, toLayout(network, step.theta, layout)));
  await session.close();
  const floats = (name: string): Float32Array => result[name]!.data as Float32Array;
  return {
    loss: floats('loss')[0]!,
    gradient: fromLayout(network, floats('gradient'), layout),
    decisions: sides.map(([name]) => floats(name)),
  };
}

const decisionsOf = (loss: Value): Value[] =>
  topologicalOrder([loss]).flatMap((value) => {
    if (isOp(value, 'relu')) return [sign(value)];
    if (isOp(value, 'maxPool')) return [sign(sub(value.inputs[0]!, upsample(value)))];
    return isOp(value, 'abs') ? [sign(value.inputs[0]!)] : [];
  });

/** The image repeats: a large one has hardly more pooling windows that are nearly tied than a small one. */
const TILE = 32;

function feedsOf(
  { network, loss, size: { n, h, w } }: ComparedStep,
  theta: Float32Array,
): Record<string, Tensor> {
  const random = createRandom('batch');
  const tiles = Float32Array.from({ length: n * network.inputChannels * TILE ** 2 }, () => random.normal());
  const image = Float32Array.from({ length: n * network.inputChannels * h * w }, (_, i) => {
    const [plane, y, x] = [Math.floor(i / (h * w)), Math.floor(i / w) % h, i % w];
    return tiles[(plane * TILE + (y % TILE)) * TILE + (x % TILE)]!;
  });
  // Outputs of networks with a small head are below 3: no |error| is near its kink.
  const target = (): number => (random.uniform() < 0.5 ? -1 : 1) * (4 + random.uniform());
  const tensor = (dims: readonly number[], data: Float32Array): Tensor => ({ type: 'float32', dims, data });
  const map = (): Tensor => tensor([n, 1, h, w], Float32Array.from({ length: n * h * w }, target));
  return {
    theta: tensor([theta.length], theta),
    image: tensor([n, network.inputChannels, h, w], image),
    ...Object.fromEntries(loss.maps.map((name) => [name, map()])),
  };
}

/** The step's weights, but with one pixel of each channel that the ReLU behind `norm` lets through put on its kink. */
export async function onTheKink(step: ComparedStep, norm: string): Promise<Float32Array> {
  const { program } = trainingStep(step);
  const relu = topologicalOrder([program.outputs['loss']!]).find(({ label }) => label === norm)!;
  const model = lower({ name: 'a ReLU', outputs: { relu } }, STANDARD);
  const { theta, image } = feedsOf(step, step.theta) as { theta: Tensor; image: Tensor };
  const session = await step.provider.createSession(encodeModel(model), { threads: 2 });
  const result = await session.run({ theta, image });
  await session.close();
  const moved = step.theta.slice();
  const pixels = relu.shape[2]! * relu.shape[3]!;
  parametersByName(step.network, moved)
    .get(`${norm}.bias`)!
    .forEach((b, channel, bias) => {
      bias[channel] = b - Number(result['relu']!.data[channel * pixels]);
    });
  return moved;
}
