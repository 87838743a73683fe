/**
 * Numbers of an experiment, from the predictions that its tasks wrote: Table 2 against the target and the truth, the
 * agreement of pixels, and what the uncertainty is worth. A pure function of files; figures are drawn from its record.
 */
import { DataError } from '../../core/errors.ts';
import { type FileStore, readJson } from '../../core/file-store.ts';
import { createRandom } from '../../core/random.ts';
import { type BlandAltman, blandAltman, type Regression, regression } from '../../evaluate/agreement.ts';
import { type BootstrapInterval, bootstrapByPatient } from '../../evaluate/bootstrap.ts';
import { concatRoiPixels } from '../../evaluate/concat.ts';
import { type Histogram2d, histogram2d } from '../../evaluate/histogram2d.ts';
import { meanAndSd } from '../../evaluate/moments.ts';
import { pairMoments } from '../../evaluate/pair-moments.ts';
import { roiMeanRelativeError } from '../../evaluate/rmre.ts';
import type { Reference, RoiPixels } from '../../evaluate/roi-pixels.ts';
import { sliceErrorsMs, sliceUncertaintiesMs } from '../../evaluate/slice-error.ts';
import { METHODS } from '../../methods/index.ts';
import type { MethodName } from '../../methods/method.ts';
import { evaluateUncertainty, type UncertaintyEvaluation } from './evaluate-uncertainty.ts';
import { decodeRoiPixels } from './roi-file.ts';
import type { ExperimentRecord } from './run.ts';
import { paths, type TaskResult, taskId } from './run-task.ts';

/** Percent; mean and SD over slices, as the paper's Table 2 has them. */
export interface PercentSummary {
  readonly mean: number;
  readonly standardDeviation: number;
}

export interface RmreEvaluation extends PercentSummary {
  readonly byFold: readonly PercentSummary[];
  /** Of the mean, drawing patients. */
  readonly interval: BootstrapInterval;
}

/** One slice of one test patient. */
export interface SliceEvaluation {
  readonly id: string;
  readonly patient: string;
  readonly fold: number;
  readonly nPixels: number;
  readonly targetPercent: number;
  readonly truthPercent?: number;
  readonly errorMs: number;
  readonly uncertaintyMs?: number;
}

export interface MethodEvaluation {
  readonly method: MethodName;
  readonly title: string;
  readonly target: RmreEvaluation;
  /** Virtual patients only. */
  readonly truth?: RmreEvaluation;
  /** Pixels of all regions: prediction against target. */
  readonly blandAltman: BlandAltman;
  readonly regression: Regression;
  /** Counts of pixels by target (x) and prediction (y). */
  readonly scatter: Histogram2d;
  /** Counts by mean of both (x) and prediction − target (y). */
  readonly differences: Histogram2d;
  readonly slices: readonly SliceEvaluation[];
  readonly uncertainty?: UncertaintyEvaluation;
  readonly training: readonly (TaskResult['training'] & { readonly fold: number })[];
}

export interface ExperimentEvaluation {
  readonly schemaVersion: 1;
  readonly experiment: ExperimentRecord;
  readonly methods: readonly MethodEvaluation[];
}

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
  return { schemaVersion: 1, experiment, methods };
}

interface FoldPredictions {
  readonly test: RoiPixels;
  readonly validation: RoiPixels;
  readonly result: TaskResult;
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
    training: folds.flatMap(({ result }, fold) => (result.training ? [{ ...result.training, fold }] : [])),
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
