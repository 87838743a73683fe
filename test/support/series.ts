import { writeFileSync } from 'node:fs';
import type { Grid } from '../../src/core/grid.ts';
import { voxelCount } from '../../src/core/grid.ts';
import { createRandom } from '../../src/core/random.ts';
import { writeNifti } from '../../src/io/nifti/write.ts';

export const SMALL_GRID: Grid = {
  nColumns: 12,
  nRows: 10,
  nSlices: 2,
  affine: [-1.5, 0, 0, 9, 0, -1.5, 0, 8, 0, 0, 7, -3, 0, 0, 0, 1],
};

/** True T1rho of voxel `i` of the synthetic series, ms. */
export const trueT1rhoMs = (i: number): number => 30 + (i % 30);

/** A decaying series `[tsl, slice, row, column]` without noise; S0 1000. */
export function decayingSignal(tslMs: readonly number[], grid: Grid = SMALL_GRID): Float32Array {
  const n = voxelCount(grid);
  return Float32Array.from({ length: n * tslMs.length }, (_, p) => {
    const tsl = tslMs[Math.floor(p / n)]!;
    return 1000 * Math.exp(-tsl / trueT1rhoMs(p % n));
  });
}

export function writeSeries(
  path: string,
  tslMs: readonly number[],
  signal: Float32Array = decayingSignal(tslMs),
  grid: Grid = SMALL_GRID,
): void {
  writeFileSync(
    path,
    writeNifti({ grid, values: signal, nVolumes: tslMs.length }, { gzip: path.endsWith('.gz') }),
  );
}

/** A mask with region 1 in the first slice and region 2 in the second. */
export function writeMask(path: string, grid: Grid = SMALL_GRID): void {
  const perSlice = grid.nColumns * grid.nRows;
  const labels = Uint8Array.from({ length: voxelCount(grid) }, (_, i) =>
    i % 3 === 0 ? 0 : 1 + Math.floor(i / perSlice),
  );
  writeFileSync(path, writeNifti({ grid, values: labels }));
}

/** Bytes that are no image. */
export function noise(n: number, seed: number): Uint8Array {
  const random = createRandom(seed);
  return Uint8Array.from({ length: n }, () => random.integer(256));
}
