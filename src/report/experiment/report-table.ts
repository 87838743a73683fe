/**
 * A table of a report, once: the page prints it rounded, the CSV and JSON files hold the same numbers unrounded. A cell
 * may hold two numbers (mean ± SD, an interval), which are one column on the page and two in the file.
 */
import { escapeXml } from '../svg.ts';
import { fixed, interval, isKnown, type MaybeNumber, pValue, spread, unbroken } from './format.ts';

export type Cell = string | MaybeNumber | readonly MaybeNumber[];

export interface Column {
  /** Name in files. */
  readonly key: string;
  readonly title: string;
  readonly kind: 'text' | 'number' | 'spread' | 'interval' | 'p';
  /** Decimals on the page; 2 where absent. */
  readonly digits?: number;
  /** True for what the page has no room for. */
  readonly isFileOnly?: boolean;
}

export interface ReportTable {
  /** File name without ending. */
  readonly name: string;
  readonly title: string;
  readonly columns: readonly Column[];
  readonly rows: readonly (readonly Cell[])[];
  /** Rows to set in bold. */
  readonly bold?: readonly number[];
  /** Sentences below it. */
  readonly notes?: readonly string[];
}

const SUFFIXES: Partial<Record<Column['kind'], readonly [string, string]>> = {
  spread: ['Mean', 'Sd'],
  interval: ['Low', 'High'],
};

/** RFC 4180, with a header. */
export function tableCsv({ columns, rows }: ReportTable): string {
  const header = columns.flatMap(({ key, kind }) => SUFFIXES[kind]?.map((suffix) => key + suffix) ?? [key]);
  const lines = rows.map((row) => columns.flatMap((column, c) => csvCells(column, row[c])));
  return [header, ...lines].map((line) => `${line.join(',')}\r\n`).join('');
}

function csvCells({ kind }: Column, cell: Cell): string[] {
  const cells = SUFFIXES[kind] ? (Array.isArray(cell) ? cell : [cell, undefined]) : [cell];
  return cells.map((value) => {
    if (typeof value === 'string') return /[",\r\n]/.test(value) ? `"${value.replaceAll('"', '""')}"` : value;
    return isKnown(value) ? String(Number(value.toPrecision(7))) : '';
  });
}

/** The rows as records of numbers and words. */
export function tableJson({ title, columns, rows, notes = [] }: ReportTable): unknown {
  const record = (row: readonly Cell[]): unknown =>
    Object.fromEntries(columns.map(({ key }, c) => [key, row[c] ?? null]));
  return { title, columns, rows: rows.map(record), notes };
}

/** @param caption whether the title is shown above; otherwise it is only read aloud. */
export function tableHtml(table: ReportTable, caption: boolean): string {
  const { title, rows, bold = [], notes = [] } = table;
  const shown = [...table.columns.entries()].filter(([, { isFileOnly }]) => !isFileOnly);
  const className = (column: Column): string => (column.kind === 'text' ? '' : ' class="number"');
  const head = shown
    .map(([, c]) => `<th scope="col"${className(c)}>${escapeXml(unbroken(c.title))}</th>`)
    .join('');
  const body = rows.map((row, r) => {
    const cells = shown.map(([c, column]) => {
      const text = escapeXml(cellText(column, row[c]));
      return c === 0 ? `<th scope="row">${text}</th>` : `<td${className(column)}>${text}</td>`;
    });
    return `<tr${bold.includes(r) ? ' class="best"' : ''}>${cells.join('')}</tr>`;
  });
  const captionClass = caption ? '' : ' class="unseen"';
  const below = notes.map((note) => `<p class="note">${escapeXml(unbroken(note))}</p>`).join('');
  return `<div class="table" role="group" aria-label="${escapeXml(title)}" tabindex="0"><table><caption${captionClass}>${escapeXml(title)}</caption><thead><tr>${head}</tr></thead><tbody>${body.join('')}</tbody></table></div>${below}`;
}

function cellText({ kind, digits = 2 }: Column, cell: Cell): string {
  if (typeof cell === 'string') return cell;
  if (Array.isArray(cell))
    return kind === 'interval'
      ? interval(cell, digits)
      : cell.some(isKnown)
        ? spread(cell[0], cell[1], digits)
        : '–';
  return kind === 'p' ? pValue(cell as MaybeNumber) : fixed(cell as MaybeNumber, digits);
}
