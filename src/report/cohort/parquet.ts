/** A table as Parquet, for statistics programs that read it faster than CSV: words as strings, numbers as doubles. */
import { parquetWriteBuffer } from 'hyparquet-writer';
import type { ReportTable } from '../experiment/report-table.ts';

export function tableParquet({ columns, rows }: ReportTable): Uint8Array {
  const columnData = columns.map(({ key, kind }, c) => ({
    name: key,
    type: kind === 'text' ? ('STRING' as const) : ('DOUBLE' as const),
    nullable: true,
    data: rows.map((row) => row[c] ?? null),
  }));
  return new Uint8Array(parquetWriteBuffer({ columnData }));
}
