/**
 * Chooses how a trainer's graph is written. The blocked kernels are several times faster but internal to ONNX Runtime,
 * so they are used only after one small step of the very network to be trained has given the same loss and gradient as
 * standard operators did.
 */
import { createRandom, type Random } from '../core/random.ts';
import type { SessionProvider, Tensor } from '../core/session.ts';
import { type Lowering, layoutOf, lower, STANDARD } from '../graph/lowering/lower.ts';
import { probeBlock } from '../graph/lowering/probe.ts';
import { encodeModel, type OnnxValueInfo } from '../graph/onnx/model.ts';
import { clearCutParameters } from '../network/clear-cut.ts';
import type { Loss } from '../network/losses.ts';
import type { Network } from '../network/network.ts';
import { fromLayout, toLayout } from '../network/parameter-order.ts';
import { stepInputs, trainingStep } from '../network/training-step.ts';

/** Largest relative error of loss and gradient; with weights that leave no ReLU near zero, rounding is below 1e-5. */
const TOLERANCE = 1e-4;
/**
 * Draws of weights and batch, of which one must agree. Two numbers of a pooling window may still be within rounding of
 * each other, in few draws; a wrong kernel is wrong in every draw.
 */
const DRAWS = 3;

export interface LoweringChoice {
  readonly lowering: Lowering;
  /** One sentence for the log. */
  readonly reason: string;
}

export interface LoweringQuestion {
  readonly provider: SessionProvider;
  readonly network: Network;
  readonly loss: Loss;
}

export async function chooseLowering(question: LoweringQuestion): Promise<LoweringChoice> {
  const block = await probeBlock(question.provider);
  if (block === null)
    return {
      lowering: STANDARD,
      reason: `Training with standard operators: ${question.provider.description} has no blocked kernels.`,
    };
  const blocked: Lowering = { kind: 'blocked', block };
  let fault: string | null;
  try {
    fault = await faultOf(question, blocked);
  } catch (error) {
    fault = `the self-test failed (${error instanceof Error ? error.message : String(error)})`;
  }
  return fault
    ? { lowering: STANDARD, reason: `Training with standard operators: ${fault}.` }
    : {
        lowering: blocked,
        reason: `Training with blocked kernels of ${block} channels: the self-test agreed with standard operators.`,
      };
}

/** What differs between the two lowerings in every draw, or null. */
async function faultOf(question: LoweringQuestion, blocked: Lowering): Promise<string | null> {
  let fault: string | null = null;
  for (let draw = 0; draw < DRAWS; draw++) {
    fault = await compare(question, blocked, createRandom('lowering self-test').fork(draw));
    if (fault === null) return null;
  }
  return fault;
}

async function compare(
  question: LoweringQuestion,
  blocked: Lowering,
  random: Random,
): Promise<string | null> {
  const standard = await smallStep(question, STANDARD, random);
  const fast = await smallStep(question, blocked, random);
  const lossError = Math.abs(fast.loss - standard.loss) / Math.abs(standard.loss);
  const gradientError = relativeDifference(fast.gradient, standard.gradient);
  // Written so that a NaN fails.
  if (!(lossError <= TOLERANCE))
    return `in the self-test the blocked kernels' loss was off by ${lossError.toPrecision(2)}`;
  return gradientError <= TOLERANCE
    ? null
    : `in the self-test the blocked kernels' gradient was off by ${gradientError.toPrecision(2)}`;
}

async function smallStep(
  { provider, network, loss }: LoweringQuestion,
  lowering: Lowering,
  random: Random,
): Promise<{ loss: number; gradient: Float32Array }> {
  const side = 2 * Math.max(network.divisor, 8);
  const layout = layoutOf(lowering);
  const { program, gradient } = trainingStep({ network, loss, size: { n: 2, h: side, w: side }, layout });
  const outputs = { loss: program.outputs['loss']!, gradient };
  const model = lower({ name: 'self-test', outputs }, lowering);
  const theta = toLayout(network, clearCutParameters(network, random.fork(stepInputs.theta)), layout);
  const session = await provider.createSession(encodeModel(model));
  try {
    const result = await session.run(feedsOf(model.graph.inputs, theta, random));
    return {
      loss: Number(result['loss']!.data[0]),
      gradient: fromLayout(network, result['gradient']!.data as Float32Array, layout),
    };
  } finally {
    await session.close();
  }
}

/** `theta`, and standard normal numbers for everything else. */
function feedsOf(
  inputs: readonly OnnxValueInfo[],
  theta: Float32Array,
  random: Random,
): Record<string, Tensor> {
  const feeds = inputs.map(({ name, dims }): [string, Tensor] => {
    const shape = dims.map(Number);
    const length = shape.reduce((product, n) => product * n, 1);
    const stream = random.fork(name);
    const data = name === stepInputs.theta ? theta : Float32Array.from({ length }, () => stream.normal());
    return [name, { type: 'float32', dims: shape, data }];
  });
  return Object.fromEntries(feeds);
}

function relativeDifference(a: Float32Array, b: Float32Array): number {
  let difference = 0;
  let square = 0;
  for (let i = 0; i < a.length; i++) {
    difference += (a[i]! - b[i]!) ** 2;
    square += b[i]! ** 2;
  }
  return Math.sqrt(difference / square);
}
