/**
 * Finds, for every reference block of an image, the most similar blocks near it.
 *
 * Instead of comparing block with block, it walks over the displacements: for one displacement the squared
 * differences of the image with its shifted self, summed over 8×8 boxes by running sums, give the distance of *all*
 * block pairs at that displacement for a few operations a pixel. A displacement and its opposite share the sums.
 * Near displacements come first, so that most far ones fail on the first comparison.
 */
import { BLOCK } from './transforms.ts';

/** The blocks similar to each reference block, nearest in value first; the reference itself is always the first. */
export interface BlockGroups {
  /** Top rows and left columns of the reference blocks; every pixel is in at least one block. */
  readonly rows: Int32Array;
  readonly columns: Int32Array;
  /** Room for blocks in each group. */
  readonly maxBlocks: number;
  /** `[reference row, reference column]`: blocks found, 1 to `maxBlocks`. */
  readonly counts: Int32Array;
  /** `[reference row, reference column, maxBlocks]`: top-left pixel of each block, row·nColumns + column. */
  readonly positions: Int32Array;
}

export interface MatchingOptions {
  readonly step: number;
  readonly maxBlocks: number;
  /** Largest displacement along rows and columns. */
  readonly radius: number;
  /** Similar means a sum of squared differences over the block below this. */
  readonly limit: number;
}

/** `image` is `[row, column]`, all finite, at least 8 pixels along each side. */
export function matchBlocks(
  image: Float64Array,
  nRows: number,
  nColumns: number,
  options: MatchingOptions,
): BlockGroups {
  const { step, maxBlocks, radius, limit } = options;
  const rows = referenceLines(nRows, step);
  const columns = referenceLines(nColumns, step);
  const nReferences = rows.length * columns.length;
  const best = createBestLists(nReferences, maxBlocks, limit);
  for (let r = 0; r < rows.length; r++)
    for (let c = 0; c < columns.length; c++)
      best.insert(r * columns.length + c, 0, rows[r] * nColumns + columns[c]);

  const rowIndex = new Int32Array(nRows).fill(-1);
  rows.forEach((row, r) => {
    rowIndex[row] = r;
  });
  const differences = new Float64Array(BLOCK * nColumns);
  const columnSums = new Float64Array(nColumns);

  for (const [dy, dx] of displacements(radius, nRows, nColumns)) {
    // Pixels (y, x) that have a partner at (y + dy, x + dx).
    const first = Math.max(0, -dx);
    const end = nColumns - Math.max(0, dx);
    differences.fill(0);
    columnSums.fill(0);
    for (let y = 0; y + dy < nRows; y++) {
      const a = y * nColumns;
      const b = (y + dy) * nColumns + dx;
      const slot = (y & (BLOCK - 1)) * nColumns;
      for (let x = first; x < end; x++) {
        const d = image[a + x] - image[b + x];
        const square = d * d;
        columnSums[x] += square - differences[slot + x];
        differences[slot + x] = square;
      }
      const top = y - BLOCK + 1;
      if (top < 0) continue;
      const forward = rowIndex[top];
      const backward = rowIndex[top + dy];
      if (forward < 0 && backward < 0) continue;
      if (forward >= 0) offer(best, columnSums, 0, forward, columns, first, end, (top + dy) * nColumns + dx);
      if (backward >= 0)
        offer(best, columnSums, dx, backward, columns, first + dx, end + dx, top * nColumns - dx);
    }
  }
  return { rows, columns, maxBlocks, counts: best.counts, positions: best.positions };
}

/** 0, step, 2·step … and the last place where a block fits. */
function referenceLines(size: number, step: number): Int32Array {
  const last = size - BLOCK;
  const lines: number[] = [];
  for (let at = 0; at < last; at += step) lines.push(at);
  return Int32Array.from([...lines, last]);
}

/** One of each pair of opposite displacements (rows, columns), nearest first. */
function displacements(radius: number, nRows: number, nColumns: number): [number, number][] {
  const out: [number, number][] = [];
  const [maxDy, maxDx] = [Math.min(radius, nRows - BLOCK), Math.min(radius, nColumns - BLOCK)];
  for (let dy = 0; dy <= maxDy; dy++)
    for (let dx = dy === 0 ? 1 : -maxDx; dx <= maxDx; dx++) out.push([dy, dx]);
  return out.sort((p, q) => p[0] ** 2 + p[1] ** 2 - q[0] ** 2 - q[1] ** 2);
}

/**
 * Offers the blocks of one row and displacement to the reference blocks of row `r`. The reference at column x has its
 * column sums from x − `shift` on, and its partner at pixel `partner` + x. Half a distance often settles the matter.
 */
function offer(
  best: BestLists,
  columnSums: Float64Array,
  shift: number,
  r: number,
  columns: Int32Array,
  first: number,
  end: number,
  partner: number,
): void {
  const base = r * columns.length;
  const { worst, insert } = best;
  for (let c = 0; c < columns.length; c++) {
    const x = columns[c];
    if (x < first || x + BLOCK > end) continue;
    const at = x - shift;
    const limit = worst[base + c];
    const half = columnSums[at] + columnSums[at + 1] + columnSums[at + 2] + columnSums[at + 3];
    if (!(half < limit)) continue;
    const distance =
      half + (columnSums[at + 4] + columnSums[at + 5] + columnSums[at + 6] + columnSums[at + 7]);
    // Rounding of the running sums must not push an identical block below the reference's own distance, 0.
    if (distance < limit) insert(base + c, Math.max(0, distance), partner + x);
  }
}

interface BestLists {
  readonly counts: Int32Array;
  readonly positions: Int32Array;
  /** A candidate must be below this to enter: the limit while there is room, then the worst of those kept. */
  readonly worst: Float64Array;
  insert(reference: number, distance: number, position: number): void;
}

function createBestLists(nReferences: number, room: number, limit: number): BestLists {
  const counts = new Int32Array(nReferences);
  const positions = new Int32Array(nReferences * room);
  const distances = new Float64Array(nReferences * room);
  const worst = new Float64Array(nReferences).fill(limit);
  const insert = (reference: number, distance: number, position: number): void => {
    const base = reference * room;
    const count = counts[reference];
    let at = base + Math.min(count, room - 1);
    // Equal distances stay in order of arrival: the nearer displacement goes first. The reference never moves.
    while (at > base && distances[at - 1] > distance) {
      distances[at] = distances[at - 1];
      positions[at] = positions[at - 1];
      at--;
    }
    distances[at] = distance;
    positions[at] = position;
    if (count < room) counts[reference] = count + 1;
    if (count >= room - 1) worst[reference] = distances[base + room - 1];
  };
  return { counts, positions, worst, insert };
}
