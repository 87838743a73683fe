/** Loss and validation score of every training over its steps. */
import type { ExperimentEvaluation, MethodEvaluation } from '../../../evaluate/experiment-evaluation.ts';
import type { Figure } from '../figure.ts';
import { isKnown } from '../format.ts';
import { methodColour, NEUTRAL } from '../palette.ts';
import type { ReportTable } from '../report-table.ts';
import { vegaSvg } from '../vega-figure.ts';

const [WIDTH, HEIGHT] = [228, 130];
const DASHES = [
  [1, 0],
  [6, 3],
  [2, 2],
  [8, 3, 2, 3],
  [1, 3],
];

export async function trainingFigure({ methods }: ExperimentEvaluation): Promise<Figure | undefined> {
  const learned = methods.filter(({ training }) => training.length > 0);
  if (learned.length === 0) return undefined;
  const title = 'Training of the networks';
  return {
    name: 'figure-11-training',
    label: 'Figure 11',
    title,
    reading:
      'Lines with points: the score on the validation patients, from which the best step (ring) is kept; faint lines: the loss in training, with augmentation and over whole images, so the two are not on one level.',
    svg: await vegaSvg({ concat: learned.map(panel), columns: 3, spacing: 22 } as never, title),
    values: table(learned),
  };
}

function panel({ method, title, training }: MethodEvaluation): unknown {
  const points = training.flatMap(({ fold, curve }) =>
    curve.flatMap(({ step, loss, validation }) => [
      { fold: `fold ${fold + 1}`, step, loss },
      ...(isKnown(validation) ? [{ fold: `fold ${fold + 1}`, step, validation }] : []),
    ]),
  );
  const best = training.map(({ fold, bestStep, bestScore }) => ({
    ...{ fold: `fold ${fold + 1}`, step: bestStep, validation: bestScore },
  }));
  const color = methodColour(method);
  const x = { field: 'step', type: 'quantitative', axis: { title: 'step', tickCount: 4 } };
  const y = (field: string): unknown => ({
    ...{ field, type: 'quantitative', scale: { zero: false }, axis: { title: 'loss', tickCount: 5 } },
  });
  const strokeDash = {
    field: 'fold',
    type: 'nominal',
    scale: { range: DASHES },
    legend: { title: null, orient: 'bottom', symbolType: 'stroke', symbolSize: 200 },
  };
  const withField = (field: string): unknown => ({ filter: `isValid(datum.${field})` });
  return {
    title: { text: title, frame: 'group' },
    width: WIDTH,
    height: HEIGHT,
    layer: [
      {
        ...{ data: { values: points }, transform: [withField('loss')] },
        mark: { type: 'line', color: NEUTRAL.faint, opacity: 0.6, strokeWidth: 0.7 },
        encoding: { x, y: y('loss'), detail: { field: 'fold' } },
      },
      {
        ...{ data: { values: points }, transform: [withField('validation')] },
        mark: { type: 'line', color, strokeWidth: 1.8, point: { color, size: 12 } },
        encoding: { x, y: y('validation'), strokeDash },
      },
      {
        data: { values: best },
        mark: { type: 'point', color: NEUTRAL.ink, size: 70, strokeWidth: 1.4 },
        encoding: { x, y: y('validation') },
      },
    ],
  };
}

const table = (learned: readonly MethodEvaluation[]): ReportTable => ({
  name: 'figure-11-training',
  title: 'Trainings',
  columns: [
    { key: 'method', title: 'Method', kind: 'text' },
    { key: 'fold', title: 'Fold', kind: 'number', digits: 0 },
    { key: 'nSteps', title: 'Steps', kind: 'number', digits: 0 },
    { key: 'ended', title: 'Ended by', kind: 'text' },
    { key: 'bestStep', title: 'Best step', kind: 'number', digits: 0 },
    { key: 'bestScore', title: 'Best validation score', kind: 'number', digits: 4 },
    { key: 'seconds', title: 'Time (s)', kind: 'number', digits: 0 },
    { key: 'model', title: 'Model (SHA-256)', kind: 'text' },
    { key: 'modelSha256', title: 'Model (SHA-256, whole)', kind: 'text', isFileOnly: true },
    { key: 'provider', title: 'Ran on', kind: 'text', isFileOnly: true },
  ],
  rows: learned.flatMap(({ title, training }) =>
    training.map((t) => [
      title,
      t.fold + 1,
      t.nSteps,
      t.ended.replaceAll('-', ' '),
      t.bestStep,
      t.bestScore,
      t.seconds,
      t.modelSha256.slice(0, 12),
      t.modelSha256,
      t.provider,
    ]),
  ),
});
