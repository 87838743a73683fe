/** A methods and results paragraph for a paper, with this run's numbers; what the record does not know is left out. */

import { meanAndSd } from '../../core/statistics.ts';
import type { ExperimentEvaluation } from '../../evaluate/experiment-evaluation.ts';
import { fixed, interval, isKnown, list, pEquals, spread } from './format.ts';
import { hasUncertainty } from './judged.ts';

export function methodsText(evaluation: ExperimentEvaluation): string[] {
  return [
    dataText(evaluation),
    trainingText(evaluation),
    evaluationText(evaluation),
    resultsText(evaluation),
  ];
}

function dataText({ participants, nFolds, methods, trainingOptions }: ExperimentEvaluation): string {
  const ages = participants.map(({ ageYears }) => ageYears).filter(isKnown);
  const { mean, standardDeviation } = meanAndSd(Float64Array.from(ages));
  const age = ages.length > 0 ? `, aged ${spread(mean, standardDeviation, 1)} years,` : '';
  const sexes = participants.filter(({ sex }) => sex === 'F').length;
  const women = participants.some(({ sex }) => sex) ? ` (${sexes} women)` : '';
  const nSlices = methods[0]?.slices.length ?? 0;
  const kind = methods.some(({ truth }) => truth) ? 'virtual patients' : 'patients';
  const [a, b] = pairOf(trainingOptions['coarseTslMs']);
  const [low, high] = pairOf(trainingOptions['cutoffMs']);
  const size = trainingOptions['imageSize'];
  const resized = isKnown(size as number) ? ` after resizing to ${size} × ${size} pixels` : '';
  return `Spin-lock images of ${participants.length} ${kind}${women}${age} were used (${nSlices} slices with regions of interest). Target maps were fitted to the images of all spin-lock times, coarse maps to those at ${a} and ${b} ms, by non-linear least squares of S = S0·exp(−TSL/T1ρ)${resized}; values were clamped to ${low}–${high} ms. Patients were split into ${nFolds} folds, stratified by fibrosis stage; no patient was in the training and the test set of a fold.`;
}

function trainingText({ trainingOptions: o, methods, rhomap }: ExperimentEvaluation): string {
  const trainings = methods.flatMap(({ training }) => training);
  if (trainings.length === 0) return 'No network was trained.';
  const widths = Array.isArray(o['widths']) ? o['widths'].join(', ') : '–';
  const steps = trainings.map(({ nSteps }) => nSteps);
  const range =
    Math.min(...steps) === Math.max(...steps)
      ? `${steps[0]}`
      : `${Math.min(...steps)} to ${Math.max(...steps)}`;
  const schedule = o['schedule'] === 'cosine' ? ', lowered to 1 % along a half cosine' : '';
  const predicts = o['predicts'] === 'correction' ? 'a correction to the coarse map' : 'the map itself';
  const warmUp: Readonly<Record<string, string>> = {
    'warm-up':
      ' In LBRU, the map had the gradient of the L1 loss for the first 60 % of the steps, because the likelihood alone can stall.',
    beta: ' LBRU was trained with the β-weighted likelihood (β = 0.5).',
  };
  const names = list(methods.filter(({ training }) => training.length > 0).map(({ title }) => title));
  return `U-Nets (${widths} channels) were trained for ${names} with Adam (step size ${o['learningRate']}${schedule}), batches of ${o['batchSize']} slices and at most ${o['steps']} steps (${range} were run), and predicted ${predicts}. Images were rotated by up to ±${o['maxAngleDegrees']}° and moved by up to ±${o['maxShiftPixels']} pixels before the maps were fitted. The weights with the best score on the validation patients’ regions, judged every ${o['validateEvery']} steps, were kept.${warmUp[String(o['scale'])] ?? ''} Seed ${o['seed']}; rhomap ${rhomap}, ${list([...new Set(trainings.map(({ provider }) => provider))])}.`;
}

function evaluationText({ methods }: ExperimentEvaluation): string {
  const interval = methods[0]?.target.interval;
  const uncertainty = methods.some(hasUncertainty)
    ? ' The uncertainty u = √2·σ was judged by the uncertainty calibration error over slices (seven bins), against that of simulated perfect calibration, by sparsification, and by leaving out pixels with u above mean + SD of the validation patients’ regions; errors before and after were compared by paired t-tests by slice and by patient.'
    : '';
  return `Maps were compared with the targets inside the regions by the mean relative error of pixels (RMRE), as mean ± standard deviation over slices with 95 % intervals by bootstrap over patients (BCa, ${interval?.nRepeats ?? '–'} repeats), by Bland–Altman analysis and by linear regression.${uncertainty}`;
}

function resultsText({ methods, floor }: ExperimentEvaluation): string {
  const name = (title: string): string => (title === 'Coarse fitting' ? 'coarse fitting' : title);
  const rows = methods.map(
    ({ title, target }) =>
      `${spread(target.mean, target.standardDeviation, 2)} % (${interval(target.interval.bca, 2)} %) for ${name(title)}`,
  );
  const truths = methods
    .filter(({ truth }) => truth)
    .map(({ title, truth }) => `${spread(truth!.mean, truth!.standardDeviation, 2)} % for ${name(title)}`);
  const sentences = [`RMRE against the target (95 % interval of the mean) was ${list(rows)}.`];
  if (floor) sentences.push(`No predictor could have fallen below ${fixed(floor.mean, 2)} %.`);
  if (truths.length > 0) sentences.push(`Against the known truth it was ${list(truths)}.`);
  const lbru = methods.find(({ method }) => method === 'lbru');
  if (lbru && hasUncertainty(lbru)) {
    const { uce, ause, refinement: r } = lbru.uncertainty;
    sentences.push(
      `The UCE of LBRU was ${fixed(uce.std, 2)} ms (perfect calibration: ${spread(uce.perfect.mean, uce.perfect.standardDeviation, 2)} ms), its AUSE ${fixed(ause.relative, 2)} of that of random removal (perfect Laplace: ${fixed(ause.perfect, 2)}).`,
      `Refinement changed the absolute error of slices from ${spread(r.before.mean, r.before.standardDeviation, 2)} to ${spread(r.after.mean, r.after.standardDeviation, 2)} ms (by patient p ${pEquals(r.byPatient.p)}; by slice p ${pEquals(r.bySlice.p)}).`,
    );
  }
  return sentences.join(' ');
}

const pairOf = (value: unknown): readonly [string, string] =>
  Array.isArray(value) ? [String(value[0]), String(value[1])] : ['–', '–'];
