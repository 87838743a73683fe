/**
 * The realism table: what published or measured real images show, what the virtual ones show, and whether the latter
 * lie within the former's spread. The column `source` says which study or measurement a real figure is of.
 */
import type { SliceMeasures } from '../patient-measures.ts';
import { PROPERTIES } from './properties.ts';

export interface RealismRow {
  readonly property: string;
  readonly unit: string;
  /** Interval of the real figures. */
  readonly real: readonly [number, number];
  readonly source: string;
  readonly simulated: number;
  /** SD between slices, where the figure is a mean over slices. */
  readonly sd: number | undefined;
  /** Simulated over the middle of the real interval. */
  readonly ratio: number;
  /** Whether the figure lies in the interval; absent where the patients are too few to judge it. */
  readonly inside: boolean | undefined;
}

/** The table, a row per property that was measured. */
export function realismTable(slices: readonly SliceMeasures[]): RealismRow[] {
  const nPatients = new Set(slices.map(({ participant }) => participant)).size;
  return PROPERTIES.flatMap(({ name, unit, real, source, of, minPatients }) => {
    const figure = of(slices);
    const simulated = typeof figure === 'number' ? figure : figure.mean;
    if (!Number.isFinite(simulated)) return [];
    const inside = simulated >= real[0] && simulated <= real[1];
    return [
      {
        ...{ property: name, unit, real, source, simulated },
        sd: typeof figure === 'number' || !Number.isFinite(figure.sd) ? undefined : figure.sd,
        ratio: simulated / ((real[0] + real[1]) / 2),
        inside: nPatients < minPatients ? undefined : inside,
      },
    ];
  });
}

/** The table as Markdown. */
export function realismMarkdown(rows: readonly RealismRow[]): string {
  const number = (v: number): string => (Math.abs(v) >= 10 ? v.toFixed(1) : v.toFixed(3));
  const lines = rows.map(
    (r) =>
      `| ${r.property} | ${r.unit} | ${number(r.real[0])}–${number(r.real[1])} | ${number(r.simulated)}${r.sd === undefined ? '' : ` ± ${number(r.sd)}`} | ${r.ratio.toFixed(2)} | ${verdict(r)} | ${r.source} |`,
  );
  return [
    '| property | unit | real | simulated | ratio | | source of the real figure |',
    '|---|---|---|---|---|---|---|',
    ...lines,
    '',
  ].join('\n');
}

const verdict = ({ inside }: RealismRow): string =>
  inside === undefined ? 'too few patients' : inside ? 'in' : '**off**';
