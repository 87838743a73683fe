/**
 * How far two images of one anatomy lie apart, pixels: the displacement at which their edges agree best, to a fraction of a
 * pixel. Edges (gradients in the logarithm of the signal), because contrast differs between spin-lock times.
 */

/** Displacements tried, in pixels of half the matrix. */
const REACH = 5;
/** Keeps the logarithm of air, and its noise, out of the edges. */
const FLOOR = 0.1;

/** @param first, second `[row, column]`, scaled to about 0…1. */
export function imageShift(
  first: Float32Array,
  second: Float32Array,
  nRows: number,
  nColumns: number,
): number {
  const [rows, columns] = [nRows >> 1, nColumns >> 1];
  if (Math.min(rows, columns) < 4 * REACH) return 0;
  const [a, b] = [edges(first, rows, columns, nColumns), edges(second, rows, columns, nColumns)];
  const width = 2 * REACH + 1;
  const scores = new Float64Array(width * width);
  for (let dr = -REACH; dr <= REACH; dr++)
    for (let dc = -REACH; dc <= REACH; dc++) {
      let sum = 0;
      const apart = dr * columns + dc;
      for (let r = REACH; r < rows - REACH; r++) {
        const end = (r + 1) * columns - REACH;
        for (let p = r * columns + REACH; p < end; p++) sum += a[p]! * b[p + apart]!;
      }
      scores[(dr + REACH) * width + dc + REACH] = sum;
    }
  const best = scores.indexOf(Math.max(...scores));
  const [row, column] = [Math.floor(best / width), best % width];
  const across = vertex(scores, best, column, 1, width);
  const down = vertex(scores, best, row, width, width);
  return 2 * Math.hypot(row - REACH + down, column - REACH + across);
}

/** Where the parabola through the best score and its neighbours has its top, −0.5…0.5; 0 at the edge of the search. */
function vertex(scores: Float64Array, best: number, at: number, step: number, width: number): number {
  if (at === 0 || at === width - 1) return 0;
  const [before, peak, after] = [scores[best - step]!, scores[best]!, scores[best + step]!];
  const curvature = before - 2 * peak + after;
  return curvature < 0 ? (0.5 * (before - after)) / curvature : 0;
}

/** Gradient magnitude of the logarithm on half the matrix. */
function edges(image: Float32Array, rows: number, columns: number, nColumns: number): Float64Array {
  const level = new Float64Array(rows * columns);
  for (let r = 0; r < rows; r++)
    for (let c = 0; c < columns; c++) {
      const p = 2 * r * nColumns + 2 * c;
      const mean = (image[p]! + image[p + 1]! + image[p + nColumns]! + image[p + nColumns + 1]!) / 4;
      level[r * columns + c] = Math.log(Math.max(mean, 0) + FLOOR);
    }
  const magnitude = new Float64Array(level.length);
  for (let r = 1; r < rows - 1; r++)
    for (let c = 1; c < columns - 1; c++) {
      const p = r * columns + c;
      magnitude[p] = Math.hypot(level[p + 1]! - level[p - 1]!, level[p + columns]! - level[p - columns]!);
    }
  return magnitude;
}
