/** One task of an experiment: train if the method learns, predict the validation and test patients, record. */
import { DataError } from '../../core/errors.ts';
import { type FileStore, readJson, writeJson } from '../../core/file-store.ts';
import { sha256 } from '../../core/hash.ts';
import type { RunRecord } from '../../core/run-record.ts';
import type { SessionProvider } from '../../core/session.ts';
import { VERSION } from '../../core/version.ts';
import { gatherRoiPixels, type RoiSlice } from '../../evaluate/roi-pixels.ts';
import { METHODS } from '../../methods/index.ts';
import {
  isLearned,
  type LearnedMethod,
  type Method,
  type Prediction,
  type TrainedModel,
} from '../../methods/method.ts';
import { predictSlice } from '../../methods/predict.ts';
import type { Fold } from '../../training/folds.ts';
import type { CreatePlaneStream } from '../../training/plane-stream.ts';
import { createPlaneFitter, msFromScaled, type SlicePlanes } from '../../training/planes.ts';
import type { StepRecord } from '../../training/train.ts';
import type { DataSet, DataSetSlice } from '../dataset.ts';
import { type ExperimentTask, taskId } from './plan.ts';
import { encodeRoiPixels } from './roi-file.ts';
import { trainNetwork } from './train-network.ts';
import type { TrainingOptions } from './training-options.ts';

export interface TaskContext {
  readonly dataSet: DataSet;
  readonly folds: readonly Fold[];
  readonly options: TrainingOptions;
  /** A model that trainings start from. */
  readonly init?: Uint8Array;
  readonly store: FileStore;
  readonly provider: SessionProvider;
  readonly createStream?: CreatePlaneStream;
  readonly runRecord?: () => RunRecord;
  readonly onStep?: (task: ExperimentTask, record: StepRecord) => void;
  readonly log?: (line: string) => void;
}

/** Everything a task's result depends on; a result with another one is stale. */
export interface TaskConfig {
  readonly schemaVersion: 1;
  readonly method: string;
  readonly patients: Fold;
  readonly data: string;
  readonly options: TrainingOptions;
  /** SHA-256 of the models it needed. */
  readonly needs: Readonly<Record<string, string>>;
  /** SHA-256 of the model that training started from. */
  readonly init?: string;
}

/** `result.json` of a task; written last, so its presence means the task is done. */
export interface TaskResult {
  readonly schemaVersion: 1;
  readonly rhomap: string;
  readonly config: TaskConfig;
  /** Absent for a method that does not learn. */
  readonly training?: {
    readonly bestStep: number;
    readonly bestScore: number;
    readonly nSteps: number;
    readonly ended: string;
    readonly seconds: number;
    readonly provider: string;
    readonly modelSha256: string;
    /** Of the process that finished it. */
    readonly ran?: RunRecord;
  };
}

/** Files of a task. */
export interface TaskPaths {
  readonly config: string;
  readonly log: string;
  readonly checkpoint: string;
  readonly model: string;
  readonly test: string;
  readonly validation: string;
  readonly result: string;
}

export const paths = (id: string): TaskPaths => ({
  config: `${id}/config.json`,
  log: `${id}/log.jsonl`,
  checkpoint: `${id}/checkpoint`,
  model: `${id}/model.onnx`,
  test: `${id}/predictions/test.rois`,
  validation: `${id}/predictions/validation.rois`,
  result: `${id}/result.json`,
});

/** Whether a task's result is there and was made from exactly what it would be made from now. */
export async function isDone(task: ExperimentTask, context: TaskContext): Promise<boolean> {
  const result = await readJson<TaskResult>(context.store, paths(task.id).result);
  if (!result) return false;
  return JSON.stringify(result.config) === JSON.stringify(await configOf(task, context));
}

export async function runTask(task: ExperimentTask, context: TaskContext): Promise<TaskResult> {
  const { store } = context;
  const config = await configOf(task, context);
  const method = METHODS[task.method];
  await discardOtherConfig(task, config, store);
  await writeJson(store, paths(task.id).config, config);
  const training = isLearned(method) ? await trainTask(task, method, context) : undefined;
  const model = isLearned(method) ? await openModel(task.id, method, context) : undefined;
  try {
    for (const part of ['validation', 'test'] as const) {
      const pixels = gatherRoiPixels(
        await predictPart(context, context.folds[task.fold]![part], method, model),
      );
      await store.write(paths(task.id)[part], encodeRoiPixels(pixels));
    }
  } finally {
    await model?.session.close();
  }
  const result: TaskResult = { schemaVersion: 1, rhomap: VERSION, config, ...(training && { training }) };
  await writeJson(store, paths(task.id).result, result);
  await store.remove(paths(task.id).checkpoint);
  return result;
}

async function configOf(
  task: ExperimentTask,
  { store, folds, options, dataSet, init }: TaskContext,
): Promise<TaskConfig> {
  const fold = folds[task.fold]!;
  const patients = [...fold.train, ...fold.validation, ...fold.test];
  const hashes: string[] = [];
  for (const id of patients) hashes.push(`${id} ${await dataSet.hash(id)}`);
  const needs: Record<string, string> = {};
  for (const id of task.needs) {
    const model = await store.read(paths(id).model);
    needs[id] = model ? await sha256(model) : 'missing';
  }
  const method = METHODS[task.method];
  // What only training reads must not make the rows that do not learn stale.
  const relevant = isLearned(method) ? options : { ...options, steps: 0, threads: 0 };
  return {
    schemaVersion: 1,
    method: task.method,
    patients: fold,
    data: await sha256(new TextEncoder().encode(hashes.join('\n'))),
    options: relevant,
    needs,
    ...(init && isLearned(method) && { init: await sha256(init) }),
  };
}

