/**
 * Slices that figures show, chosen by rule and never by hand: of the reference method's test slices, the one of median
 * RMRE, and those at the lower and upper quartile. Every finished method's map of them is predicted again.
 */
import { encodeExample } from '../../evaluate/example-file.ts';
import type {
  ExampleSlice,
  ExperimentEvaluation,
  MethodEvaluation,
  SliceEvaluation,
} from '../../evaluate/experiment-evaluation.ts';
import { METHODS } from '../../methods/index.ts';
import { isLearned, type MethodName } from '../../methods/method.ts';
import { msFromScaled } from '../../training/planes.ts';
import { taskId } from './plan.ts';
import { type ExperimentOptions, type ExperimentPorts, experimentContext } from './run.ts';
import { openModel, planesOf, predict } from './run-task.ts';

/** Where examples are kept. */
export const exampleFile = (name: string): string => `evaluation/examples/${name}.arrays`;

const RULES = [
  { name: 'median', quantile: 0.5 },
  { name: 'lower-quartile', quantile: 0.25 },
  { name: 'upper-quartile', quantile: 0.75 },
] as const;

/** The uncertainty's method where it is there, since its figures use the examples most; else the first. */
const referenceOf = ({ methods }: ExperimentEvaluation): MethodEvaluation =>
  methods.find(({ method }) => method === 'lbru') ?? methods[0]!;

/** Predicts and stores the examples of an evaluated experiment. */
export async function writeExamples(
  evaluation: ExperimentEvaluation,
  options: ExperimentOptions,
  ports: ExperimentPorts,
): Promise<void> {
  const reference = referenceOf(evaluation);
  const ranked = [...reference.slices].sort((a, b) => a.targetPercent - b.targetPercent);
  for (const { name, quantile } of RULES) {
    const chosen = ranked[Math.round(quantile * (ranked.length - 1))]!;
    const example = await predictExample(
      chosen,
      `${name} RMRE of ${reference.title}`,
      evaluation,
      options,
      ports,
    );
    await ports.store.write(exampleFile(name), encodeExample(example));
  }
}

async function predictExample(
  chosen: SliceEvaluation,
  rule: string,
  evaluation: ExperimentEvaluation,
  options: ExperimentOptions,
  ports: ExperimentPorts,
): Promise<ExampleSlice> {
  const context = experimentContext(options, ports);
  const slice = (await ports.dataSet.slices(chosen.patient)).find(
    ({ patientId, sliceIndex }) => `${patientId} slice ${sliceIndex + 1}` === chosen.id,
  )!;
  const planes = planesOf(slice, options.training);
  const mapsMs = new Map<string, Float32Array>();
  const scalesMs = new Map<string, Float32Array>();
  for (const { method: name } of evaluation.methods) {
    const method = METHODS[name as MethodName];
    const model = isLearned(method)
      ? await openModel(taskId(chosen.fold, method.name), method, context)
      : undefined;
    const { mapMs, scaleMs } = await predict(method, model, planes, slice);
    await model?.session.close();
    mapsMs.set(name, mapMs);
    if (scaleMs) scalesMs.set(name, scaleMs);
  }
  const thresholdMs = referenceOf(evaluation).uncertainty?.refinement.thresholdsMs[chosen.fold];
  return {
    id: chosen.id,
    rule,
    nRows: slice.nRows,
    nColumns: slice.nColumns,
    ...(slice.pixelMm !== undefined && { pixelMm: slice.pixelMm }),
    roi: slice.roi,
    images: { short: planes['image-short'], long: planes['image-long'] },
    targetMs: planes.target.map(msFromScaled),
    ...(slice.truthMs && { truthMs: slice.truthMs }),
    mapsMs,
    scalesMs,
    ...(thresholdMs !== undefined && { thresholdMs }),
  };
}
