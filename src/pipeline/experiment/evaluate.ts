/**
 * Numbers of an experiment, from the predictions that its tasks wrote: Table 2 against the target and the truth, the
 * agreement of pixels, and what the uncertainty is worth. A pure function of files; figures are drawn from its record.
 */
import { DataError } from '../../core/errors.ts';
import { type FileStore, readJson } from '../../core/file-store.ts';
import { createRandom } from '../../core/random.ts';
import { meanAndSd } from '../../core/statistics.ts';
import { VERSION } from '../../core/version.ts';
import { blandAltman, regression } from '../../evaluate/agreement.ts';
import { bootstrapByPatient } from '../../evaluate/bootstrap.ts';
import { concatRoiPixels } from '../../evaluate/concat.ts';
import type {
  CurvePoint,
  ExperimentEvaluation,
  MethodEvaluation,
  RmreEvaluation,
  SliceEvaluation,
} from '../../evaluate/experiment-evaluation.ts';
import { histogram2d } from '../../evaluate/histogram2d.ts';
import { pairMoments } from '../../evaluate/pair-moments.ts';
import { roiMeanRelativeError } from '../../evaluate/rmre.ts';
import type { Reference, RoiPixels } from '../../evaluate/roi-pixels.ts';
import { sliceErrorsMs, sliceUncertaintiesMs } from '../../evaluate/slice-error.ts';
import { METHODS } from '../../methods/index.ts';
import type { MethodName } from '../../methods/method.ts';
import type { StepRecord } from '../../training/train.ts';
import { evaluateUncertainty } from './evaluate-uncertainty.ts';
import { taskId } from './plan.ts';
import { decodeRoiPixels } from './roi-file.ts';
import type { ExperimentRecord } from './run.ts';
import { paths, type TaskResult } from './run-task.ts';

const MAP_RANGE_MS = { low: 25, high: 65, nBins: 80 };
const DIFFERENCE_RANGE_MS = { low: -12, high: 12, nBins: 80 };

/**
 * Evaluates every method that is finished on all folds.
 * @throws DataError `evaluate/nothing` if there is none.
 */
export async function evaluateExperiment(store: FileStore): Promise<ExperimentEvaluation> {
  const experiment = await readJson<ExperimentRecord>(store, 'experiment.json');
  const methods: MethodEvaluation[] = [];
  for (const method of experiment?.options.methods ?? []) {
    const evaluation = await evaluateMethod(store, method, experiment!.options.nFolds);
    if (evaluation) methods.push(evaluation);
  }
  if (!experiment || methods.length === 0)
    throw new DataError(
      'evaluate/nothing',
      'The folder holds no method that is finished on all folds; run rhomap experiment first.',
    );
  const { participants, options, floorPercents } = experiment;
  return {
    schemaVersion: 1,
    rhomap: VERSION,
    participants,
    nFolds: options.nFolds,
    trainingOptions: { ...options.training },
    methods,
    ...(floorPercents.length > 0 && { floor: floorOf(floorPercents) }),
  };
}

function floorOf(percents: readonly number[]): NonNullable<ExperimentEvaluation['floor']> {
  const { mean, standardDeviation } = meanAndSd(Float64Array.from(percents));
  return { mean, standardDeviation, standardError: standardDeviation / Math.sqrt(percents.length) };
}

interface FoldPredictions {
  readonly test: RoiPixels;
  readonly validation: RoiPixels;
  readonly result: TaskResult;
  readonly curve: readonly CurvePoint[];
}

