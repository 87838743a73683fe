/**
 * Chooses how a trainer's graph is written. The blocked kernels are several times faster but internal to ONNX Runtime,
 * so they are used only after one small step of the very network to be trained has given the same loss and gradient as
 * standard operators did.
 */
import { createRandom, type Random } from '../core/random.ts';
import type { SessionProvider, Tensor } from '../core/session.ts';
import { type Lowering, lower, STANDARD } from '../graph/lowering/lower.ts';
import { probeBlock } from '../graph/lowering/probe.ts';
import { encodeModel } from '../graph/onnx/model.ts';
import type { Loss } from '../network/losses.ts';
import { type Network, startingParameters } from '../network/network.ts';
import { toKernelOrder, toPlainOrder } from '../network/parameter-order.ts';
import { stepInputs, trainingStep } from '../network/training-step.ts';

/** Rounding moves a loss by about 1e-6. */
const LOSS_TOLERANCE = 1e-4;
/** Rounding flips the ReLU of a pixel near 0 now and then, which in a small batch moves the gradient by up to 1e-2. */
const GRADIENT_TOLERANCE = 5e-2;

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
    fault = await compare(question, blocked);
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

/** What differs between the two lowerings on a small batch, or null. */
async function compare(question: LoweringQuestion, blocked: Lowering): Promise<string | null> {
  const standard = await smallStep(question, STANDARD);
  const fast = await smallStep(question, blocked);
  const lossError = Math.abs(fast.loss - standard.loss) / Math.abs(standard.loss);
  const gradientError = relativeDifference(fast.gradient, standard.gradient);
  // Written so that a NaN fails.
  if (!(lossError <= LOSS_TOLERANCE))
    return `in the self-test the blocked kernels' loss was off by ${lossError.toPrecision(2)}`;
  return gradientError <= GRADIENT_TOLERANCE
    ? null
    : `in the self-test the blocked kernels' gradient was off by ${gradientError.toPrecision(2)}`;
}

async function smallStep(
  { provider, network, loss }: LoweringQuestion,
  lowering: Lowering,
): Promise<{ loss: number; gradient: Float32Array }> {
  const side = 2 * Math.max(network.divisor, 8);
  const size = { n: 2, h: side, w: side };
  const block = lowering.kind === 'blocked' ? lowering.block : undefined;
  const { program, gradient } = trainingStep({ network, loss, size, kernelBlock: block });
  const outputs = { loss: program.outputs['loss']!, gradient };
  const model = lower({ name: 'self-test', outputs }, lowering);
  const session = await provider.createSession(encodeModel(model));
  try {
    const result = await session.run(randomFeeds(network, block, model.graph.inputs));
    const flat = result['gradient']!.data as Float32Array;
    const plain = block === undefined ? flat : toPlainOrder(network, flat, block);
    return { loss: Number(result['loss']!.data[0]), gradient: plain };
  } finally {
    await session.close();
  }
}

/** The network's own starting weights, and standard normal numbers for everything else. */
function randomFeeds(
  network: Network,
  block: number | undefined,
  inputs: readonly { readonly name: string; readonly dims: readonly (number | string)[] }[],
): Record<string, Tensor> {
  const random = createRandom('lowering self-test');
  const feeds = inputs.map(({ name, dims }): [string, Tensor] => {
    const shape = dims.map(Number);
    const length = shape.reduce((product, n) => product * n, 1);
    const stream = random.fork(name);
    const data =
      name === stepInputs.theta
        ? startingTheta(network, stream, block)
        : Float32Array.from({ length }, () => stream.normal());
    return [name, { type: 'float32', dims: shape, data }];
  });
  return Object.fromEntries(feeds);
}

function startingTheta(network: Network, random: Random, block: number | undefined): Float32Array {
  const theta = startingParameters(network, random);
  return block === undefined ? theta : toKernelOrder(network, theta, block);
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
