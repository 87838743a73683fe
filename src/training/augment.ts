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

/** `image` `[row, column]` moved by `move`, written to `out` (same size). */
export function moveImage(
  image: Float32Array,
  nRows: number,
  nColumns: number,
  move: RigidMove,
  out: Float32Array,
): void {
  const [cos, sin] = [Math.cos(move.angleRadians), Math.sin(move.angleRadians)];
  const [centreRow, centreColumn] = [(nRows - 1) / 2, (nColumns - 1) / 2];
  for (let row = 0; row < nRows; row++)
    for (let column = 0; column < nColumns; column++) {
      const y = row - centreRow - move.shiftRows;
      const x = column - centreColumn - move.shiftColumns;
      const sourceRow = centreRow + cos * y - sin * x;
      const sourceColumn = centreColumn + sin * y + cos * x;
      out[row * nColumns + column] = bilinear(image, nRows, nColumns, sourceRow, sourceColumn);
    }
}

function bilinear(image: Float32Array, nRows: number, nColumns: number, row: number, column: number): number {
  const r = Math.floor(row);
  const c = Math.floor(column);
  if (r < -1 || c < -1 || r >= nRows || c >= nColumns) return 0;
  const [fr, fc] = [row - r, column - c];
  const at = (i: number, j: number): number =>
    i < 0 || j < 0 || i >= nRows || j >= nColumns ? 0 : image[i * nColumns + j]!;
  return (
    (1 - fr) * ((1 - fc) * at(r, c) + fc * at(r, c + 1)) +
    fr * ((1 - fc) * at(r + 1, c) + fc * at(r + 1, c + 1))
  );
}
