/**
 * ROI numbers as a table for spreadsheets and statistics programs: RFC 4180, decimal point, one row per map, region
 * and slice; no value is an empty field, never 0 or "NaN". Slices count from 1, as in the pictures; `all` is the row
 * over all slices.
 */
import { VOXEL_STATUS_NAMES } from '../core/status.ts';
import type { RoiStatistics } from './statistics.ts';

export interface RoiTable {
  /** The map's name, e.g. `T1rho`. */
  readonly map: string;
  /** Unit of its values. */
  readonly unit: string;
  readonly rows: readonly RoiStatistics[];
}

type Column = readonly [name: string, field: (row: RoiStatistics, table: RoiTable) => string | number];

const COLUMNS: readonly Column[] = [
  ['map', (_, table) => table.map],
  ['unit', (_, table) => table.unit],
  ['label', (row) => row.label],
  ['name', (row) => row.name ?? ''],
  ['slice', (row) => (row.slice === undefined ? 'all' : row.slice + 1)],
  ['n_voxels', (row) => row.nVoxels],
  ['n_values', (row) => row.nValues],
  ['mean', (row) => row.mean],
  ['standard_deviation', (row) => row.standardDeviation],
  ['median', (row) => row.median],
  ['percentile_5', (row) => row.percentile5],
  ['percentile_25', (row) => row.percentile25],
  ['percentile_75', (row) => row.percentile75],
  ['percentile_95', (row) => row.percentile95],
  ...VOXEL_STATUS_NAMES.map((s): Column => [`n_${s.replaceAll('-', '_')}`, (row) => row.nByStatus[s]]),
];

/** The text of `roi.csv`, lines ended by CR LF. */
export function roiCsv(tables: readonly RoiTable[]): string {
  const lines = tables.flatMap((table) =>
    table.rows.map((row) => COLUMNS.map(([, field]) => csvField(field(row, table))).join(',')),
  );
  return [COLUMNS.map(([name]) => name).join(','), ...lines, ''].join('\r\n');
}

/** Seven digits are what the float32 values behind the numbers carry. */
export function csvField(value: string | number): string {
  if (typeof value === 'number') return Number.isFinite(value) ? String(Number(value.toPrecision(7))) : '';
  return /[",\r\n]/.test(value) ? `"${value.replaceAll('"', '""')}"` : value;
}
