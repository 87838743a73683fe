import type { ReportTable } from './report-table.ts';

/** A figure of a report with everything that belongs to it. */
export interface Figure {
  /** File name without ending. */
  readonly name: string;
  /** `Figure 3`, or another word for figures that the paper has not. */
  readonly label: string;
  readonly title: string;
  /** One sentence: how to read it. */
  readonly reading: string;
  /** What more is to be known, e.g. how examples were chosen. */
  readonly remarks?: readonly string[];
  readonly svg: string;
  /** The values in it; absent where it shows maps or a plan. */
  readonly values?: ReportTable;
}
