/** Figure 3: differences of prediction and target over their mean, for every method. */
import type { ExperimentEvaluation, MethodEvaluation } from '../../../evaluate/experiment-evaluation.ts';
import type { Figure } from '../figure.ts';
import { count, signed } from '../format.ts';
import { methodColour, NEUTRAL } from '../palette.ts';
import type { ReportTable } from '../report-table.ts';
import { vegaSvg } from '../vega-figure.ts';
import { densityLayer, densityLegend, densityUri, type Range, shownRange } from './density.ts';

const [WIDTH, HEIGHT] = [228, 170];
const ZERO = [1, 3];
const BIAS: number[] = [];
const LIMITS = [5, 3];
const LINES = [
  { words: 'bias', dash: BIAS },
  { words: 'limits: bias ± 1.96 SD', dash: LIMITS },
  { words: 'no difference', dash: ZERO },
];

export async function blandAltmanFigure({ methods }: ExperimentEvaluation): Promise<Figure> {
  const histograms = methods.map((m) => m.differences);
  const x = shownRange(histograms, 'x', 5);
  const reach = Math.max(...shownRange(histograms, 'y', 3).map(Math.abs));
  const panels = [
    ...methods.map((method) => panel(method, x, [-reach, reach])),
    densityLegend(histograms[0]!, LINES),
  ];
  const title = 'Bland–Altman plots of every method against the target';
  return {
    name: 'figure-3-bland-altman',
    label: 'Figure 3',
    title,
    reading:
      'Each point is a pixel of a region: a cloud around zero that is flat and narrow means agreement; the solid line is the bias, the dashed ones hold 95 % of the differences.',
    svg: await vegaSvg({ concat: panels, columns: 3, spacing: 22 } as never, title),
    values: table(methods),
  };
}

function panel(method: MethodEvaluation, x: Range, y: Range): unknown {
  const { bias, limits } = method.blandAltman;
  const colour = methodColour(method.method);
  const rule = (values: readonly number[], dash: readonly number[]): unknown => ({
    data: { values: values.map((at) => ({ at })) },
    mark: { type: 'rule', color: NEUTRAL.ink, strokeDash: dash, strokeWidth: 1.2, clip: true },
    encoding: { y: { field: 'at', type: 'quantitative' } },
  });
  const axis = (title: string, domain: Range, channel: 'x' | 'y'): unknown => ({
    datum: domain[0],
    type: 'quantitative',
    scale: { domain, nice: false, zero: false },
    axis: { title, tickCount: channel === 'x' ? 6 : 5 },
  });
  return {
    title: {
      text: method.title,
      subtitle: `bias ${signed(bias, 2)} ms, limits ${signed(limits[0], 2)} to ${signed(limits[1], 2)} ms`,
    },
    width: WIDTH,
    height: HEIGHT,
    layer: [
      {
        data: { values: [{}] },
        mark: { type: 'point', opacity: 0 },
        encoding: {
          x: axis('mean of prediction and target (ms)', x, 'x'),
          y: axis('prediction − target (ms)', y, 'y'),
        },
      },
      densityLayer(densityUri(method.differences, x, y, colour), WIDTH, HEIGHT),
      rule([0], ZERO),
      rule([bias], BIAS),
      rule(limits, LIMITS),
    ],
  };
}

const table = (methods: readonly MethodEvaluation[]): ReportTable => ({
  name: 'figure-3-bland-altman',
  title: 'Agreement of pixels with the target, ms',
  columns: [
    { key: 'method', title: 'Method', kind: 'text' },
    { key: 'biasMs', title: 'Bias', kind: 'number' },
    { key: 'standardDeviationMs', title: 'SD of differences', kind: 'number' },
    { key: 'limitsMs', title: '95 % limits of agreement', kind: 'interval' },
    { key: 'nPixels', title: 'Pixels', kind: 'number', digits: 0 },
    { key: 'nOutside', title: 'Pixels outside the plot', kind: 'text' },
  ],
  rows: methods.map(({ title, blandAltman: b, differences }) => [
    title,
    b.bias,
    b.standardDeviation,
    b.limits,
    b.n,
    count(differences.nOutside),
  ]),
  notes: [
    'Bias is the mean of prediction − target; the limits are bias ± 1.96 SD. Pixels of a slice are not independent, so no interval is given for them here.',
  ],
});
