/** The table of subjects: the page prints it rounded, the files hold it whole. */
import type { Cell, Column, ReportTable } from '../experiment/report-table.ts';
import type { FlaggedRow } from './flags.ts';

type Field = Column & { readonly cell: (row: FlaggedRow) => Cell };

const number = (
  key: string,
  title: string,
  cell: (row: FlaggedRow) => number | undefined,
  more: Partial<Column> = {},
): Field => ({ key, title, kind: 'number', cell, ...more });

const fieldsOf = (groups: readonly string[]): Field[] => [
  { key: 'id', title: 'Subject', kind: 'text', cell: ({ id }) => id },
  ...groups.map(
    (group): Field => ({ key: group, title: group, kind: 'text', cell: (row) => row.groups[group] ?? '' }),
  ),
  { key: 'region', title: 'Region', kind: 'text', cell: ({ region = '' }) => region, isFileOnly: true },
  number('n_voxels', 'Pixels', (row) => row.nVoxels, { digits: 0 }),
  number('mean_ms', 'Mean (ms)', (row) => row.meanMs),
  number('sd_ms', 'SD', (row) => row.sdMs),
  number('refined_mean_ms', 'Refined (ms)', (row) => row.refinedMs),
  number('refined_sd_ms', 'SD', (row) => row.refinedSdMs),
  number('removed_share', 'Left out', (row) => row.removedShare),
  number('low_95_ms', '95 % from', (row) => row.lowMs),
  number('high_95_ms', 'to', (row) => row.highMs),
  number('robust_z', 'Robust z', (row) => row.z, { digits: 1 }),
  { key: 'verdict', title: 'Input', kind: 'text', cell: ({ verdict }) => verdict },
  { key: 'flags', title: 'Look, because', kind: 'text', cell: ({ flags }) => flags.join('; ') },
  {
    ...{ key: 'warnings', title: 'Warnings', kind: 'text', isFileOnly: true },
    cell: ({ warnings }) => warnings.join(' '),
  },
];

/** @param groups columns of the participants' table, in their order. */
export function subjectTable(
  rows: readonly FlaggedRow[],
  groups: readonly string[],
  title: string = 'Subjects',
): ReportTable {
  const fields = fieldsOf(groups);
  return {
    ...{ name: 'subjects', title, columns: fields.map(({ cell: _, ...column }) => column) },
    rows: rows.map((row) => fields.map(({ cell }) => cell(row))),
  };
}
