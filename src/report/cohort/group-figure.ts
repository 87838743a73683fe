/** How the subjects' T1rho is spread in each group. */
import type { TopLevelSpec } from 'vega-lite';
import { meanAndSd, quantileOfSorted } from '../../core/statistics.ts';
import type { Figure } from '../experiment/figure.ts';
import { FONT, NEUTRAL } from '../experiment/palette.ts';
import { vegaSvg } from '../experiment/vega-figure.ts';
import { type SubjectRow, shownMeanMs } from './subject-row.ts';

const HEIGHT = 240;
const STEP = 74;
/** More points are a blot, and make the page large; the boxes tell. */
const MOST_POINTS = 3000;
/** Okabe and Ito's blue. */
const POINT = '#0072b2';

/** @param group a column of the participants' table; all subjects together where absent. */
export async function groupFigure(
  rows: readonly SubjectRow[],
  group: string | undefined,
  number: number,
): Promise<Figure> {
  const nameOf = (row: SubjectRow): string => (group === undefined ? 'all' : row.groups[group] || 'unknown');
  const points = rows.flatMap((row, i) => {
    const ms = shownMeanMs(row);
    // Side by side by the golden ratio: even, and the same every time.
    return ms === undefined ? [] : [{ name: nameOf(row), ms, offset: 2 * ((i * 0.6180339887) % 1) - 1 }];
  });
  const names = [...new Set(points.map(({ name }) => name))].sort();
  const title = group === undefined ? 'T1ρ of all subjects' : `T1ρ by ${group}`;
  return {
    ...{ name: `spread-${number}`, label: `Figure ${number}`, title },
    reading:
      'Each point is a subject (mean of its region, refined where the model is calibrated); boxes hold the middle half, the bar is the median, whiskers reach the extremes.',
    svg: await vegaSvg(specOf(points, names, group), title),
    values: valuesTable(points, names, group ?? 'group', `spread-${number}`),
  };
}

interface Point {
  readonly name: string;
  readonly ms: number;
}

function specOf(
  values: readonly Point[],
  names: readonly string[],
  group: string | undefined,
): Omit<TopLevelSpec, 'config'> {
  const y = { field: 'ms', type: 'quantitative', title: 'T1ρ (ms)', scale: { zero: false } };
  const circles = {
    mark: { type: 'circle', size: 14, opacity: 0.5, color: POINT },
    encoding: {
      y,
      xOffset: { field: 'offset', type: 'quantitative', scale: { domain: [-1.6, 1.6] } },
    },
  };
  const boxes = {
    mark: {
      ...{ type: 'boxplot', extent: 'min-max', size: 18, color: NEUTRAL.ink },
      box: { fill: null, stroke: NEUTRAL.ink, strokeWidth: 1.2 },
      median: { type: 'tick', color: NEUTRAL.ink, thickness: 2.6 },
      rule: { color: NEUTRAL.ink, strokeWidth: 1 },
    },
    encoding: { y },
  };
  const x = { field: 'name', type: 'nominal', sort: names, axis: { title: group ?? null, labelAngle: 0 } };
  return {
    ...{ width: Math.max(160, STEP * names.length), height: HEIGHT, font: FONT, data: { values } },
    ...{ encoding: { x }, layer: values.length > MOST_POINTS ? [boxes] : [circles, boxes] },
  } as never;
}

function valuesTable(
  points: readonly Point[],
  names: readonly string[],
  group: string,
  name: string,
): NonNullable<Figure['values']> {
  const number = (key: string, title: string) => ({ key, title, kind: 'number' as const });
  return {
    ...{ name, title: `T1ρ by ${group}, ms` },
    columns: [
      { key: 'group', title: group, kind: 'text' },
      { ...number('n', 'Subjects'), digits: 0 },
      { key: 'ms', title: 'Mean ± SD', kind: 'spread' },
      ...['least', 'lower quartile', 'median', 'upper quartile', 'most'].map((title) =>
        number(title.replace(' q', 'Q'), title[0]!.toUpperCase() + title.slice(1)),
      ),
    ],
    rows: names.map((own) => {
      const sorted = Float64Array.from(
        points.filter((p) => p.name === own),
        ({ ms }) => ms,
      ).sort();
      const { mean, standardDeviation } = meanAndSd(sorted);
      const quantiles = [0, 0.25, 0.5, 0.75, 1].map((p) => quantileOfSorted(sorted, p));
      return [own, sorted.length, [mean, standardDeviation], ...quantiles];
    }),
  };
}
