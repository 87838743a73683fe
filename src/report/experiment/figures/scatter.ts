/** Figure 5: predicted against target values of all pixels, with the regression line. */
import type { ExperimentEvaluation, MethodEvaluation } from '../../../evaluate/experiment-evaluation.ts';
import type { Figure } from '../figure.ts';
import { fixed, isKnown } from '../format.ts';
import { methodColour, NEUTRAL } from '../palette.ts';
import { PAPER } from '../paper-results.ts';
import type { ReportTable } from '../report-table.ts';
import { vegaSvg } from '../vega-figure.ts';
import { densityLayer, densityLegend, densityUri, type Range, shownRange } from './density.ts';

const SIZE = 228;
const DIAGONAL = [2, 3];
const LINES = [
  { words: 'regression', dash: [] },
  { words: 'prediction = target', dash: DIAGONAL },
];

/** All methods, LBRU (the paper's panel) first. */
export async function scatterFigure({ methods }: ExperimentEvaluation): Promise<Figure> {
  const ordered = [...methods].sort((a, b) => Number(b.method === 'lbru') - Number(a.method === 'lbru'));
  const histograms = ordered.map((m) => m.scatter);
  const [xRange, yRange] = (['x', 'y'] as const).map((which) => shownRange(histograms, which, 5)) as [
    Range,
    Range,
  ];
  const range: Range = [Math.min(xRange[0], yRange[0]), Math.max(xRange[1], yRange[1])];
  const panels = [...ordered.map((method) => panel(method, range)), densityLegend(histograms[0]!, LINES)];
  const title = 'Predicted against target values of all pixels, with regression lines';
  return {
    name: 'figure-5-scatter',
    label: 'Figure 5',
    title,
    reading:
      'A perfect method puts all pixels on the dotted diagonal; the solid regression line is flatter than it where a method draws values towards the middle.',
    remarks: ['The paper shows LBRU alone.'],
    svg: await vegaSvg({ concat: panels, columns: 3, spacing: 22 } as never, title),
    values: table(ordered),
  };
}

function panel(method: MethodEvaluation, range: Range): unknown {
  const { slope, intercept, pearsonR } = method.regression;
  const quantity = (field: string, title: string): unknown => ({
    field,
    type: 'quantitative',
    scale: { domain: range, nice: false, zero: false },
    axis: { title },
  });
  const encoding = { x: quantity('x', 'target (ms)'), y: quantity('y', 'prediction (ms)') };
  const line = (at: (x: number) => number, dash: readonly number[], strokeWidth: number): unknown => ({
    data: { values: range.map((x) => ({ x, y: at(x) })) },
    mark: { type: 'line', color: NEUTRAL.ink, strokeDash: dash, strokeWidth, clip: true },
    encoding,
  });
  const uri = densityUri(method.scatter, range, range, methodColour(method.method));
  return {
    title: { text: method.title, subtitle: `${equation(slope, intercept)}, r = ${fixed(pearsonR, 3)}` },
    width: SIZE,
    height: SIZE,
    layer: [
      densityLayer(uri, SIZE, SIZE),
      line((x) => x, DIAGONAL, 1.2),
      ...(isKnown(slope) ? [line((x) => intercept + slope * x, [], 1.6)] : []),
    ],
  };
}

const equation = (slope: number, intercept: number): string =>
  `y = ${fixed(slope, 3)}x ${intercept < 0 ? '−' : '+'} ${fixed(Math.abs(intercept), 2)} ms`;

function table(methods: readonly MethodEvaluation[]): ReportTable {
  const { slope, intercept, pearsonR, slopeStandardError } = PAPER.regression;
  return {
    name: 'figure-5-scatter',
    title: 'Regression of predicted on target values, pixels of all regions',
    columns: [
      { key: 'method', title: 'Method', kind: 'text' },
      { key: 'slope', title: 'Slope', kind: 'number', digits: 4 },
      { key: 'interceptMs', title: 'Intercept (ms)', kind: 'number', digits: 4 },
      { key: 'slopeStandardError', title: 'Standard error of the slope', kind: 'number', digits: 6 },
      { key: 'pearsonR', title: 'Pearson r', kind: 'number', digits: 3 },
    ],
    rows: [
      ...methods.map(({ title, regression: r }) => [
        title,
        r.slope,
        r.intercept,
        r.slopeStandardError,
        r.pearsonR,
      ]),
      ['LBRU in the paper', slope, intercept, slopeStandardError, pearsonR],
    ],
    notes: [
      'The standard error takes pixels for independent, as the paper does; neighbours are not, so the true one is larger.',
    ],
  };
}
