/**
 * The linear transforms of BM3D on 8×8 blocks, as small flat kernels: bior1.5 wavelets (first pass) and the DCT
 * (second) inside a block, Haar across the blocks of a group.
 *
 * A 2-D transform is T·X·Tᵀ with an 8×8 matrix T whose rows have norm 1, so white noise of SD σ has SD σ in every
 * coefficient. The DCT and Haar are orthonormal; bior1.5 is not (its inverse is the matrix inverse), as in
 * Dabov 2007, doi:10.1109/TIP.2007.901238. Wavelets go down all three levels, periodic at the block's border.
 */
import { solveByElimination } from '../core/gauss-jordan.ts';

export const BLOCK = 8;
export const BLOCK_AREA = 64;

/** A pair of 8×8 matrices, row-major, with inverse·forward = identity. */
export interface BlockTransform {
  readonly forward: Float64Array;
  readonly inverse: Float64Array;
}

/** Orthonormal DCT-II. */
export function dctTransform(): BlockTransform {
  const forward = new Float64Array(BLOCK_AREA);
  for (let k = 0; k < BLOCK; k++)
    for (let i = 0; i < BLOCK; i++)
      forward[k * BLOCK + i] =
        Math.sqrt((k === 0 ? 1 : 2) / BLOCK) * Math.cos((Math.PI * (2 * i + 1) * k) / (2 * BLOCK));
  return { forward, inverse: transpose(forward) };
}

/** Biorthogonal spline wavelets 1.5 (Cohen, Daubechies, Feauveau 1992), rows scaled to norm 1. */
export function bior15Transform(): BlockTransform {
  const forward = new Float64Array(BLOCK_AREA);
  for (let i = 0; i < BLOCK; i++) {
    const unit = new Float64Array(BLOCK);
    unit[i] = 1;
    analyseBior15(unit).forEach((value, k) => {
      forward[k * BLOCK + i] = value;
    });
  }
  for (let k = 0; k < BLOCK; k++) {
    const row = forward.subarray(k * BLOCK, (k + 1) * BLOCK);
    const norm = Math.hypot(...row);
    row.forEach((value, i) => {
      row[i] = value / norm;
    });
  }
  return { forward, inverse: invert(forward) };
}

/** Analysis low-pass of bior1.5, to be divided by 128·√2; the high-pass is Haar's, (1, −1)/√2. */
export const BIOR15_LOW: readonly number[] = [3, -3, -22, 22, 128, 128, 22, -22, -3, 3];

/** Coefficients from coarse to fine: approximation, then details of levels 3, 2, 1. */
function analyseBior15(signal: Float64Array): Float64Array {
  const out = new Float64Array(BLOCK);
  let current = signal;
  for (let n = BLOCK; n > 1; n /= 2) {
    const half = new Float64Array(n / 2);
    for (let i = 0; i < n / 2; i++) {
      BIOR15_LOW.forEach((tap, k) => {
        half[i] = half[i] + (tap / (128 * Math.SQRT2)) * current[(2 * i + k - 4 + 2 * n * BLOCK) % n];
      });
      out[n / 2 + i] = (current[2 * i] - current[2 * i + 1]) / Math.SQRT2;
    }
    current = half;
  }
  out[0] = current[0];
  return out;
}

function transpose(m: Float64Array): Float64Array {
  return m.map((_, i) => m[(i % BLOCK) * BLOCK + Math.floor(i / BLOCK)]);
}

/** Inverse of an 8×8 matrix. */
function invert(matrix: Float64Array): Float64Array {
  const rows = Array.from({ length: BLOCK }, (_, r) => {
    const row = new Float64Array(2 * BLOCK);
    row.set(matrix.subarray(r * BLOCK, (r + 1) * BLOCK));
    row[BLOCK + r] = 1;
    return row;
  });
  return Float64Array.from(solveByElimination(rows).flatMap((row) => [...row]));
}

/**
 * The matrix times eight values `stride` apart: out[outAt + k·outStride] = Σ m[k, i]·values[at + i·stride].
 * Loop-free loads: this is where BM3D spends its time.
 */
