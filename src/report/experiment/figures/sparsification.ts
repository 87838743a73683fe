/** Figure 9: the relative error that remains when the most uncertain pixels are removed. */
import type { ExperimentEvaluation } from '../../../evaluate/experiment-evaluation.ts';
import type { Sparsification } from '../../../evaluate/sparsification.ts';
import type { Figure } from '../figure.ts';
import { fixed } from '../format.ts';
import { hasUncertainty } from '../judged.ts';
import { methodColour, NEUTRAL } from '../palette.ts';
import type { ReportTable } from '../report-table.ts';
import { vegaSvg } from '../vega-figure.ts';

const [WIDTH, HEIGHT] = [320, 240];
const ORDERS = ['by uncertainty', 'oracle', 'at random'] as const;
const DASHES = [
  [1, 0],
  [6, 4],
  [1, 3],
];

export async function sparsificationFigure({ methods }: ExperimentEvaluation): Promise<Figure | undefined> {
  const judged = methods.filter(hasUncertainty);
  if (judged.length === 0) return undefined;
  const most = Math.max(
    ...judged.flatMap(({ uncertainty }) =>
      uncertainty.sparsification.pooled.byUncertainty.map((e) => 100 * e),
    ),
  );
  const title = 'Sparsification: error of the pixels that remain';
  const panels = judged.map(({ method, title: name, uncertainty }) =>
    panel(
      `${name}: AUSE ${fixed(uncertainty.ause.relative, 2)} of random`,
      uncertainty.sparsification.pooled,
      methodColour(method),
      1.08 * most,
    ),
  );
  return {
    name: 'figure-9-sparsification',
    label: 'Figure 9',
    title,
    reading:
      'The sooner the curve by uncertainty falls, the better the uncertainty finds wrong pixels; the oracle removes them by their true error, and random removal changes nothing.',
    remarks: [
      'All pixels are ranked together. AUSE is the area between the curve and the oracle, here as a share of that of random removal (0 would be the oracle itself).',
    ],
    svg: await vegaSvg({ concat: panels, columns: 2, spacing: 34 } as never, title),
    values: table(judged.map(({ title: name, uncertainty }) => [name, uncertainty.sparsification.pooled])),
  };
}

function panel(title: string, s: Sparsification, colour: string, most: number): unknown {
  const curves: Readonly<Record<(typeof ORDERS)[number], readonly number[]>> = {
    'by uncertainty': s.byUncertainty,
    oracle: s.oracle,
    'at random': s.removed.map(() => s.random),
  };
  const colours = [colour, NEUTRAL.ink, NEUTRAL.faint];
  return {
    title,
    width: WIDTH,
    height: HEIGHT,
    layer: ORDERS.map((order, i) => ({
      data: {
        values: s.removed.map((removed, k) => ({
          order,
          removed: 100 * removed,
          error: 100 * curves[order][k]!,
        })),
      },
      mark: { type: 'line', strokeWidth: 2, color: colours[i], clip: true },
      encoding: ENCODING(most),
    })),
  };
}

const ENCODING = (most: number): unknown => ({
  x: {
    ...{ field: 'removed', type: 'quantitative', scale: { domain: [0, 100] } },
    axis: { title: 'pixels removed (%)' },
  },
  y: {
    ...{ field: 'error', type: 'quantitative', scale: { domain: [0, most], nice: false } },
    axis: { title: 'mean relative error of the rest (%)' },
  },
  strokeDash: {
    ...{ field: 'order', type: 'nominal' },
    scale: { domain: ORDERS, range: DASHES },
    legend: {
      title: null,
      orient: 'bottom',
      symbolSize: 300,
      symbolType: 'stroke',
      symbolStrokeColor: NEUTRAL.ink,
    },
  },
});

/** The random level does not change; it is the curves' first row. */
const table = (curves: readonly (readonly [string, Sparsification])[]): ReportTable => ({
  name: 'figure-9-sparsification',
  title: 'Mean relative error of the remaining pixels, %',
  columns: [
    { key: 'removedPercent', title: 'Removed (%)', kind: 'number', digits: 0 },
    ...curves.flatMap(([name]) => [
      { key: `${name} byUncertaintyPercent`, title: name, kind: 'number' as const },
      { key: `${name} oraclePercent`, title: `${name}, oracle`, kind: 'number' as const },
    ]),
  ],
  rows: curves[0]![1].removed.map((removed, k) => [
    100 * removed,
    ...curves.flatMap(([, s]) => [100 * s.byUncertainty[k]!, 100 * s.oracle[k]!]),
  ]),
  notes: ['Removal at random leaves the error of the first row at every step.'],
});
