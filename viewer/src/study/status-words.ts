import type { VoxelStatus } from '../../../src/index.ts';

const WORDS: Readonly<Record<VoxelStatus, string>> = {
  ok: 'fitted',
  'at-lower-cutoff': 'at the lower cut-off',
  'at-upper-cutoff': 'at the upper cut-off',
  'no-signal': 'no signal',
  'no-decay': 'signal does not decay',
  'not-finite': 'signal is not a number',
  masked: 'outside the mask',
};

/** A status in words for the reader. */
export const statusWords = (status: VoxelStatus): string => WORDS[status];
