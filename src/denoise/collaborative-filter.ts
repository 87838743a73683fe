/**
 * What both passes of BM3D share: walk over the groups of similar blocks, shrink each group's coefficients, put the
 * filtered blocks back where they came from and average the overlap, better-shrunk groups counting more.
 */
import type { BlockGroups } from './block-matching.ts';
import type { BlockSpectra } from './block-spectra.ts';
import { BLOCK, BLOCK_AREA, haarAcross, inverseHaarAcross, invertBlock } from './transforms.ts';

/**
 * Shrinks the first `nBlocks`·64 coefficients of `groups[0]` in place and returns the weight of the group. The other
 * groups hold the same blocks of the other images. Coefficient 0, the group's mean, must stay.
 */
export type Shrink = (groups: readonly Float64Array[], nBlocks: number) => number;

/** Rows of blocks that must be held for a search up to `radius` rows up and down. */
export const heldRows = (radius: number): number => 2 * radius + 1;

export interface FilterOptions {
  /** Largest displacement of a block from its reference. */
  readonly radius: number;
  /** Inverse of the 2-D transform that made the spectra. */
  readonly inverse: Float64Array;
  /** 8×8 weights of the pixels in a block. */
  readonly window: Float64Array;
}

/** Filtered image `[row, column]`. `spectra[0]` is of the noisy image. */
export function filterGroups(
  nRows: number,
  nColumns: number,
  groups: BlockGroups,
  spectra: readonly BlockSpectra[],
  shrink: Shrink,
  options: FilterOptions,
): Float64Array {
  const { inverse, window, radius } = options;
  const numerator = new Float64Array(nRows * nColumns);
  const denominator = new Float64Array(nRows * nColumns);
  const work = spectra.map(() => new Float64Array(groups.maxBlocks * BLOCK_AREA));
  const block = new Float64Array(BLOCK_AREA);
  const scratch = new Float64Array(BLOCK_AREA);
  const filtered = work[0];

  for (let reference = 0; reference < groups.counts.length; reference++) {
    const row = Math.floor(reference / groups.columns.length);
    for (const s of spectra) s.advanceTo(groups.rows[row] + radius);
    // The Haar transform needs a power of two; the least similar blocks are left out.
    const nBlocks = 2 ** Math.floor(Math.log2(groups.counts[reference]));
    const first = reference * groups.maxBlocks;
    for (let s = 0; s < spectra.length; s++) {
      for (let k = 0; k < nBlocks; k++) spectra[s].copy(groups.positions[first + k], work[s], k * BLOCK_AREA);
      haarAcross(work[s], nBlocks);
    }
    const weight = shrink(work, nBlocks);
    inverseHaarAcross(filtered, nBlocks);
    for (let k = 0; k < nBlocks; k++) {
      invertBlock(inverse, filtered, k * BLOCK_AREA, block, scratch);
      addBlock(block, window, weight, numerator, denominator, groups.positions[first + k], nColumns);
    }
  }
  for (let i = 0; i < numerator.length; i++) numerator[i] /= denominator[i];
  return numerator;
}

function addBlock(
  block: Float64Array,
  window: Float64Array,
  weight: number,
  numerator: Float64Array,
  denominator: Float64Array,
  position: number,
  nColumns: number,
): void {
  const size = BLOCK;
  for (let i = 0; i < size; i++) {
    const at = position + i * nColumns;
    for (let j = 0; j < size; j++) {
      const w = weight * window[i * size + j];
      numerator[at + j] += w * block[i * size + j];
      denominator[at + j] += w;
    }
  }
}
