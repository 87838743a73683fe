/**
 * The whole experiment: folds, tasks in an order that respects what they need, and only those that are missing or stale.
 * Numbers and figures come from `evaluate-experiment.ts`, which reads what the tasks wrote.
 */
import { DataError, OptionError } from '../../core/errors.ts';
import { type FileStore, writeJson } from '../../core/file-store.ts';
import type { RunRecord } from '../../core/run-record.ts';
import type { SessionProvider } from '../../core/session.ts';
import { VERSION } from '../../core/version.ts';
import type { MethodName } from '../../methods/method.ts';
import { type Fold, makeFolds } from '../../training/folds.ts';
import type { CreatePlaneStream } from '../../training/plane-stream.ts';
import type { StepRecord } from '../../training/train.ts';
import type { DataSet } from '../dataset.ts';
import { createTask, type ExperimentTask, planExperiment } from './plan.ts';
import { isDone, paths, runTask, type TaskContext, type TaskResult } from './run-task.ts';
import type { TrainingOptions } from './training-options.ts';

export interface ExperimentOptions {
  readonly methods: readonly MethodName[];
  readonly nFolds: number;
  readonly nValidation: number;
  /** Seed of the folds. */
  readonly foldSeed: number;
  readonly training: TrainingOptions;
}

export interface ExperimentPorts {
  readonly dataSet: DataSet;
  readonly store: FileStore;
  readonly provider: SessionProvider;
  /** A model that trainings start from. */
  readonly init?: Uint8Array;
  /** Where slices are prepared; in the calling thread where absent. */
  readonly createStream?: CreatePlaneStream;
  /** When and on what a training ran, asked at its end. */
  readonly runRecord?: () => RunRecord;
  readonly onTask?: (task: ExperimentTask, index: number, total: number) => void;
  readonly onStep?: (task: ExperimentTask, record: StepRecord) => void;
  readonly log?: (line: string) => void;
}

export interface PlannedTask extends ExperimentTask {
  readonly isDone: boolean;
}

/** The tasks of an experiment, and which of them are done already. */
export async function planTasks(options: ExperimentOptions, ports: ExperimentPorts): Promise<PlannedTask[]> {
  const context = experimentContext(options, ports);
  const planned: PlannedTask[] = [];
  for (const task of planExperiment(options.methods, options.nFolds))
    planned.push({ ...task, isDone: await isDone(task, context) });
  return planned;
}

/**
 * Runs what is missing or stale.
 * @throws DataError `experiment/too-few` for fewer patients than folds need; what a task throws stops the run, and what
 *   was finished stays.
 */
export async function runExperiment(options: ExperimentOptions, ports: ExperimentPorts): Promise<void> {
  const context = experimentContext(options, ports);
  await writeJson(ports.store, 'experiment.json', await describeExperiment(options, ports, context.folds));
  const tasks = planExperiment(options.methods, options.nFolds);
  for (const [index, task] of tasks.entries()) {
    if (await isDone(task, context)) continue;
    ports.onTask?.(task, index, tasks.length);
    await runTask(task, context);
  }
}

/**
 * Runs one task of an experiment, whatever is done already, after checking that what it needs is there.
 * @throws OptionError `experiment/needs` if a model it needs has not been trained.
 */
export async function runOne(
  { method, fold }: Pick<ExperimentTask, 'method' | 'fold'>,
  options: ExperimentOptions,
  ports: ExperimentPorts,
): Promise<TaskResult> {
  const task = createTask(method, fold);
  const context = experimentContext(options, ports);
  for (const id of task.needs)
    if (!(await ports.store.read(paths(id).model)))
      throw new OptionError('experiment/needs', `${task.id} needs the model of ${id}; train that first.`);
  ports.onTask?.(task, 0, 1);
  return runTask(task, context);
}

/** Everything that defines an experiment. */
export interface ExperimentRecord {
  readonly schemaVersion: 1;
  readonly rhomap: string;
  readonly options: ExperimentOptions;
  readonly folds: readonly Fold[];
  readonly participants: DataSet['participants'];
  /** Information floors of all slices of a virtual cohort, percent; empty where the data set does not know them. */
  readonly floorPercents: readonly number[];
}

async function describeExperiment(
  options: ExperimentOptions,
  { dataSet }: ExperimentPorts,
  folds: readonly Fold[],
): Promise<ExperimentRecord> {
  const { participants } = dataSet;
  const floors = await Promise.all(participants.map(({ id }) => dataSet.floorPercents(id)));
  const floorPercents = floors.every((slices) => slices.length > 0) ? floors.flat() : [];
  return { schemaVersion: 1, rhomap: VERSION, options, folds, participants, floorPercents };
}

/** Folds and everything else that tasks share. @throws DataError as `runExperiment`. */
export function experimentContext(options: ExperimentOptions, ports: ExperimentPorts): TaskContext {
  const { dataSet, store, provider, init, createStream, runRecord, onStep, log } = ports;
  if (dataSet.participants.length < options.nFolds)
    throw new DataError(
      'experiment/too-few',
      `${dataSet.participants.length} patients cannot be split into ${options.nFolds} folds; add patients or lower --folds.`,
    );
  const folds = makeFolds(
    dataSet.participants.map(({ id, stage }) => ({ id, stratum: stage })),
    { nFolds: options.nFolds, nValidation: options.nValidation, seed: options.foldSeed },
  );
  return {
    dataSet,
    folds,
    options: options.training,
    store,
    provider,
    ...(init && { init }),
    ...(createStream && { createStream }),
    ...(runRecord && { runRecord }),
    ...(onStep && { onStep }),
    ...(log && { log }),
  };
}
