/**
 * One training: slices of a fold and a method in, a model file out. Follow it down: `training/train.ts` (the loop) →
 * `training/trainer.ts` (a step) → `network/training-step.ts` (the graph).
 */
import { OptionError } from '../../core/errors.ts';
import type { SessionProvider } from '../../core/session.ts';
import { VERSION } from '../../core/version.ts';
import { processLogScale } from '../../methods/lbudr.ts';
import type { LearnedMethod, TrainedModel } from '../../methods/method.ts';
import { modelMetadata, type TrainingRecord } from '../../methods/model-info.ts';
import { runNetwork } from '../../methods/predict.ts';
import { adam } from '../../network/adam.ts';
import { exportInferenceModel, readInferenceModel } from '../../network/export.ts';
import type { Network } from '../../network/network.ts';
import { createUnet } from '../../network/unet.ts';
import { createBatchSource } from '../../training/batches.ts';
import type { BestWeights } from '../../training/checkpoint.ts';
import { type CreatePlaneStream, createPlaneStream } from '../../training/plane-stream.ts';
import { type ContrastSlice, createPlaneFitter, type SlicePlanes } from '../../training/planes.ts';
import { type CheckpointStore, type StepRecord, type TrainingResult, train } from '../../training/train.ts';
import { createTrainer } from '../../training/trainer.ts';
import type { TrainingOptions } from './training-options.ts';

/** Where S starts: a Laplace scale of 2 ms, the size of a two-image map's errors; a start of 0 would mean 40 ms. */
const START_LOG_SCALE = Math.log(2 / 40);

/** Starts a correction near zero, so that training begins at the coarse map and not at noise. */
const CORRECTION_HEAD_GAIN = 0.01;

export interface NetworkTask {
  readonly method: LearnedMethod;
  readonly options: TrainingOptions;
  readonly provider: SessionProvider;
  readonly train: readonly ContrastSlice[];
  readonly validation: readonly ContrastSlice[];
  /** The finished LBRU of the same fold, where the method needs it. */
  readonly lbru?: TrainedModel;
  /** A model to go on from (fine-tuning), instead of random weights. */
  readonly init?: Uint8Array;
  /** Where slices are prepared; in this thread where absent. */
  readonly createStream?: CreatePlaneStream;
  readonly checkpoints?: CheckpointStore;
  readonly onStep?: (record: StepRecord) => void;
  readonly log?: (line: string) => void;
}

export interface TrainedNetworkFile {
  readonly model: Uint8Array;
  readonly result: Omit<TrainingResult, 'best'>;
}

export async function trainNetwork(task: NetworkTask): Promise<TrainedNetworkFile> {
  const { method, options, provider } = task;
  const network = createUnet({
    inputChannels: method.inputs.length,
    outputChannels: method.outputChannels,
    widths: options.widths,
    ...(options.predicts === 'correction' && { headGain: CORRECTION_HEAD_GAIN }),
    ...(method.outputChannels === 2 && { headBias: [0, START_LOG_SCALE] }),
  });
  const start = task.init && startFrom(task.init, network);
  const optimiser = adam({ learningRate: learningRate(options) });
  const validation = validationPlanes(task);
  const logScales = method.needs.includes('lbru') ? await logScaleSource(task, validation) : undefined;
  const stream = (task.createStream ?? createPlaneStream)(task.train, {
    batchSize: options.batchSize,
    augmentation: { maxAngleDegrees: options.maxAngleDegrees, maxShiftPixels: options.maxShiftPixels },
    seed: options.seed,
    coarseTslMs: options.coarseTslMs,
    cutoffMs: options.cutoffMs,
  });
  try {
    const { best, ...result } = await train({
      createTrainer: (loss) =>
        createTrainer({
          provider,
          network,
          loss,
          optimiser,
          seed: options.seed,
          threads: options.threads,
          ...(task.log && { log: task.log }),
        }),
      phases: method
        .losses({ scale: options.scale, weighted: options.lossOver === 'body' })
        .map(({ loss, untilShare }) => ({ loss, untilStep: Math.round(untilShare * options.steps) })),
      batches: createBatchSource(stream, {
        inputs: method.inputs,
        output: options.predicts,
        lossOver: options.lossOver,
        nRows: task.train[0]!.nRows,
        nColumns: task.train[0]!.nColumns,
        ...(logScales && { extraMaps: async (planes) => ({ logScale: await logScales(planes) }) }),
      }),
      ...(start && { start }),
      validate: (weights) => validate(task, network, weights, validation),
      validateEvery: options.validateEvery,
      patience: options.patience,
      ...(task.checkpoints && { checkpoints: task.checkpoints }),
      ...(task.onStep && { onStep: task.onStep }),
    });
    const metadata = modelMetadata({
      method,
      inputs: method.inputs,
      output: options.predicts,
      ...{ coarseTslMs: options.coarseTslMs, cutoffMs: options.cutoffMs, imageSize: options.imageSize },
      pixelMm: task.train[0]!.pixelMm ?? null,
      training: trainingRecord(task, result),
    });
    return { model: exportInferenceModel(network, best, { metadata }), result };
  } finally {
    await stream.close();
  }
}

