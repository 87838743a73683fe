/**
 * Rows of numbers per region as records hold them: slices count from 1, as in tables and pictures. Inside rhomap `slice`
 * is an index from 0; the row over all slices has none.
 */
export const withSliceNumbers = <Row extends { readonly slice?: number }>(rows: readonly Row[]): Row[] =>
  rows.map((row) => (row.slice === undefined ? row : { ...row, slice: row.slice + 1 }));
