/**
 * 4×4 affine, row-major, from voxel indices (column, row, slice) to RAS+ millimetres (NIfTI's world).
 * DICOM's LPS is flipped once, at the border.
 */
export type Affine = readonly number[];
export type Vector3 = readonly [number, number, number];

export const IDENTITY_AFFINE: Affine = [1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1];

/** World position in RAS mm of a (possibly fractional) voxel index. */
export function applyAffine(a: Affine, [i, j, k]: Vector3): Vector3 {
  const row = (r: number): number => a[4 * r]! * i + a[4 * r + 1]! * j + a[4 * r + 2]! * k + a[4 * r + 3]!;
  return [row(0), row(1), row(2)];
}

/** Product a·b: first b, then a. */
export function multiplyAffine(a: Affine, b: Affine): Affine {
  const out = new Array<number>(16).fill(0);
  for (let r = 0; r < 4; r++)
    for (let c = 0; c < 4; c++)
      for (let k = 0; k < 4; k++) out[4 * r + c] = out[4 * r + c]! + a[4 * r + k]! * b[4 * k + c]!;
  return out;
}

/** Determinant of the 3×3 part; negative for a left-handed voxel order, 0 for a degenerate grid. */
export function determinant(a: Affine): number {
  const [a0, a1, a2, , a4, a5, a6, , a8, a9, a10] = a as number[];
  return a0! * (a5! * a10! - a6! * a9!) - a1! * (a4! * a10! - a6! * a8!) + a2! * (a4! * a9! - a5! * a8!);
}

/** Inverse affine (RAS mm to voxel indices). Not defined for a degenerate grid: check `determinant` first. */
export function invertAffine(a: Affine): Affine {
  const d = determinant(a);
  const m = (r: number, c: number): number => a[4 * r + c]!;
  const cofactor = (r0: number, c0: number, r1: number, c1: number): number =>
    (m(r0, c0) * m(r1, c1) - m(r0, c1) * m(r1, c0)) / d;
  const inverse = [
    cofactor(1, 1, 2, 2),
    -cofactor(0, 1, 2, 2),
    cofactor(0, 1, 1, 2),
    -cofactor(1, 0, 2, 2),
    cofactor(0, 0, 2, 2),
    -cofactor(0, 0, 1, 2),
    cofactor(1, 0, 2, 1),
    -cofactor(0, 0, 2, 1),
    cofactor(0, 0, 1, 1),
  ];
  const out: number[] = [];
  for (let r = 0; r < 3; r++) {
    const [x, y, z] = [inverse[3 * r]!, inverse[3 * r + 1]!, inverse[3 * r + 2]!];
    out.push(x, y, z, -(x * a[3]! + y * a[7]! + z * a[11]!));
  }
  return [...out, 0, 0, 0, 1];
}

/** Voxel edge lengths in mm: (column step, row step, slice step). */
export function voxelSizeMm(a: Affine): Vector3 {
  const length = (c: number): number => Math.hypot(a[c]!, a[4 + c]!, a[8 + c]!);
  return [length(0), length(1), length(2)];
}
