/** Regions before and after refinement as a table: RFC 4180, a row per region and slice; slices count from 1, `all` is over all. */

import type { MeanInterval } from './region-mean.ts';
import type { RegionNumbers, RegionReport } from './region-report.ts';
import { csvField } from './roi-csv.ts';

/** The level that tables give; `summary.json` has all. */
const LEVEL = 0.95;

type Cell = string | number;
type Column = readonly [name: string, cell: (region: RegionReport) => Cell];

const numbersOf = (prefix: string, pick: (r: RegionReport) => RegionNumbers | undefined): Column[] => [
  [`${prefix}_n`, (r) => pick(r)?.nValues ?? ''],
  [`${prefix}_mean_ms`, (r) => pick(r)?.mean ?? ''],
  [`${prefix}_sd_ms`, (r) => pick(r)?.standardDeviation ?? ''],
  [`${prefix}_median_ms`, (r) => pick(r)?.median ?? ''],
  ...(['target', 'truth'] as const).flatMap((of): Column[] => {
    const interval = (r: RegionReport): MeanInterval | undefined =>
      pick(r)?.intervals.find((i) => i.of === of);
    const end = (r: RegionReport, at: 0 | 1): Cell =>
      interval(r)?.levels.find(({ level }) => level === LEVEL)?.rangeMs?.[at] ?? '';
    return [
      [`${prefix}_mean_error_sd_${of}_ms`, (r) => interval(r)?.deviationMs ?? ''],
      [`${prefix}_mean_95_low_${of}_ms`, (r) => end(r, 0)],
      [`${prefix}_mean_95_high_${of}_ms`, (r) => end(r, 1)],
    ];
  }),
];

const COLUMNS: readonly Column[] = [
  ['label', (r) => r.label],
  ['name', (r) => r.name ?? ''],
  ['slice', (r) => (r.slice === undefined ? 'all' : r.slice + 1)],
  ['n_voxels', (r) => r.nVoxels],
  ...numbersOf('before', (r) => r.before),
  ['threshold_ms', (r) => r.refined?.thresholdMs ?? ''],
  ['n_removed_uncertain', (r) => r.refined?.nUncertain ?? ''],
  ['n_removed_without_value', (r) => r.refined?.nWithoutValue ?? ''],
  ...numbersOf('refined', (r) => r.refined),
];

/** The text of `roi_refined.csv`, lines ended by CR LF. */
export const regionCsv = (regions: readonly RegionReport[]): string =>
  [
    COLUMNS.map(([name]) => name).join(','),
    ...regions.map((region) => COLUMNS.map(([, cell]) => csvField(cell(region))).join(',')),
    '',
  ].join('\r\n');
