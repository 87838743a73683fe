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
  let gaps: number[] = [];
  values.forEach((value, i) => {
    if (!Number.isFinite(value)) gaps.push(i);
  });
  if (gaps.length === values.length) return undefined;
  while (gaps.length > 0) {
    const layer = gaps.map((i) => meanOfKnownNeighbours(values, i, nRows, nColumns));
    gaps.forEach((i, k) => {
      values[i] = layer[k];
    });
    gaps = gaps.filter((_, k) => !Number.isFinite(layer[k]));
  }
  return values;
}

/** NaN if none of the eight neighbours is known. */
function meanOfKnownNeighbours(values: Float64Array, i: number, nRows: number, nColumns: number): number {
  const [row, column] = [Math.floor(i / nColumns), i % nColumns];
  let sum = 0;
  let n = 0;
  for (let y = Math.max(0, row - 1); y <= Math.min(nRows - 1, row + 1); y++)
    for (let x = Math.max(0, column - 1); x <= Math.min(nColumns - 1, column + 1); x++) {
      const value = values[y * nColumns + x];
      if (!Number.isFinite(value)) continue;
      sum += value;
      n++;
    }
  return sum / n;
}
