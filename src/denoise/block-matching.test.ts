import { describe, expect, it } from 'vitest';
import { createRandom } from '../core/random.ts';
import { matchBlocks } from './block-matching.ts';

/** The same by the definition: every block in the window, sorted by distance, near displacements first. */
function bruteForce(
  image: Float64Array,
  nRows: number,
  nColumns: number,
  row: number,
  column: number,
  radius: number,
  limit: number,
): number[] {
  const found: { position: number; distance: number }[] = [];
  for (let y = Math.max(0, row - radius); y <= Math.min(nRows - 8, row + radius); y++)
    for (let x = Math.max(0, column - radius); x <= Math.min(nColumns - 8, column + radius); x++) {
      let distance = 0;
      for (let i = 0; i < 64; i++) {
        const [dy, dx] = [i >> 3, i & 7];
        distance += (image[(y + dy) * nColumns + x + dx] - image[(row + dy) * nColumns + column + dx]) ** 2;
      }
      if (distance < limit) found.push({ position: y * nColumns + x, distance });
    }
  return found.sort((a, b) => a.distance - b.distance).map((f) => f.position);
}

describe('matchBlocks', () => {
  it.each([
    [25, 31, 6, 130, 3],
    [12, 40, 50, 1e9, 2],
    [8, 8, 19, 1e9, 3],
  ])('finds what a direct search finds in %i×%i pixels', (nRows, nColumns, radius, limit, step) => {
    const random = createRandom(`matching ${nRows}`);
    const image = Float64Array.from({ length: nRows * nColumns }, () => random.normal());
    const groups = matchBlocks(image, nRows, nColumns, { step, maxBlocks: 16, radius, limit });
    groups.rows.forEach((row, r) => {
      groups.columns.forEach((column, c) => {
        const reference = r * groups.columns.length + c;
        const count = groups.counts[reference];
        const expected = bruteForce(image, nRows, nColumns, row, column, radius, limit).slice(0, 16);
        expect([...groups.positions.subarray(reference * 16, reference * 16 + count)]).toEqual(expected);
      });
    });
  });

  it('covers every pixel, the last rows and columns too', () => {
    const { rows, columns } = matchBlocks(new Float64Array(17 * 23), 17, 23, {
      step: 3,
      maxBlocks: 1,
      radius: 0,
      limit: 1,
    });
    expect([...rows]).toEqual([0, 3, 6, 9]);
    expect([...columns]).toEqual([0, 3, 6, 9, 12, 15]);
  });

  it('puts the reference first even among identical blocks', () => {
    const groups = matchBlocks(new Float64Array(20 * 20).fill(0.1), 20, 20, {
      step: 3,
      maxBlocks: 4,
      radius: 5,
      limit: 1,
    });
    groups.rows.forEach((row, r) => {
      groups.columns.forEach((column, c) => {
        expect(groups.positions[(r * groups.columns.length + c) * 4]).toBe(row * 20 + column);
      });
    });
  });
});
