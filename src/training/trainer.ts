/**
 * Trains any network on any loss, one batch at a time. The whole step (forward, gradient, Adam) is one ONNX graph; this
 * file feeds it, keeps what it returns, and stops at the first number that is not finite. Where batches come from,
 * when to stop and what to save is the caller's.
 */
import { OptionError, RhomapError, ShapeError } from '../core/errors.ts';
import { createRandom } from '../core/random.ts';
import type { Session, SessionProvider, Tensor } from '../core/session.ts';
import { type Lowering, layoutOf, lower } from '../graph/lowering/lower.ts';
import { encodeModel } from '../graph/onnx/model.ts';
import type { ParameterLayout } from '../graph/parameter-layout.ts';
import { type AdamOptions, adamScalars } from '../network/adam.ts';
import type { Loss } from '../network/losses.ts';
import { type Network, parameterCount, startingParameters, startingStatistics } from '../network/network.ts';
import { fromLayout, toLayout } from '../network/parameter-order.ts';
import { type BatchSize, STATE_NAMES, type StateName, trainingStep } from '../network/training-step.ts';
import { firstNonFinite } from './trainer-debug.ts';
import { chooseLowering } from './trainer-lowering.ts';
import { decodeTrainerState, encodeTrainerState, type TrainerState } from './trainer-state.ts';

export interface TrainerOptions {
  readonly provider: SessionProvider;
  readonly network: Network;
  readonly loss: Loss;
  readonly optimiser: AdamOptions;
  /** Draws the starting weights. */
  readonly seed: number | string;
  /** Absent: the faster one that passes a self-test (`trainer-lowering.ts`). */
  readonly lowering?: Lowering;
  /** Threads inside one operator; the runtime's default where absent. */
  readonly threads?: number;
  /** Weight of a new batch in the running statistics of batch normalisation; default 0.1. */
  readonly momentum?: number;
  /** Is told, in one line, which lowering runs and why. */
  readonly log?: (line: string) => void;
}

export interface Batch {
  /** `[n, inputChannels, h, w]` */
  readonly image: Float32Array;
  /** The maps that the loss names, `[n, 1, h, w]` each. */
  readonly maps: Readonly<Record<string, Float32Array>>;
  readonly size: BatchSize;
}

export interface Trainer {
  readonly lowering: Lowering;
  /** Steps made so far. */
  stepCount(): number;
  /**
   * Makes one step and returns the loss before it.
   * @throws NotFiniteError `trainer/not-finite`; weights are then those before the step.
   * @throws ShapeError if an array does not fit the batch's size, or the size the network.
   */
  step(batch: Batch): Promise<number>;
  /** Weights, moments, running statistics and step count: everything that the next step depends on. */
  state(): TrainerState;
  /** The same as bytes, for a checkpoint file. */
  stateBytes(): Uint8Array;
  /** Goes on from a state, given as a record or as bytes. @throws FormatError or OptionError if it does not fit. */
  restore(state: TrainerState | Uint8Array): void;
  /** Frees the sessions. The state stays readable. */
  close(): Promise<void>;
}

/** Loss or gradient is not a finite number. */
export class NotFiniteError extends RhomapError {}

/** A run alternates between a full batch and a smaller last one; a third size replaces the one unused longest. */
const SESSION_LIMIT = 2;

export async function createTrainer(options: TrainerOptions): Promise<Trainer> {
  const { network, optimiser } = options;
  const { lowering, reason } = options.lowering
    ? { lowering: options.lowering, reason: `Training with ${options.lowering.kind} operators, as asked.` }
    : await chooseLowering(options);
  options.log?.(reason);
  const sessions = createSessionCache(options, lowering);
  const layout = layoutOf(lowering);
  /** Its flat vectors are in the order that the step's graph wants. */
  let state = reordered(startingState(options), network, layout, toLayout);
  const plainState = (): TrainerState => reordered(state, network, layout, fromLayout);
  let busy = false;

  const advance = async (batch: Batch): Promise<number> => {
    const step = state.step + 1;
    const feeds = feedsOf(options, state, batch, adamScalars(optimiser, step));
    const session = await sessions.get(batch.size);
    const result = await session.run(feeds);
    const [loss, norm] = [scalarOf(result['loss']!), scalarOf(result['gradientNorm']!)];
    if (!Number.isFinite(loss) || !Number.isFinite(norm)) {
      const culprit = await firstNonFinite(options, layout, batch.size, feeds);
      throw new NotFiniteError(
        'trainer/not-finite',
        `Training stopped at step ${step}: loss ${loss}, gradient norm ${norm}; the first tensor that is not finite is ${culprit}. Lower the learning rate or check the batch.`,
      );
    }
    const next = (name: StateName): Float32Array => result[`next.${name}`]!.data as Float32Array;
    state = { step, theta: next('theta'), m: next('m'), v: next('v'), statistics: next('statistics') };
    return loss;
  };

  return {
    lowering,
    stepCount: () => state.step,
    async step(batch) {
      if (busy)
        throw new OptionError('trainer/busy', 'A step is still running: await it before the next one.');
      checkBatch(options, batch);
      busy = true;
      try {
        return await advance(batch);
      } finally {
        busy = false;
      }
    },
    state: plainState,
    stateBytes: () => encodeTrainerState(plainState(), network),
    restore(from) {
      state = reordered(decodeTrainerState(from, network), network, layout, toLayout);
    },
    close: () => sessions.close(),
  };
}

