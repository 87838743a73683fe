/** Figure 6: mean error against mean uncertainty of slices, in bins. */
import type { ExperimentEvaluation, UncertaintyEvaluation } from '../../../evaluate/experiment-evaluation.ts';
import type { Figure } from '../figure.ts';
import { fixed, isKnown } from '../format.ts';
import { hasUncertainty, type JudgedMethod } from '../judged.ts';
import { methodColour, NEUTRAL } from '../palette.ts';
import type { ReportTable } from '../report-table.ts';
import { vegaSvg } from '../vega-figure.ts';

const SIZE = 300;

export async function reliabilityFigure({ methods }: ExperimentEvaluation): Promise<Figure | undefined> {
  const judged = methods.filter(hasUncertainty);
  if (judged.length === 0) return undefined;
  const values = judged.flatMap(({ slices }) => slices.flatMap((s) => [s.errorMs, s.uncertaintyMs]));
  const most = Math.max(...values.filter(isKnown)) * 1.04;
  const title = 'Reliability diagram: mean error against mean uncertainty of slices';
  return {
    name: 'figure-6-reliability',
    label: 'Figure 6',
    title,
    reading:
      'Bins on the dashed diagonal state the error they make; below it the uncertainty is too large, above it too small.',
    remarks: [
      'Large points: bins of equal width, their size grows with the number of slices; small points: single slices. The uncertainty is u = √2·σ, as in the paper. If the errors were exactly Laplace-distributed with scale σ, their mean would be σ = u/√2: the dotted line.',
    ],
    svg: await vegaSvg(
      { concat: judged.map((m) => panel(m, most)), columns: 2, spacing: 40 } as never,
      title,
    ),
    values: table(judged),
  };
}

function panel({ method, title, slices, uncertainty }: JudgedMethod, most: number): unknown {
  const quantity = (field: string, axisTitle: string): unknown => ({
    field,
    type: 'quantitative',
    scale: { domain: [0, most], nice: false },
    axis: { title: axisTitle },
  });
  const encoding = {
    x: quantity('u', 'mean uncertainty (ms)'),
    y: quantity('e', 'mean absolute error (ms)'),
  };
  const guide = (slope: number, dash: readonly number[]): unknown => ({
    data: { values: [0, most].map((u) => ({ u, e: slope * u })) },
    mark: { type: 'line', color: NEUTRAL.ink, strokeDash: dash, strokeWidth: 1.2 },
    encoding,
  });
  const bins = filledBins(uncertainty).map((b) => ({ u: b.meanUncertainty, e: b.meanError, n: b.nSamples }));
  const color = methodColour(method);
  return {
    title: `${title}: UCE ${fixed(uncertainty.uce.std, 2)} ms`,
    width: SIZE,
    height: SIZE,
    layer: [
      guide(1, [6, 4]),
      guide(Math.SQRT1_2, [1, 3]),
      {
        data: { values: slices.map((s) => ({ u: s.uncertaintyMs, e: s.errorMs })) },
        mark: { type: 'circle', color, opacity: 0.5, size: 14 },
        encoding,
      },
      { data: { values: bins }, mark: { type: 'line', color, strokeWidth: 2 }, encoding },
      {
        data: { values: bins },
        mark: { type: 'circle', color, opacity: 1, stroke: NEUTRAL.paper, strokeWidth: 1 },
        encoding: {
          ...encoding,
          size: { field: 'n', type: 'quantitative', scale: { range: [50, 320] }, legend: null },
        },
      },
    ],
  };
}

const filledBins = ({ reliability }: UncertaintyEvaluation): UncertaintyEvaluation['reliability'] =>
  reliability.filter(({ nSamples }) => nSamples > 0);

const table = (judged: readonly JudgedMethod[]): ReportTable => ({
  name: 'figure-6-reliability',
  title: 'Bins of the reliability diagram, ms',
  columns: [
    { key: 'method', title: 'Method', kind: 'text' },
    { key: 'uncertaintyRangeMs', title: 'Uncertainty in the bin', kind: 'interval' },
    { key: 'nSlices', title: 'Slices', kind: 'number', digits: 0 },
    { key: 'meanUncertaintyMs', title: 'Mean uncertainty', kind: 'number' },
    { key: 'meanErrorMs', title: 'Mean error', kind: 'number' },
  ],
  rows: judged.flatMap(({ title, uncertainty }) =>
    uncertainty.reliability.map((b) => [
      title,
      [b.lower, b.upper],
      b.nSamples,
      b.meanUncertainty,
      b.meanError,
    ]),
  ),
});
