/**
 * Augmentation of the contrasts (never of the maps: those are fitted again from the moved contrasts, as in the paper).
 * A rigid move in the image plane, resampled bilinearly; what comes in from outside is air, 0.
 */
import type { Random } from '../core/random.ts';

/** A rotation about the image centre, then a shift. */
export interface RigidMove {
  readonly angleRadians: number;
  readonly shiftColumns: number;
  readonly shiftRows: number;
}

export interface AugmentationRange {
  /** Rotations are uniform in ± this. The paper: 7. */
  readonly maxAngleDegrees: number;
  /** Shifts are uniform in ± this along rows and columns. The paper: 10. */
  readonly maxShiftPixels: number;
}

export const PAPER_AUGMENTATION: AugmentationRange = { maxAngleDegrees: 7, maxShiftPixels: 10 };

export function drawMove(range: AugmentationRange, random: Random): RigidMove {
  const within = (limit: number): number => (2 * random.uniform() - 1) * limit;
  return {
    angleRadians: (within(range.maxAngleDegrees) * Math.PI) / 180,
    shiftColumns: within(range.maxShiftPixels),
    shiftRows: within(range.maxShiftPixels),
  };
}

/**
 * `images` `[image, row, column]`, all moved alike, written to `out` (same size). Where a pixel comes from is worked out
 * a row at a time, once for all images.
 */
export function moveImages(
  images: Float32Array,
  nRows: number,
  nColumns: number,
  move: RigidMove,
  out: Float32Array,
): void {
  const [cos, sin] = [Math.cos(move.angleRadians), Math.sin(move.angleRadians)];
  const [centreRow, centreColumn] = [(nRows - 1) / 2, (nColumns - 1) / 2];
  const nPixels = nRows * nColumns;
  const sourceRows = new Float64Array(nColumns);
  const sourceColumns = new Float64Array(nColumns);
  for (let row = 0; row < nRows; row++) {
    for (let column = 0; column < nColumns; column++) {
      const y = row - centreRow - move.shiftRows;
      const x = column - centreColumn - move.shiftColumns;
      sourceRows[column] = centreRow + cos * y - sin * x;
      sourceColumns[column] = centreColumn + sin * y + cos * x;
    }
    for (let from = 0; from < images.length; from += nPixels)
      for (let column = 0; column < nColumns; column++)
        out[from + row * nColumns + column] = bilinear(
          images,
          from,
          nRows,
          nColumns,
          sourceRows[column]!,
          sourceColumns[column]!,
        );
  }
}

/** The image that begins at `from`, between pixel centres; 0 outside. */
function bilinear(
  images: Float32Array,
  from: number,
  nRows: number,
  nColumns: number,
  row: number,
  column: number,
): number {
  const r = Math.floor(row);
  const c = Math.floor(column);
  const fr = row - r;
  const fc = column - c;
  const at = from + r * nColumns + c;
  let [a, b, d, e] = [0, 0, 0, 0];
  if (r >= 0 && c >= 0 && r < nRows - 1 && c < nColumns - 1) {
    a = images[at]!;
    b = images[at + 1]!;
    d = images[at + nColumns]!;
    e = images[at + nColumns + 1]!;
  } else {
    if (r < -1 || c < -1 || r >= nRows || c >= nColumns) return 0;
    const [isLeft, isRight] = [c >= 0, c + 1 < nColumns];
    if (r >= 0) {
      if (isLeft) a = images[at]!;
      if (isRight) b = images[at + 1]!;
    }
    if (r + 1 < nRows) {
      if (isLeft) d = images[at + nColumns]!;
      if (isRight) e = images[at + nColumns + 1]!;
    }
  }
  return (1 - fr) * ((1 - fc) * a + fc * b) + fr * ((1 - fc) * d + fc * e);
}