function startingState({ network, seed }: TrainerOptions): TrainerState {
  const theta = startingParameters(network, createRandom(seed).fork('weights'));
  const zeros = (): Float32Array => new Float32Array(parameterCount(network));
  return { step: 0, theta, m: zeros(), v: zeros(), statistics: startingStatistics(network) };
}

/** A copy of the state, with θ, m and v in another order. */
function reordered(
  state: TrainerState,
  network: Network,
  layout: ParameterLayout,
  reorder: typeof toLayout,
): TrainerState {
  const copy = (flat: Float32Array): Float32Array => reorder(network, flat, layout);
  const { step, theta, m, v, statistics } = state;
  return { step, theta: copy(theta), m: copy(m), v: copy(v), statistics: statistics.slice() };
}

function feedsOf(
  { network, loss }: TrainerOptions,
  state: TrainerState,
  { image, maps, size: { n, h, w } }: Batch,
  { stepSize, epsilon }: { stepSize: number; epsilon: number },
): Record<string, Tensor> {
  const tensor = (data: Float32Array, dims: readonly number[] = [data.length]): Tensor => ({
    type: 'float32',
    dims,
    data,
  });
  return {
    ...Object.fromEntries(STATE_NAMES.map((name) => [name, tensor(state[name])])),
    image: tensor(image, [n, network.inputChannels, h, w]),
    ...Object.fromEntries(loss.maps.map((name) => [name, tensor(maps[name]!, [n, 1, h, w])])),
    stepSize: tensor(Float32Array.of(stepSize)),
    epsilon: tensor(Float32Array.of(epsilon)),
  };
}

const scalarOf = (tensor: Tensor): number => Number(tensor.data[0]);

function checkBatch({ network, loss }: TrainerOptions, { image, maps, size: { n, h, w } }: Batch): void {
  const pixels = n * h * w;
  const check = (name: string, data: Float32Array | undefined, channels: number): void => {
    if (data?.length !== channels * pixels)
      throw new ShapeError(
        'trainer/batch',
        `The batch's ${name} should have ${n}×${channels}×${h}×${w} numbers, but ${data ? `has ${data.length}` : 'is missing'}.`,
      );
  };
  check('image', image, network.inputChannels);
  for (const name of loss.maps) check(`map ${name}`, maps[name], 1);
}

interface SessionCache {
  get(size: BatchSize): Promise<Session>;
  close(): Promise<void>;
}

/** Sessions by batch size; a graph has its sizes built in. */
function createSessionCache(options: TrainerOptions, lowering: Lowering): SessionCache {
  const { provider, network, loss, optimiser, threads, momentum } = options;
  const sessions = new Map<string, Session>();
  return {
    async get(size) {
      const key = `${size.n}×${size.h}×${size.w}`;
      let session = sessions.get(key);
      if (!session) {
        const layout = layoutOf(lowering);
        const { program } = trainingStep({ network, loss, optimiser, size, momentum, layout });
        const bytes = encodeModel(lower(program, lowering));
        session = await provider.createSession(bytes, threads === undefined ? {} : { threads });
      }
      // A Map keeps the order of insertion, so its first key is the one unused longest.
      sessions.delete(key);
      sessions.set(key, session);
      for (const oldest of [...sessions.keys()].slice(0, -SESSION_LIMIT)) {
        await sessions.get(oldest)!.close();
        sessions.delete(oldest);
      }
      return session;
    },
    async close() {
      for (const session of sessions.values()) await session.close();
      sessions.clear();
    },
  };
}