export function multiplyEight(
  m: Float64Array,
  values: Float64Array,
  at: number,
  stride: number,
  out: Float64Array | Float32Array,
  outAt: number,
  outStride: number,
): void {
  const v0 = values[at];
  const v1 = values[at + stride];
  const v2 = values[at + 2 * stride];
  const v3 = values[at + 3 * stride];
  const v4 = values[at + 4 * stride];
  const v5 = values[at + 5 * stride];
  const v6 = values[at + 6 * stride];
  const v7 = values[at + 7 * stride];
  for (let k = 0; k < BLOCK; k++) {
    const r = k * BLOCK;
    out[outAt + k * outStride] =
      m[r] * v0 +
      m[r + 1] * v1 +
      m[r + 2] * v2 +
      m[r + 3] * v3 +
      (m[r + 4] * v4 + m[r + 5] * v5 + m[r + 6] * v6 + m[r + 7] * v7);
  }
}

/** Inverse 2-D transform of the 64 coefficients at `offset`, into `block`. Rows of zeros, the rule after
 * thresholding, cost nothing. `scratch` has 64 values. */
export function invertBlock(
  inverse: Float64Array,
  coefficients: Float64Array,
  offset: number,
  block: Float64Array,
  scratch: Float64Array,
): void {
  for (let r = 0; r < BLOCK; r++) {
    const at = r * BLOCK;
    if (isZeroRow(coefficients, offset + at)) scratch.fill(0, at, at + BLOCK);
    else multiplyEight(inverse, coefficients, offset + at, 1, scratch, at, 1);
  }
  for (let j = 0; j < BLOCK; j++) multiplyEight(inverse, scratch, j, BLOCK, block, j, BLOCK);
}

function isZeroRow(values: Float64Array, at: number): boolean {
  for (let i = at; i < at + BLOCK; i++) if (values[i] !== 0) return false;
  return true;
}

/**
 * Orthonormal Haar transform across `nBlocks` (a power of two) blocks of 64 coefficients, in place. Coefficients are
 * interleaved by level; block 0 receives the scaled sum of all blocks.
 */
export function haarAcross(group: Float64Array, nBlocks: number): void {
  for (let stride = 1; stride < nBlocks; stride *= 2) haarLevel(group, nBlocks, stride);
}

/** Inverse of `haarAcross`. */
export function inverseHaarAcross(group: Float64Array, nBlocks: number): void {
  for (let stride = nBlocks >> 1; stride >= 1; stride >>= 1) haarLevel(group, nBlocks, stride);
}

/** Sums and differences of blocks `stride` apart, scaled by 1/√2: its own inverse. */
function haarLevel(group: Float64Array, nBlocks: number, stride: number): void {
  for (let k = 0; k < nBlocks; k += 2 * stride) {
    const a = k * BLOCK_AREA;
    const b = a + stride * BLOCK_AREA;
    for (let i = 0; i < BLOCK_AREA; i++) {
      const p = group[a + i];
      const q = group[b + i];
      group[a + i] = (p + q) * Math.SQRT1_2;
      group[b + i] = (p - q) * Math.SQRT1_2;
    }
  }
}

/** 8×8 outer product of a Kaiser window, which lowers the weight of a block's border pixels. */
export function kaiserWindow(beta: number): Float64Array {
  const edge = Float64Array.from({ length: BLOCK }, (_, i) => {
    const position = (2 * i) / (BLOCK - 1) - 1;
    return besselI0(beta * Math.sqrt(1 - position * position)) / besselI0(beta);
  });
  return Float64Array.from({ length: BLOCK_AREA }, (_, i) => edge[i >> 3] * edge[i & 7]);
}

/** Modified Bessel function of order 0 by its power series. */
function besselI0(x: number): number {
  let term = 1;
  let sum = 1;
  for (let k = 1; term > 1e-17 * sum; k++) {
    term *= (x / (2 * k)) ** 2;
    sum += term;
  }
  return sum;
}
