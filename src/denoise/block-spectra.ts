/**
 * 2-D transforms of all 8×8 blocks of an image, overlapping ones too, each computed once. Only the block rows that
 * one row of reference blocks can reach are held (a ring of rows), so memory grows with the image's width alone.
 */
import { BLOCK, BLOCK_AREA, multiplyEight } from './transforms.ts';

export interface BlockSpectra {
  /** Makes the block rows up to `lastTop` available, and drops those more than `nHeld` above it. */
  advanceTo(lastTop: number): void;
  /** Copies the 64 coefficients of the block with its top-left pixel at `position` (row·nColumns + column). */
  copy(position: number, target: Float64Array, targetOffset: number): void;
}

/** `forward` is the 8×8 matrix T of T·X·Tᵀ; `nHeld` the number of neighbouring block rows needed at a time. */
export function createBlockSpectra(
  image: Float64Array,
  nRows: number,
  nColumns: number,
  forward: Float64Array,
  nHeld: number,
): BlockSpectra {
  const nAcross = nColumns - BLOCK + 1;
  const spectra = new Float32Array(nHeld * nAcross * BLOCK_AREA);
  // X·Tᵀ for the last eight pixel rows: `[column, coefficient, row mod 8]`, so that a block's column is one run.
  const rowSpectra = new Float64Array(nAcross * BLOCK_AREA);
  // T with its columns rotated to meet rows in ring order, for each place of the block's top row in the ring.
  const rotated = Array.from({ length: BLOCK }, (_, start) => rotateColumns(forward, start));
  const area = BLOCK_AREA;
  let nextRow = 0;

  const addRow = (y: number): void => {
    for (let x = 0; x < nAcross; x++)
      multiplyEight(forward, image, y * nColumns + x, 1, rowSpectra, x * BLOCK_AREA + (y % BLOCK), BLOCK);
    const top = y - BLOCK + 1;
    if (top < 0) return;
    const line = (top % nHeld) * nAcross * BLOCK_AREA;
    const matrix = rotated[top % BLOCK];
    for (let run = 0; run < nAcross * BLOCK; run++)
      multiplyEight(
        matrix,
        rowSpectra,
        run * BLOCK,
        1,
        spectra,
        line + (run - (run % BLOCK)) * BLOCK + (run % BLOCK),
        BLOCK,
      );
  };

  return {
    advanceTo: (lastTop) => {
      for (const end = Math.min(lastTop + BLOCK, nRows); nextRow < end; nextRow++) addRow(nextRow);
    },
    copy: (position, target, targetOffset) => {
      const top = Math.floor(position / nColumns);
      const source = ((top % nHeld) * nAcross + (position - top * nColumns)) * area;
      for (let i = 0; i < area; i++) target[targetOffset + i] = spectra[source + i];
    },
  };
}

function rotateColumns(matrix: Float64Array, start: number): Float64Array {
  return matrix.map((_, i) => matrix[i - (i % BLOCK) + ((i - start + BLOCK) % BLOCK)]);
}
