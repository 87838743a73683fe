/**
 * The training loop: batches in, the weights of the best validation out. It prepares the next batch while the step
 * runs, saves itself now and then, and goes on from a checkpoint as if it had never stopped.
 */
import type { Loss } from '../network/losses.ts';
import type { BatchSource } from './batches.ts';
import { type BestWeights, decodeCheckpoint, encodeCheckpoint, type RunState } from './checkpoint.ts';
import type { Trainer } from './trainer.ts';

/** A stretch of the training with one loss. */
export interface TrainingPhase {
  readonly loss: Loss;
  /** First step that is no longer in this phase. */
  readonly untilStep: number;
}

export interface TrainingRun {
  /** Makes a trainer for a loss; called once per phase. */
  readonly createTrainer: (loss: Loss) => Promise<Trainer>;
  readonly phases: readonly TrainingPhase[];
  /** Weights to begin with instead of the trainer's own. */
  readonly start?: BestWeights;
  readonly batches: BatchSource;
  /** Validation score of weights, lower is better. */
  readonly validate: (weights: BestWeights) => Promise<number>;
  readonly validateEvery: number;
  /** Validations without a better score after which the run ends; only the last phase counts. */
  readonly patience: number;
  /** Where the run saves itself. */
  readonly checkpoints?: CheckpointStore;
  readonly onStep?: (record: StepRecord) => void;
}

export interface CheckpointStore {
  /** In messages. */
  readonly name: string;
  load(): Promise<Uint8Array | undefined>;
  /** Replaces the last checkpoint, whole or not at all. */
  save(bytes: Uint8Array): Promise<void>;
}

/** A line of the training log. */
export interface StepRecord {
  /** Steps made, from 1. */
  readonly step: number;
  readonly loss: number;
  readonly msPerStep: number;
  /** Present at validations. */
  readonly validation?: number;
}

export interface TrainingResult {
  readonly best: BestWeights;
  readonly bestScore: number;
  readonly bestStep: number;
  readonly nSteps: number;
  /** Why it ended. */
  readonly ended: 'all-steps' | 'no-improvement';
}

/**
 * Trains to the end.
 * @throws NotFiniteError from the trainer, with the step and tensor; the last checkpoint stays.
 */
export async function train(run: TrainingRun): Promise<TrainingResult> {
  const saved = await run.checkpoints?.load();
  let state: RunState = saved
    ? decodeCheckpoint(saved, run.checkpoints!.name)
    : { bestScore: Number.POSITIVE_INFINITY, bestStep: 0, nWorse: 0 };
  const lastPhase = run.phases.at(-1)!;
  for (const phase of run.phases) {
    if ((state.trainer?.step ?? 0) >= phase.untilStep || hasStalled(run, state)) continue;
    const trainer = await run.createTrainer(phase.loss);
    try {
      if (state.trainer) trainer.restore(state.trainer);
      else if (run.start) trainer.restore({ ...trainer.state(), ...run.start });
      state = await runPhase(
        run,
        phase,
        trainer,
        phase === lastPhase ? state : { ...state, nWorse: 0 },
        phase === lastPhase,
      );
    } finally {
      await trainer.close();
    }
  }
  return {
    best: state.best!,
    bestScore: state.bestScore,
    bestStep: state.bestStep,
    nSteps: state.trainer!.step,
    ended: hasStalled(run, state) ? 'no-improvement' : 'all-steps',
  };
}

const hasStalled = (run: TrainingRun, state: RunState): boolean => state.nWorse >= run.patience;

async function runPhase(
  run: TrainingRun,
  phase: TrainingPhase,
  trainer: Trainer,
  start: RunState,
  isLast: boolean,
): Promise<RunState> {
  let state = start;
  let next = run.batches.batch(trainer.stepCount());
  while (trainer.stepCount() < phase.untilStep && !hasStalled(run, state)) {
    const begin = performance.now();
    const batch = await next;
    const stepping = trainer.step(batch);
    // The step computes in the runtime's threads meanwhile.
    next = run.batches.batch(trainer.stepCount() + 1);
    const loss = await stepping;
    const step = trainer.stepCount();
    const isDue = step % run.validateEvery === 0 || step === phase.untilStep;
    const record = { step, loss, msPerStep: performance.now() - begin };
    if (!isDue) {
      run.onStep?.(record);
      continue;
    }
    const { theta, statistics } = trainer.state();
    const validation = await run.validate({ theta, statistics });
    run.onStep?.({ ...record, validation });
    state = afterValidation(state, trainer, validation, isLast);
    await run.checkpoints?.save(encodeCheckpoint(state));
  }
  return state;
}

/** Scores of different losses cannot be compared, so the best weights are those of the last phase. */
function afterValidation(state: RunState, trainer: Trainer, score: number, isLast: boolean): RunState {
  const current = trainer.state();
  const { theta, statistics, step } = current;
  if (!isLast) return { ...state, trainer: current };
  if (score < state.bestScore)
    return { trainer: current, best: { theta, statistics }, bestScore: score, bestStep: step, nWorse: 0 };
  return { ...state, trainer: current, nWorse: state.nWorse + 1 };
}
