/**
 * Stored voxels to float32 values: bytes arrive in pieces of any length, are put in host order, widened to float64,
 * scaled there once, and rounded once. Nothing but one 64 KB block is held beside the result.
 */
import { NIFTI_TYPE_BYTES, type NiftiType } from './datatypes.ts';
import type { NiftiHeader } from './header.ts';

export interface VoxelDecoder {
  /** Takes the next bytes; those beyond the last voxel are left alone. Returns how many it took. */
  push(bytes: Uint8Array): number;
  readonly isComplete: boolean;
  /** `[volume, slice, row, column]`; voxels that did not arrive are 0. */
  readonly values: Float32Array;
  /** Whole numbers that float32 cannot hold exactly (beyond 2²⁴, unscaled). */
  readonly nInexact: number;
  /** Finite numbers beyond float32's range, now infinite. */
  readonly nOverflows: number;
}

const BLOCK_BYTES = 65_536;
const HOST_IS_LITTLE_ENDIAN = new Uint8Array(Uint16Array.of(1).buffer)[0] === 1;

const VIEWS = {
  uint8: Uint8Array,
  int8: Int8Array,
  uint16: Uint16Array,
  int16: Int16Array,
  uint32: Uint32Array,
  int32: Int32Array,
  float32: Float32Array,
  float64: Float64Array,
} as const;

/** Allocates `nValues` float32 values at once: check `nValues` against the file's size first. */
export function createVoxelDecoder(header: NiftiHeader, nValues: number): VoxelDecoder {
  const size = NIFTI_TYPE_BYTES[header.type];
  const { slope, intercept } = header;
  const isScaled = slope !== 1 || intercept !== 0;
  const mustSwap = header.littleEndian !== HOST_IS_LITTLE_ENDIAN && size > 1;
  const countInexact = !isScaled && /int(32|64)/.test(header.type);
  const values = new Float32Array(nValues);
  const block = new Uint8Array(BLOCK_BYTES);
  const wide = new Float64Array(BLOCK_BYTES / size);
  const widen = widener(header.type, block.buffer, wide);
  let [nFilled, nDone, nInexact, nOverflows] = [0, 0, 0, 0];

  const flush = (): void => {
    const n = nFilled / size;
    if (mustSwap) reverseEach(block, nFilled, size);
    const nRounded = widen(n);
    if (isScaled) for (let i = 0; i < n; i++) wide[i] = wide[i]! * slope + intercept;
    for (let i = 0; i < n; i++) {
      const value = Math.fround(wide[i]!);
      if (value !== wide[i]) {
        if (countInexact) nInexact++;
        else if (Math.abs(value) === Infinity) nOverflows++;
      }
      values[nDone + i] = value;
    }
    if (countInexact) nInexact += nRounded;
    nDone += n;
    nFilled = 0;
  };

  return {
    push(bytes) {
      let at = 0;
      while (at < bytes.length && nDone < nValues) {
        const room = Math.min(BLOCK_BYTES, (nValues - nDone) * size) - nFilled;
        const piece = bytes.subarray(at, at + room);
        block.set(piece, nFilled);
        nFilled += piece.length;
        at += piece.length;
        if (piece.length === room) flush();
      }
      return at;
    },
    values,
    get isComplete() {
      return nDone === nValues;
    },
    get nInexact() {
      return nInexact;
    },
    get nOverflows() {
      return nOverflows;
    },
  };
}

/** Fills `wide` with the first n values of the block; returns how many 64-bit integers float64 had to round. */
function widener(type: NiftiType, block: ArrayBuffer, wide: Float64Array): (n: number) => number {
  if (type === 'int64' || type === 'uint64') {
    const stored = type === 'int64' ? new BigInt64Array(block) : new BigUint64Array(block);
    return (n) => {
      let nRounded = 0;
      for (let i = 0; i < n; i++) {
        wide[i] = Number(stored[i]!);
        // Counted here only where the float32 check cannot see it.
        if (Math.fround(wide[i]!) === wide[i] && BigInt(wide[i]!) !== stored[i]) nRounded++;
      }
      return nRounded;
    };
  }
  const stored = new VIEWS[type](block);
  return (n) => {
    wide.set(stored.subarray(0, n));
    return 0;
  };
}

function reverseEach(block: Uint8Array, nBytes: number, size: number): void {
  for (let start = 0; start < nBytes; start += size)
    for (let a = start, b = start + size - 1; a < b; a++, b--) {
      const byte = block[a]!;
      block[a] = block[b]!;
      block[b] = byte;
    }
}