/**
 * @throws OptionError `training/other-network` if the model is another network than the one to be trained.
 */
function startFrom(init: Uint8Array, network: Network): BestWeights {
  const given = readInferenceModel(init, '--init');
  if (JSON.stringify(given.network.options) !== JSON.stringify(network.options))
    throw new OptionError(
      'training/other-network',
      `The model to start from is ${JSON.stringify(given.network.options)}, but ${JSON.stringify(network.options)} is to be trained; choose the method and widths it was made with.`,
    );
  return given;
}

const trainingRecord = (
  { train, options }: NetworkTask,
  { bestStep, nSteps }: Omit<TrainingResult, 'best'>,
): TrainingRecord => ({
  rhomap: VERSION,
  nPatients: new Set(train.map(({ patientId }) => patientId)).size,
  nSlices: train.length,
  ...{ bestStep, nSteps, options: { ...options } },
});

/** A half cosine from the full rate to a hundredth of it, or the full rate throughout. */
function learningRate({
  schedule,
  learningRate: full,
  steps,
}: TrainingOptions): number | ((step: number) => number) {
  if (schedule === 'constant') return full;
  const low = 0.01 * full;
  return (step) => low + 0.5 * (full - low) * (1 + Math.cos((Math.PI * Math.min(step, steps)) / steps));
}

interface ValidationSlice {
  readonly slice: ContrastSlice;
  readonly planes: SlicePlanes;
}

function validationPlanes({ validation, options }: NetworkTask): ValidationSlice[] {
  return validation.map((slice) => {
    const fitter = createPlaneFitter({ ...options, tslMs: slice.tslMs }, slice.nRows * slice.nColumns);
    return { slice, planes: fitter.planes(slice.contrasts) };
  });
}

/**
 * The method's own loss without augmentation, over the pixels of the readers' regions: mean of |error|, or of
 * exp(−S)·|error| + S, in scaled units. Regions, not whole images, because that is where a map is used.
 */
async function validate(
  task: NetworkTask,
  network: Network,
  weights: BestWeights,
  validation: readonly ValidationSlice[],
): Promise<number> {
  const session = await task.provider.createSession(exportInferenceModel(network, weights), {
    threads: task.options.threads,
  });
  const model: TrainedModel = { session, inputs: task.method.inputs, output: task.options.predicts };
  try {
    let [sum, n] = [0, 0];
    for (const { slice, planes } of validation) {
      const [output] = await runNetwork(model, [planes], slice.nRows, slice.nColumns);
      const { map, logScale } = output!;
      for (let p = 0; p < map.length; p++) {
        if (slice.roi[p] === 0) continue;
        const error = Math.abs(map[p]! - planes.target[p]!);
        sum += logScale ? Math.exp(-logScale[p]!) * error + logScale[p]! : error;
        n++;
      }
    }
    return sum / n;
  } finally {
    await session.close();
  }
}

/**
 * S̄ for equation 6. "Extremely low" is below a percentile of the finished LBRU's S over the pixels of the validation
 * regions: lower than the network is certain of almost any liver pixel.
 */
async function logScaleSource(
  { lbru, options, method }: NetworkTask,
  validation: readonly ValidationSlice[],
): Promise<(planes: readonly SlicePlanes[]) => Promise<Float32Array>> {
  if (!lbru)
    throw new OptionError(
      'training/needs-lbru',
      `${method.title} needs a finished LBRU of the same fold; train that first.`,
    );
  const { nRows, nColumns } = validation[0]!.slice;
  const threshold =
    options.certainPercentile === null
      ? null
      : await certainThreshold(lbru, options.certainPercentile, validation);
  return async (planes) => {
    const outputs = await runNetwork(lbru, planes, nRows, nColumns);
    const stacked = new Float32Array(planes.length * nRows * nColumns);
    outputs.forEach(({ logScale }, n) => {
      stacked.set(processLogScale(logScale!, planes[n]!, threshold), n * nRows * nColumns);
    });
    return stacked;
  };
}

async function certainThreshold(
  lbru: TrainedModel,
  percentile: number,
  validation: readonly ValidationSlice[],
): Promise<number> {
  const values: number[] = [];
  for (const { slice, planes } of validation) {
    const [output] = await runNetwork(lbru, [planes], slice.nRows, slice.nColumns);
    output!.logScale!.forEach((s, p) => {
      if (slice.roi[p] === 1) values.push(s);
    });
  }
  values.sort((a, b) => a - b);
  return values[Math.floor((percentile / 100) * (values.length - 1))]!;
}
