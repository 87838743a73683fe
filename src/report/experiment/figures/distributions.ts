/** How the RMRE of slices and of patients is spread, by method. */
import { quantileOfSorted } from '../../../core/statistics.ts';
import type { ExperimentEvaluation, SliceEvaluation } from '../../../evaluate/experiment-evaluation.ts';
import type { Figure } from '../figure.ts';
import { isKnown } from '../format.ts';
import { methodColour, NEUTRAL } from '../palette.ts';
import type { ReportTable } from '../report-table.ts';
import { vegaSvg } from '../vega-figure.ts';

const [WIDTH, HEIGHT] = [350, 240];

export async function distributionFigure({ methods }: ExperimentEvaluation): Promise<Figure> {
  const names = methods.map(({ title }) => title);
  const colours = methods.map(({ method }) => methodColour(method));
  const bySlice = methods.flatMap(({ title, slices }) =>
    points(
      title,
      slices.map((s) => s.targetPercent),
    ),
  );
  const byPatient = methods.flatMap(({ title, slices }) => points(title, patientMeans(slices)));
  const most = Math.max(...bySlice.map(({ rmre }) => rmre)) * 1.04;
  const panel = (title: string, values: unknown, axisTitle: string | null): unknown => ({
    title,
    width: WIDTH,
    height: HEIGHT,
    data: { values },
    encoding: {
      x: {
        field: 'method',
        type: 'nominal',
        sort: names,
        axis: { title: null, labelAngle: -35, labelLimit: 130 },
      },
    },
    layer: [
      {
        mark: { type: 'circle', size: 12, opacity: 0.55 },
        encoding: {
          y: {
            ...{ field: 'rmre', type: 'quantitative', scale: { domain: [0, most], nice: false } },
            title: axisTitle,
          },
          xOffset: { field: 'offset', type: 'quantitative', scale: { domain: [-1.6, 1.6] } },
          color: { field: 'method', type: 'nominal', scale: { domain: names, range: colours }, legend: null },
        },
      },
      {
        mark: { type: 'boxplot', extent: 'min-max', size: 16, color: NEUTRAL.ink, ...BOX },
        encoding: { y: { field: 'rmre', type: 'quantitative', title: axisTitle } },
      },
    ],
  });
  const title = 'Spread of the RMRE over slices and patients';
  return {
    name: 'figure-10-spread',
    label: 'Figure 10',
    title,
    reading:
      'Each point is a slice (left) or the mean of a patient’s slices (right); boxes hold the middle half, the bar is the median, whiskers reach the extremes.',
    svg: await vegaSvg(
      {
        hconcat: [panel('Slices', bySlice, 'RMRE (%)'), panel('Patients', byPatient, null)],
        spacing: 30,
      } as never,
      title,
    ),
    values: table(methods),
  };
}

const BOX = {
  box: { fill: null, stroke: NEUTRAL.ink, strokeWidth: 1.2 },
  median: { type: 'tick', color: NEUTRAL.ink, thickness: 2.6 },
  rule: { color: NEUTRAL.ink, strokeWidth: 1 },
};

/** Points side by side by the golden ratio: even, and the same every time. */
const points = (
  method: string,
  values: readonly number[],
): { method: string; rmre: number; offset: number }[] =>
  values.filter(isKnown).map((rmre, i) => ({ method, rmre, offset: 2 * ((i * 0.6180339887) % 1) - 1 }));

function patientMeans(slices: readonly SliceEvaluation[]): number[] {
  const groups = Map.groupBy(
    slices.filter((s) => isKnown(s.targetPercent)),
    (s) => s.patient,
  );
  return [...groups.values()].map((g) => g.reduce((sum, s) => sum + s.targetPercent, 0) / g.length);
}

const table = (methods: ExperimentEvaluation['methods']): ReportTable => ({
  name: 'figure-10-spread',
  title: 'RMRE over slices: least, quartiles and most, %',
  columns: [
    { key: 'method', title: 'Method', kind: 'text' },
    ...(['least', 'lower quartile', 'median', 'upper quartile', 'most'] as const).map((title) => ({
      key: title.replace(' q', 'Q'),
      title: title[0]!.toUpperCase() + title.slice(1),
      kind: 'number' as const,
    })),
  ],
  rows: methods.map(({ title, slices }) => {
    const sorted = slices
      .map((s) => s.targetPercent)
      .filter(isKnown)
      .sort((a, b) => a - b);
    return [title, ...[0, 0.25, 0.5, 0.75, 1].map((p) => quantileOfSorted(sorted, p))];
  }),
});
