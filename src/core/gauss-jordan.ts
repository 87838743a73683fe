/** A pivot this small, beside entries of order 1, is rounding: its direction is flat. */
const FLAT = 1e-12;

/**
 * Solves A·X = B by Gauss–Jordan elimination, pivoting on the largest entry of a column: for a few unknowns, with
 * entries of order 1. Larger systems want a factorisation that keeps its error in check.
 * @param rows The augmented rows [A | B], `[n, n + m]`; overwritten.
 * @returns X, `[n]` rows of `[m]`; unknowns that A leaves free are 0.
 */
export function solveByElimination(rows: Float64Array[]): Float64Array[] {
  const n = rows.length;
  for (let c = 0; c < n; c++) {
    let pivot = c;
    for (let r = c + 1; r < n; r++) if (Math.abs(rows[r]![c]!) > Math.abs(rows[pivot]![c]!)) pivot = r;
    [rows[c], rows[pivot]] = [rows[pivot]!, rows[c]!];
    const row = rows[c]!;
    if (Math.abs(row[c]!) < FLAT) continue;
    for (let r = 0; r < n; r++) {
      if (r === c) continue;
      const other = rows[r]!;
      const factor = other[c]! / row[c]!;
      for (let k = c; k < other.length; k++) other[k] = other[k]! - factor * row[k]!;
    }
  }
  return rows.map((row, i) => {
    const scale = row[i]!;
    return row.subarray(n).map((value) => (Math.abs(scale) < FLAT ? 0 : value / scale));
  });
}
