/**
 * How a slice is turned for the reader, from its affine alone: as radiologists hang it, seen from the feet (axial) or
 * from the front (coronal), patient's right on the picture's left; sagittal with the front on the left. In RAS
 * coordinates all three say the same: both picture axes run towards negative world axes (L is −x, P is −y, I is −z;
 * right is +x). Slices are turned in quarter turns and mirrored, never resampled.
 */
import { type Affine, applyAffine, type Vector3, voxelSizeMm } from '../core/affine.ts';
import type { Grid } from '../core/grid.ts';

export interface SliceDisplay {
  readonly plane: 'axial' | 'coronal' | 'sagittal';
  /** Size of the picture in pixels; a pixel is a voxel. */
  readonly width: number;
  readonly height: number;
  readonly pixelWidthMm: number;
  readonly pixelHeightMm: number;
  /** Pixel (x, y) shows element `start + x·stepX + y·stepY` of the slice's `[row, column]` array. */
  readonly start: number;
  readonly stepX: number;
  readonly stepY: number;
  /** Letters at the edges: R, L, A, P, S, I; two where the slice is oblique. */
  readonly marks: {
    readonly left: string;
    readonly right: string;
    readonly top: string;
    readonly bottom: string;
  };
}

const X = 0;
const Y = 1;
const Z = 2;
const LETTERS = [
  ['R', 'L'],
  ['A', 'P'],
  ['S', 'I'],
] as const;
/** A second letter from 20° off the axis on, where a reader would see the tilt. */
const SECOND_LETTER = Math.sin((20 * Math.PI) / 180);

export function sliceDisplay(grid: Grid): SliceDisplay {
  const { nColumns, nRows, affine } = grid;
  const directions = [0, 1, 2].map((c) => unitColumn(affine, c));
  const [columnWorld, rowWorld, sliceWorld] = worldAxes(directions);
  const plane = (['sagittal', 'coronal', 'axial'] as const)[sliceWorld!]!;
  const horizontalWorld = plane === 'sagittal' ? Y : X;
  const columnsAreHorizontal = columnWorld === horizontalWorld;
  const along = (index: 0 | 1, world: number) => {
    const goesNegative = directions[index]![world]! < 0;
    return {
      n: index === 0 ? nColumns : nRows,
      sizeMm: voxelSizeMm(affine)[index],
      stride: (index === 0 ? 1 : nColumns) * (goesNegative ? 1 : -1),
      towards: directions[index]!.map((v) => (goesNegative ? v : -v)) as unknown as Vector3,
    };
  };
  const [h, v] = columnsAreHorizontal
    ? [along(0, columnWorld!), along(1, rowWorld!)]
    : [along(1, rowWorld!), along(0, columnWorld!)];
  const fromEnd = ({ n, stride }: { n: number; stride: number }): number =>
    stride < 0 ? -stride * (n - 1) : 0;
  return {
    plane,
    width: h.n,
    height: v.n,
    pixelWidthMm: h.sizeMm,
    pixelHeightMm: v.sizeMm,
    start: fromEnd(h) + fromEnd(v),
    stepX: h.stride,
    stepY: v.stride,
    marks: {
      left: letters(negate(h.towards)),
      right: letters(h.towards),
      top: letters(negate(v.towards)),
      bottom: letters(v.towards),
    },
  };
}

/** Where a slice lies, as readers say it: `S 34.5 mm` (its centre, along the axis nearest to its normal). */
export function slicePosition(grid: Grid, slice: number): string {
  const centre = applyAffine(grid.affine, [(grid.nColumns - 1) / 2, (grid.nRows - 1) / 2, slice]);
  const world = { axial: Z, coronal: Y, sagittal: X }[sliceDisplay(grid).plane];
  const mm = centre[world]!;
  return `${LETTERS[world]![mm < 0 ? 1 : 0]} ${Math.abs(mm).toFixed(1)} mm`;
}

function unitColumn(affine: Affine, c: number): Vector3 {
  const size = voxelSizeMm(affine)[c]!;
  return [affine[c]! / size, affine[4 + c]! / size, affine[8 + c]! / size];
}

/** The world axis of each index axis: the assignment with the largest sum of cosines, each world axis used once. */
function worldAxes(directions: readonly Vector3[]): readonly number[] {
  const orders = [
    [X, Y, Z],
    [Y, X, Z],
    [X, Z, Y],
    [Z, X, Y],
    [Y, Z, X],
    [Z, Y, X],
  ];
  const alignment = (order: readonly number[]): number =>
    order.reduce((total, world, index) => total + Math.abs(directions[index]![world]!), 0);
  return orders.reduce((best, order) => (alignment(order) > alignment(best) + 1e-9 ? order : best));
}

function letters(direction: Vector3): string {
  return [X, Y, Z]
    .map((world) => ({
      letter: LETTERS[world]![direction[world]! < 0 ? 1 : 0]!,
      size: Math.abs(direction[world]!),
    }))
    .sort((a, b) => b.size - a.size)
    .filter(({ size }, i) => i === 0 || (i === 1 && size > SECOND_LETTER))
    .map(({ letter }) => letter)
    .join('');
}

const negate = (v: Vector3): Vector3 => [-v[0], -v[1], -v[2]];
