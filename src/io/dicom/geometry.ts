import type { Affine } from '../../core/affine.ts';
import type { Grid } from '../../core/grid.ts';
import type { DicomFrame } from './frames.ts';
import { smallest } from './order.ts';
import type { PixelLayout } from './pixel-layout.ts';

/**
 * Where a frame lies, and how frames stack into a grid. Directions and positions stay LPS until `stackGrid`, the one
 * place where they are flipped to RAS.
 */
type Vec = readonly [number, number, number];

export interface Plane {
  readonly nRows: number;
  readonly nColumns: number;
  /** Unit vector along a row (towards higher columns), LPS. */
  readonly rowDirection: Vec;
  /** Unit vector along a column (towards higher rows), LPS. */
  readonly columnDirection: Vec;
  readonly normal: Vec;
  /** Between rows, between columns. */
  readonly spacingMm: readonly [number, number];
  /** Centre of the first pixel, LPS. */
  readonly position: Vec;
  /** The position along the normal. */
  readonly alongMm: number;
}

/** Scanners write direction cosines with about six digits; far beyond that the orientation is not one. */
const COSINE_TOLERANCE = 1e-3;
/** Positions are written to about 1e-3 mm; two slices are never this near. */
export const SAME_POSITION_MM = 0.05;
/** Slices of a stack may sit this much off a common axis (rounding of oblique positions). */
const SAME_AXIS_MM = 0.1;

const dot = (a: Vec, b: Vec): number => a[0] * b[0] + a[1] * b[1] + a[2] * b[2];
const subtract = (a: Vec, b: Vec): Vec => [a[0] - b[0], a[1] - b[1], a[2] - b[2]];
const scale = (a: Vec, f: number): Vec => [a[0] * f, a[1] * f, a[2] * f];
const cross = (a: Vec, b: Vec): Vec => [
  a[1] * b[2] - a[2] * b[1],
  a[2] * b[0] - a[0] * b[2],
  a[0] * b[1] - a[1] * b[0],
];

/** The plane of a frame, or why it has none. */
export function planeOf(frame: DicomFrame, pixels: PixelLayout): Plane | string {
  const { positionLps: position, orientationLps: o, pixelSpacingMm: spacingMm } = frame;
  if (!position) return 'no ImagePositionPatient';
  if (!o) return 'no ImageOrientationPatient';
  if (!spacingMm) return 'no PixelSpacing';
  const row: Vec = [o[0]!, o[1]!, o[2]!];
  const column: Vec = [o[3]!, o[4]!, o[5]!];
  const [rowLength, columnLength] = [Math.hypot(...row), Math.hypot(...column)];
  const off = Math.max(Math.abs(rowLength - 1), Math.abs(columnLength - 1), Math.abs(dot(row, column)));
  // Written so that NaN is refused too.
  if (!(off <= 10 * COSINE_TOLERANCE))
    return 'an ImageOrientationPatient that is no pair of perpendicular unit vectors';
  const rowDirection = scale(row, 1 / rowLength);
  const perpendicular = subtract(column, scale(rowDirection, dot(rowDirection, column)));
  const columnDirection = scale(perpendicular, 1 / Math.hypot(...perpendicular));
  const normal = cross(rowDirection, columnDirection);
  const { nRows, nColumns } = pixels;
  return {
    nRows,
    nColumns,
    rowDirection,
    columnDirection,
    normal,
    spacingMm,
    position,
    alongMm: dot(position, normal),
  };
}

/** Why two planes cannot belong to one stack, or `undefined` where they can. */
export function planeDifference(a: Plane, b: Plane): string | undefined {
  if (a.nRows !== b.nRows || a.nColumns !== b.nColumns)
    return `${a.nColumns}×${a.nRows} against ${b.nColumns}×${b.nRows} pixels`;
  const spacing = Math.max(
    Math.abs(a.spacingMm[0] - b.spacingMm[0]),
    Math.abs(a.spacingMm[1] - b.spacingMm[1]),
  );
  if (spacing > 1e-3) return `pixels of ${a.spacingMm.join('×')} against ${b.spacingMm.join('×')} mm`;
  const turned = Math.max(
    Math.hypot(...subtract(a.rowDirection, b.rowDirection)),
    Math.hypot(...subtract(a.columnDirection, b.columnDirection)),
  );
  if (turned > COSINE_TOLERANCE) return 'different orientations';
  const apart = subtract(b.position, a.position);
  const aside = Math.hypot(...subtract(apart, scale(a.normal, dot(apart, a.normal))));
  // A plane may be rotated by the tolerance above: farther slices may sit farther off.
  if (aside > SAME_AXIS_MM + COSINE_TOLERANCE * Math.hypot(...apart))
    return `positions ${aside.toFixed(1)} mm aside`;
  return undefined;
}

/**
 * The grid of planes sorted along their normal, columns and rows as stored. LPS becomes RAS here.
 * @param thicknessMm the slice step of a single slice.
 */
export function stackGrid(planes: readonly Plane[], thicknessMm: number): Grid {
  const first = planes[0]!;
  const last = planes[planes.length - 1]!;
  const step =
    planes.length > 1
      ? scale(subtract(last.position, first.position), 1 / (planes.length - 1))
      : scale(first.normal, thicknessMm);
  const columnStep = scale(first.rowDirection, first.spacingMm[1]);
  const rowStep = scale(first.columnDirection, first.spacingMm[0]);
  const toRas = [-1, -1, 1];
  const affine: number[] = [];
  for (let axis = 0; axis < 3; axis++)
    for (const v of [columnStep, rowStep, step, first.position]) affine.push(toRas[axis]! * v[axis]! + 0);
  return {
    nColumns: first.nColumns,
    nRows: first.nRows,
    nSlices: planes.length,
    affine: [...affine, 0, 0, 0, 1] as Affine,
  };
}

/** Gaps may differ by this fraction of the smallest before they count as uneven. */
const GAP_TOLERANCE = 0.05;

/** In one sentence, why slices at these ascending positions (mm) are not evenly spaced. */
export function spacingProblem(
  alongMm: readonly number[],
  expectedGapMm: number | undefined,
): string | undefined {
  const gaps = alongMm.slice(1).map((p, i) => p - alongMm[i]!);
  if (gaps.length === 0) return undefined;
  const least = smallest(gaps);
  const unit = expectedGapMm !== undefined && expectedGapMm < least ? expectedGapMm : least;
  const multiples = gaps.map((g) => g / unit);
  if (multiples.every((m) => Math.abs(m - 1) <= GAP_TOLERANCE)) return undefined;
  const at = multiples.findIndex((m) => m > 1 + GAP_TOLERANCE);
  const between = `between ${alongMm[at]!.toFixed(1)} and ${alongMm[at + 1]!.toFixed(1)} mm`;
  if (multiples.every((m) => Math.abs(m - Math.round(m)) <= GAP_TOLERANCE * Math.round(m))) {
    const missing = multiples.reduce((n, m) => n + Math.round(m) - 1, 0);
    return `${missing} slice${missing === 1 ? ' is' : 's are'} missing ${between} (slices are ${unit.toFixed(1)} mm apart)`;
  }
  return `the slices are not evenly spaced: ${gaps[at]!.toFixed(1)} mm ${between}, ${least.toFixed(1)} mm elsewhere`;
}
