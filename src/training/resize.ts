/**
 * `plane` `[row, column]` on another matrix over the same field of view, bilinearly between pixel centres. The same
 * size gives the same values.
 */
export function resizeBilinear(
  plane: Float32Array,
  nRows: number,
  nColumns: number,
  toRows: number,
  toColumns: number,
): Float32Array {
  if (nRows === toRows && nColumns === toColumns) return plane.slice();
  const rows = sampling(nRows, toRows);
  const columns = sampling(nColumns, toColumns);
  const out = new Float32Array(toRows * toColumns);
  for (let r = 0; r < toRows; r++) {
    const { low: top, high: bottom, weight: wr } = rows[r]!;
    for (let c = 0; c < toColumns; c++) {
      const { low: left, high: right, weight: wc } = columns[c]!;
      const upper = (1 - wc) * plane[top * nColumns + left]! + wc * plane[top * nColumns + right]!;
      const lower = (1 - wc) * plane[bottom * nColumns + left]! + wc * plane[bottom * nColumns + right]!;
      out[r * toColumns + c] = (1 - wr) * upper + wr * lower;
    }
  }
  return out;
}

interface Sample {
  readonly low: number;
  readonly high: number;
  readonly weight: number;
}

/** Where each new pixel centre lies between old ones; the edge pixels are continued outwards. */
function sampling(from: number, to: number): Sample[] {
  return Array.from({ length: to }, (_, i) => {
    const position = Math.min(Math.max(((i + 0.5) * from) / to - 0.5, 0), from - 1);
    const low = Math.min(Math.floor(position), from - 1);
    return { low, high: Math.min(low + 1, from - 1), weight: position - low };
  });
}
