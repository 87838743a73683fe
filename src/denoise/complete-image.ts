/**
 * Makes an image that BM3D can work on from one with gaps or smaller than a block: gaps take the mean of their known
 * neighbours, layer by layer from their rim inwards; a side shorter than the block is continued by mirroring.
 */

export interface CompleteImage {
  /** `[row, column]`, all finite. */
  readonly values: Float64Array;
  readonly nRows: number;
  readonly nColumns: number;
}

/** `undefined` if no pixel is finite. The given pixels keep their place at the top left. */
export function completeImage(
  image: Float32Array,
  nRows: number,
  nColumns: number,
  minSize: number,
): CompleteImage | undefined {
  const filled = fillGaps(Float64Array.from(image), nRows, nColumns);
  if (filled === undefined) return undefined;
  const [outRows, outColumns] = [Math.max(nRows, minSize), Math.max(nColumns, minSize)];
  const values = new Float64Array(outRows * outColumns);
  for (let y = 0; y < outRows; y++)
    for (let x = 0; x < outColumns; x++)
      values[y * outColumns + x] = filled[mirror(y, nRows) * nColumns + mirror(x, nColumns)];
  return { values, nRows: outRows, nColumns: outColumns };
}

/** Index into 0…size−1 of a signal mirrored at its ends, the end pixels doubled. */
function mirror(index: number, size: number): number {
  const folded = index % (2 * size);
  return folded < size ? folded : 2 * size - 1 - folded;
}

function fillGaps(values: Float64Array, nRows: number, nColumns: number): Float64Array | undefined {
  const isKnown = (i: number): boolean => Number.isFinite(values[i]);
  const neighbours = (i: number): number[] => neighboursOf(i, nRows, nColumns);
  const gaps = [...values.keys()].filter((i) => !isKnown(i));
  if (gaps.length === values.length) return undefined;
  let rim = gaps.filter((i) => neighbours(i).some(isKnown));
  while (rim.length > 0) {
    const means = rim.map((i) => {
      const known = neighbours(i).filter(isKnown);
      return known.reduce((sum, j) => sum + values[j], 0) / known.length;
    });
    rim.forEach((i, k) => {
      values[i] = means[k];
    });
    rim = [...new Set(rim.flatMap((i) => neighbours(i).filter((j) => !isKnown(j))))];
  }
  return values;
}

/** The up to eight pixels around pixel `i`. */
function neighboursOf(i: number, nRows: number, nColumns: number): number[] {
  const [row, column] = [Math.floor(i / nColumns), i % nColumns];
  const out: number[] = [];
  for (let y = Math.max(0, row - 1); y <= Math.min(nRows - 1, row + 1); y++)
    for (let x = Math.max(0, column - 1); x <= Math.min(nColumns - 1, column + 1); x++)
      if (y !== row || x !== column) out.push(y * nColumns + x);
  return out;
}
