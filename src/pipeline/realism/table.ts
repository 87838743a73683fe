/**
 * The realism table: what published or measured real images show, what the virtual ones show, and whether the latter
 * lie within the former's spread. The column `source` says which study or measurement a real figure is of.
 */
import type { SliceMeasures } from '../patient-measures.ts';
import { FIELD_PROPERTIES } from './field-properties.ts';
import { IMAGE_PROPERTIES } from './image-properties.ts';
import { MAP_PROPERTIES } from './map-properties.ts';
import type { Property } from './property.ts';
import { SIGNAL_PROPERTIES } from './signal-properties.ts';
import { STUDY_PROPERTIES } from './study-properties.ts';

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
  readonly inside: boolean;
}

const PROPERTIES: readonly Property[] = [
  ...SIGNAL_PROPERTIES,
  ...IMAGE_PROPERTIES,
  ...MAP_PROPERTIES,
  ...FIELD_PROPERTIES,
  ...STUDY_PROPERTIES,
];

/** The table, a row per property that was measured. */
export const realismTable = (slices: readonly SliceMeasures[]): RealismRow[] =>
  PROPERTIES.flatMap(({ name, unit, real, source, of }) => {
    const figure = of(slices);
    const simulated = typeof figure === 'number' ? figure : figure.mean;
    if (!Number.isFinite(simulated)) return [];
    const sd = typeof figure === 'number' ? undefined : figure.sd;
    const ratio = simulated / ((real[0] + real[1]) / 2);
    return [
      {
        property: name,
        unit,
        real,
        source,
        simulated,
        sd,
        ratio,
        inside: simulated >= real[0] && simulated <= real[1],
      },
    ];
  });

/** The table as Markdown. */
export function realismMarkdown(rows: readonly RealismRow[]): string {
  const number = (v: number): string => (Math.abs(v) >= 10 ? v.toFixed(1) : v.toFixed(3));
  const lines = rows.map(
    (r) =>
      `| ${r.property} | ${r.unit} | ${number(r.real[0])}–${number(r.real[1])} | ${number(r.simulated)}${r.sd === undefined ? '' : ` ± ${number(r.sd)}`} | ${r.ratio.toFixed(2)} | ${r.inside ? 'in' : '**off**'} | ${r.source} |`,
  );
  return [
    '| property | unit | real | simulated | ratio | | source of the real figure |',
    '|---|---|---|---|---|---|---|',
    ...lines,
    '',
  ].join('\n');
}
