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

/** Moves images `[image, row, column]`, all alike; the result lasts until the next call. */
export type ImageMover = (images: Float32Array, move: RigidMove) => Float32Array;

/** Rows and columns of air around an image: one before it and two after it, so that every sample has four neighbours. */
const AIR_BEFORE = 1;
const AIR_AFTER = 2;

/** A mover of `nImages` images that keeps its memory. Where a pixel comes from is worked out once for all images. */
export function createImageMover(nImages: number, nRows: number, nColumns: number): ImageMover {
  const width = AIR_BEFORE + nColumns + AIR_AFTER;
  const nPadded = (AIR_BEFORE + nRows + AIR_AFTER) * width;
  const padded = new Float32Array(nImages * nPadded);
  const moved = new Float32Array(nImages * nRows * nColumns);
  const samples: RowSamples = {
    place: new Int32Array(nColumns),
    rowPart: new Float64Array(nColumns),
    columnPart: new Float64Array(nColumns),
  };
  return (images, move) => {
    for (let from = 0; from < nImages * nRows; from++) {
      const [image, row] = [Math.floor(from / nRows), from % nRows];
      const source = images.subarray(from * nColumns, (from + 1) * nColumns);
      padded.set(source, image * nPadded + (AIR_BEFORE + row) * width + AIR_BEFORE);
    }
    for (let row = 0; row < nRows; row++) {
      locate(samples, row, nRows, nColumns, move);
      for (let image = 0; image < nImages; image++) {
        const source = padded.subarray(image * nPadded, (image + 1) * nPadded);
        const begin = (image * nRows + row) * nColumns;
        sample(source, width, samples, moved.subarray(begin, begin + nColumns));
      }
    }
    return moved;
  };
}

/** Where the pixels of a row come from: the place of the upper left neighbour in a padded image, and the parts beyond it. */
interface RowSamples {
  readonly place: Int32Array;
  readonly rowPart: Float64Array;
  readonly columnPart: Float64Array;
}

function locate(samples: RowSamples, row: number, nRows: number, nColumns: number, move: RigidMove): void {
  const [cos, sin] = [Math.cos(move.angleRadians), Math.sin(move.angleRadians)];
  const [centreRow, centreColumn] = [(nRows - 1) / 2, (nColumns - 1) / 2];
  const width = AIR_BEFORE + nColumns + AIR_AFTER;
  const y = row - centreRow - move.shiftRows;
  for (let column = 0; column < nColumns; column++) {
    const x = column - centreColumn - move.shiftColumns;
    const sourceRow = Math.min(Math.max(centreRow + cos * y - sin * x, -AIR_BEFORE), nRows);
    const sourceColumn = Math.min(Math.max(centreColumn + sin * y + cos * x, -AIR_BEFORE), nColumns);
    const [r, c] = [Math.floor(sourceRow), Math.floor(sourceColumn)];
    samples.place[column] = (r + AIR_BEFORE) * width + c + AIR_BEFORE;
    samples.rowPart[column] = sourceRow - r;
    samples.columnPart[column] = sourceColumn - c;
  }
}

/** Bilinear samples of a padded image. */
function sample(
  image: Float32Array,
  width: number,
  { place, rowPart, columnPart }: RowSamples,
  out: Float32Array,
): void {
  for (let column = 0; column < out.length; column++) {
    const at = place[column]!;
    const fr = rowPart[column]!;
    const fc = columnPart[column]!;
    const upper = (1 - fc) * image[at]! + fc * image[at + 1]!;
    const lower = (1 - fc) * image[at + width]! + fc * image[at + width + 1]!;
    out[column] = (1 - fr) * upper + fr * lower;
  }
}