async function evaluateMethod(
  store: FileStore,
  method: MethodName,
  nFolds: number,
): Promise<MethodEvaluation | undefined> {
  const folds: FoldPredictions[] = [];
  for (let fold = 0; fold < nFolds; fold++) {
    const predictions = await readFold(store, taskId(fold, method));
    if (!predictions) return undefined;
    folds.push(predictions);
  }
  const all = concatRoiPixels(folds.map(({ test }) => test));
  const moments = pairMoments(all.targetMs, all.predictedMs);
  const means = all.targetMs.map((t, i) => (t + all.predictedMs[i]!) / 2);
  const differences = all.targetMs.map((t, i) => all.predictedMs[i]! - t);
  return {
    method,
    title: METHODS[method].title,
    target: rmre(folds, all, 'target'),
    ...(all.truthMs && { truth: rmre(folds, all, 'truth') }),
    blandAltman: blandAltman(moments),
    regression: regression(moments),
    scatter: histogram2d(all.targetMs, all.predictedMs, MAP_RANGE_MS, MAP_RANGE_MS),
    differences: histogram2d(means, differences, MAP_RANGE_MS, DIFFERENCE_RANGE_MS),
    slices: folds.flatMap(({ test }, fold) => sliceRows(test, fold)),
    ...(all.sigmaMs && { uncertainty: evaluateUncertainty(folds, all) }),
    training: folds.flatMap(({ result, curve }, fold) =>
      result.training ? [{ ...result.training, fold, curve }] : [],
    ),
  };
}

async function readFold(store: FileStore, id: string): Promise<FoldPredictions | undefined> {
  const where = paths(id);
  const result = await readJson<TaskResult>(store, where.result);
  const [test, validation] = [await store.read(where.test), await store.read(where.validation)];
  if (!result || !test || !validation) return undefined;
  return {
    result,
    test: decodeRoiPixels(test, where.test),
    validation: decodeRoiPixels(validation, where.validation),
    curve: thinCurve(await readLog(store, where.log)),
  };
}

function rmre(folds: readonly FoldPredictions[], all: RoiPixels, reference: Reference): RmreEvaluation {
  const { perSlice, mean, standardDeviation } = roiMeanRelativeError(all, reference);
  const interval = bootstrapByPatient(
    all.patients,
    (slices) => meanAndSd(Float64Array.from(slices, (s) => perSlice[s]!)).mean,
    {
      random: createRandom('rmre interval'),
    },
  );
  const byFold = folds.map(({ test }) => {
    const fold = roiMeanRelativeError(test, reference);
    return { mean: fold.mean, standardDeviation: fold.standardDeviation };
  });
  return { mean, standardDeviation, byFold, interval };
}

function sliceRows(pixels: RoiPixels, fold: number): SliceEvaluation[] {
  const target = roiMeanRelativeError(pixels, 'target').perSlice;
  const truth = pixels.truthMs && roiMeanRelativeError(pixels, 'truth').perSlice;
  const errors = sliceErrorsMs(pixels);
  const uncertainties = pixels.sigmaMs && sliceUncertaintiesMs(pixels);
  return pixels.sliceIds.map((id, s) => ({
    id,
    patient: pixels.patients[s]!,
    fold,
    nPixels: pixels.offsets[s + 1]! - pixels.offsets[s]!,
    targetPercent: target[s]!,
    ...(truth && { truthPercent: truth[s]! }),
    errorMs: errors[s]!,
    ...(uncertainties && { uncertaintyMs: uncertainties[s]! }),
  }));
}

async function readLog(store: FileStore, path: string): Promise<StepRecord[]> {
  const bytes = await store.read(path);
  const lines = bytes ? new TextDecoder().decode(bytes).trim().split('\n') : [];
  // A resumed training logs the steps since its checkpoint again: the later line counts.
  return [...new Map(lines.map((line) => JSON.parse(line) as StepRecord).map((r) => [r.step, r])).values()];
}

const CURVE_POINTS = 200;

/** Loss averaged over stretches of steps, with every validation kept. */
function thinCurve(records: readonly StepRecord[]): CurvePoint[] {
  const stretch = Math.max(1, Math.ceil(records.length / CURVE_POINTS));
  const points: CurvePoint[] = [];
  let [sum, n] = [0, 0];
  for (const { step, loss, validation } of records) {
    sum += loss;
    n++;
    if (n < stretch && validation === undefined) continue;
    points.push({ step, loss: sum / n, ...(validation !== undefined && { validation }) });
    [sum, n] = [0, 0];
  }
  return points;
}
