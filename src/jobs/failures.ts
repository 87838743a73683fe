/** `failures.csv`: what has no result, and why; RFC 4180. */
import { csvField } from '../roi/roi-csv.ts';
import type { Failure } from './task.ts';

const COLUMNS = ['id', 'input', 'code', 'reason'] as const;

export const failuresCsv = (failures: readonly Failure[]): string =>
  [
    COLUMNS.join(','),
    ...inOrder(failures).map((failure) => COLUMNS.map((column) => csvField(failure[column])).join(',')),
    '',
  ].join('\r\n');

const inOrder = (failures: readonly Failure[]): Failure[] =>
  failures.toSorted((a, b) => (a.id < b.id ? -1 : Number(a.id > b.id)));

/** How many failed by each code, the most frequent first. */
export function countByCode(failures: readonly Failure[]): [code: string, n: number][] {
  const groups = [...Map.groupBy(inOrder(failures), ({ code }) => code)];
  return groups.map(([code, own]): [string, number] => [code, own.length]).sort((a, b) => b[1] - a[1]);
}