/** Work of another configuration cannot be continued: it is cleared away. */
async function discardOtherConfig(task: ExperimentTask, config: TaskConfig, store: FileStore): Promise<void> {
  const earlier = await readJson<TaskConfig>(store, paths(task.id).config);
  if (earlier && JSON.stringify(earlier) !== JSON.stringify(config)) await store.remove(task.id);
}

async function trainTask(
  task: ExperimentTask,
  method: LearnedMethod,
  context: TaskContext,
): Promise<NonNullable<TaskResult['training']>> {
  const { store, options, provider, folds } = context;
  const where = paths(task.id);
  const fold = folds[task.fold]!;
  const needsLbru = method.needs.includes('lbru');
  const lbru = needsLbru
    ? await openModel(taskId(task.fold, 'lbru'), METHODS.lbru as LearnedMethod, context)
    : undefined;
  let trainingMs = 0;
  let logged = Promise.resolve();
  try {
    const { model, result } = await trainNetwork({
      method,
      options,
      provider,
      train: await slicesOf(context, fold.train),
      validation: await slicesOf(context, fold.validation),
      ...(lbru && { lbru }),
      ...(context.init && { init: context.init }),
      ...(context.createStream && { createStream: context.createStream }),
      checkpoints: {
        name: where.checkpoint,
        load: () => store.read(where.checkpoint),
        save: async (bytes) => {
          // A run that goes on from here does not make these steps again: their lines must be there.
          await logged;
          await store.write(where.checkpoint, bytes);
        },
      },
      onStep: (record) => {
        trainingMs += record.msPerStep;
        context.onStep?.(task, record);
        logged = logged.then(() => store.appendLine(where.log, JSON.stringify(record)));
        // Whoever waits for the log hears of a full disk; a rejection that nobody awaits yet would end the process.
        logged.catch(() => {});
      },
      ...(context.log && { log: context.log }),
    });
    await logged;
    await store.write(where.model, model);
    return {
      ...result,
      seconds: trainingMs / 1000,
      provider: provider.description,
      modelSha256: await sha256(model),
      ...(context.runRecord && { ran: context.runRecord() }),
    };
  } finally {
    await lbru?.session.close();
  }
}

export async function openModel(
  id: string,
  method: LearnedMethod,
  context: TaskContext,
): Promise<TrainedModel> {
  const bytes = await context.store.read(paths(id).model);
  const session = await context.provider.createSession(bytes!, { threads: context.options.threads });
  return { session, inputs: method.inputs, output: context.options.predicts };
}

/** @throws DataError `experiment/no-coarse-times` for a patient without an image that the coarse map needs. */
async function slicesOf({ dataSet, options }: TaskContext, ids: readonly string[]): Promise<DataSetSlice[]> {
  const slices: DataSetSlice[] = [];
  for (const id of ids)
    for (const slice of await dataSet.slices(id)) {
      if (!options.coarseTslMs.every((tsl) => slice.tslMs.includes(tsl)))
        throw new DataError(
          'experiment/no-coarse-times',
          `${id} has images at TSL ${slice.tslMs.join(', ')} ms, but the coarse map needs ${options.coarseTslMs.join(' and ')} ms; choose others by --coarse-tsl-ms, or leave the patient out.`,
        );
      slices.push(slice);
    }
  return slices;
}

async function predictPart(
  context: TaskContext,
  ids: readonly string[],
  method: Method,
  model: TrainedModel | undefined,
): Promise<RoiSlice[]> {
  const predicted: RoiSlice[] = [];
  for (const id of ids)
    for (const slice of await slicesOf(context, [id])) {
      const planes = planesOf(slice, context.options);
      predicted.push(roiSlice(slice, planes, await predict(method, model, planes, slice)));
    }
  return predicted;
}

export const planesOf = (slice: DataSetSlice, options: TrainingOptions): SlicePlanes =>
  createPlaneFitter({ ...options, tslMs: slice.tslMs }, slice.nRows * slice.nColumns).planes(slice.contrasts);

/** Any method's prediction of one slice. */
export async function predict(
  method: Method,
  model: TrainedModel | undefined,
  planes: SlicePlanes,
  { nRows, nColumns }: DataSetSlice,
): Promise<Prediction> {
  return isLearned(method)
    ? predictSlice(model!, planes, nRows, nColumns)
    : method.predict(planes, nRows, nColumns);
}

function roiSlice(slice: DataSetSlice, planes: SlicePlanes, { mapMs, scaleMs }: Prediction): RoiSlice {
  return {
    id: `${slice.patientId} slice ${slice.sliceIndex + 1}`,
    patient: slice.patientId,
    roi: slice.roi,
    predictedMs: mapMs,
    targetMs: planes.target.map(msFromScaled),
    ...(slice.truthMs && { truthMs: slice.truthMs }),
    ...(scaleMs && { sigmaMs: scaleMs }),
  };
}
