import { describe, expect, it } from 'vitest';
import { type Affine, applyAffine } from '../core/affine.ts';
import type { Grid } from '../core/grid.ts';
import { sliceDisplay, slicePosition } from './slice-display.ts';

/** A body of 2 (R–L) × 3 (A–P) × 4 (S–I) voxels of 1 mm: the value says where in the world a voxel lies. */
const BODY = [2, 3, 4] as const;

/** All 48 ways to store it: each index axis along a world axis, in either direction. */
function* storages(): Generator<Grid> {
  for (const order of [
    [0, 1, 2],
    [0, 2, 1],
    [1, 0, 2],
    [1, 2, 0],
    [2, 0, 1],
    [2, 1, 0],
  ] as const)
    for (let flips = 0; flips < 8; flips++) {
      const affine = new Array<number>(16).fill(0);
      affine[15] = 1;
      order.forEach((world, index) => {
        const isFlipped = (flips >> index) & 1;
        affine[4 * world + index] = isFlipped ? -1 : 1;
        affine[4 * world + 3] = isFlipped ? BODY[world]! - 1 : 0;
      });
      yield { nColumns: BODY[order[0]], nRows: BODY[order[1]], nSlices: BODY[order[2]], affine };
    }
}

/** The picture of a slice as world positions `x y z`, rows from the top. */
function picture(grid: Grid, slice: number): string[][] {
  const d = sliceDisplay(grid);
  return Array.from({ length: d.height }, (_, y) =>
    Array.from({ length: d.width }, (_, x) => {
      const index = d.start + x * d.stepX + y * d.stepY;
      const [i, j] = [index % grid.nColumns, Math.floor(index / grid.nColumns)];
      return applyAffine(grid.affine, [i, j, slice]).join(' ');
    }),
  );
}

/** What a radiologist expects of the slice through a world position. */
function expected(plane: string, at: readonly number[]): string[][] {
  const down = (n: number): number[] => Array.from({ length: n }, (_, i) => n - 1 - i);
  const [x, y, z] = [0, 1, 2].map((world) => down(BODY[world]!)) as [number[], number[], number[]];
  if (plane === 'axial') return y.map((b) => x.map((a) => [a, b, at[2]].join(' ')));
  if (plane === 'coronal') return z.map((c) => x.map((a) => [a, at[1], c].join(' ')));
  return z.map((c) => y.map((b) => [at[0], b, c].join(' ')));
}

describe('sliceDisplay', () => {
  it('shows the same picture however the volume is stored: 48 ways, every slice', () => {
    let n = 0;
    for (const grid of storages())
      for (let slice = 0; slice < grid.nSlices; slice++, n++) {
        const at = applyAffine(grid.affine, [0, 0, slice]);
        expect(picture(grid, slice)).toEqual(expected(sliceDisplay(grid).plane, at));
      }
    expect(n).toBe(16 * (2 + 3 + 4));
  });

  it('letters the edges by plane, the same in every storage', () => {
    const marks = new Map(
      [...storages()].map((grid) => [sliceDisplay(grid).plane, sliceDisplay(grid).marks]),
    );
    expect(Object.fromEntries(marks)).toEqual({
      axial: { left: 'R', right: 'L', top: 'A', bottom: 'P' },
      coronal: { left: 'R', right: 'L', top: 'S', bottom: 'I' },
      sagittal: { left: 'A', right: 'P', top: 'S', bottom: 'I' },
    });
  });

  it('gives a tilted slice two letters and its true voxel sizes', () => {
    const [c, s] = [Math.cos(0.6), Math.sin(0.6)];
    // Axial, rotated about the patient's length axis by 34°; rows 2 mm, columns 1.5 mm.
    const affine: Affine = [-1.5 * c, 2 * s, 0, 0, -1.5 * s, -2 * c, 0, 0, 0, 0, 7, 0, 0, 0, 0, 1];
    const display = sliceDisplay({ nColumns: 4, nRows: 5, nSlices: 1, affine });
    expect(display.marks).toEqual({ left: 'RA', right: 'LP', top: 'AL', bottom: 'PR' });
    expect([display.pixelWidthMm, display.pixelHeightMm].map((v) => v.toFixed(6))).toEqual([
      '1.500000',
      '2.000000',
    ]);
    expect([display.start, display.stepX, display.stepY]).toEqual([0, 1, 4]);
  });

  it('says where a slice lies', () => {
    const affine = [-1, 0, 0, 1, 0, -1, 0, 1, 0, 0, 7, -10, 0, 0, 0, 1];
    const grid = { nColumns: 3, nRows: 3, nSlices: 4, affine };
    expect([0, 2].map((k) => slicePosition(grid, k))).toEqual(['I 10.0 mm', 'S 4.0 mm']);
  });
});
