/** Single slices to one volume: same plane, same size, equal steps along the normal; ordered by position. */
import { type Affine, applyAffine, type Vector3 } from '../../core/affine.ts';
import { DataError } from '../../core/errors.ts';
import { GRID_TOLERANCE_MM, type Grid, gridDifference } from '../../core/grid.ts';

export interface SliceToStack {
  readonly label: string;
  /** One slice. */
  readonly grid: Grid;
}

export interface SliceStack {
  readonly grid: Grid;
  /** Index into the slices given, by slice of the stack. */
  readonly order: readonly number[];
}

/** Half a percent of a slice step: scanners round positions and steps are averaged over the stack. */
const STEP_TOLERANCE = 0.005;
/** Steps lie along the normal up to a tilted stack's 60°. */
const MIN_STEP_COSINE = 0.5;

/**
 * @throws DataError if the slices are not parallel, not aligned, or a slice is missing between them.
 */
export function stackSlices(slices: readonly SliceToStack[]): SliceStack {
  const first = slices[0]!;
  const normal = unitNormal(first.grid.affine);
  const origins = slices.map((s) => applyAffine(s.grid.affine, [0, 0, 0]));
  const depths = origins.map((p) => dot(subtract(p, origins[0]!), normal));
  const order = slices.map((_, i) => i).sort((a, b) => depths[a]! - depths[b]!);
  const [lowest, highest] = [order[0]!, order.at(-1)!];
  const step = scale(subtract(origins[highest]!, origins[lowest]!), 1 / (slices.length - 1));
  if (Math.abs(dot(step, normal)) < MIN_STEP_COSINE * Math.hypot(...step))
    throw new DataError(
      'series/geometry',
      `${slices[highest]!.label} lies beside ${slices[lowest]!.label}, not above it: they are not slices of one stack.`,
    );
  order.forEach((at, k) => {
    assertInPlace(first, slices[at]!, add(origins[lowest]!, scale(step, k)), Math.hypot(...step));
  });
  const affine = first.grid.affine.map((v, i) =>
    i >= 12 || i % 4 < 2 ? v : i % 4 === 2 ? step[(i - 2) / 4]! : origins[lowest]![(i - 3) / 4]!,
  );
  return { grid: { ...first.grid, nSlices: slices.length, affine }, order };
}

/** A slice must be the first one, moved to the place that equal steps give it. */
function assertInPlace(first: SliceToStack, slice: SliceToStack, origin: Vector3, stepMm: number): void {
  const expected = first.grid.affine.map((v, i) => (i < 12 && i % 4 === 3 ? origin[(i - 3) / 4]! : v));
  const tolerance = Math.max(GRID_TOLERANCE_MM, STEP_TOLERANCE * stepMm);
  const difference = gridDifference({ ...first.grid, affine: expected }, slice.grid, tolerance);
  if (difference !== undefined)
    throw new DataError(
      'series/geometry',
      `${slice.label} does not fit into a stack of evenly spaced slices with ${first.label}: ${difference}; ` +
        'is a slice missing, or do the files belong to several series?',
    );
}

/** Across the plane, on the side to which the slice itself counts on: a left-handed file gives a left-handed stack. */
function unitNormal(a: Affine): Vector3 {
  const [u, v, w] = [0, 1, 2].map((c): Vector3 => [a[c]!, a[4 + c]!, a[8 + c]!]) as [
    Vector3,
    Vector3,
    Vector3,
  ];
  const cross: Vector3 = [u[1] * v[2] - u[2] * v[1], u[2] * v[0] - u[0] * v[2], u[0] * v[1] - u[1] * v[0]];
  return scale(cross, Math.sign(dot(cross, w)) / Math.hypot(...cross));
}

const add = (p: Vector3, q: Vector3): Vector3 => [p[0] + q[0], p[1] + q[1], p[2] + q[2]];
const subtract = (p: Vector3, q: Vector3): Vector3 => [p[0] - q[0], p[1] - q[1], p[2] - q[2]];
const scale = (p: Vector3, s: number): Vector3 => [p[0] * s, p[1] * s, p[2] * s];
const dot = (p: Vector3, q: Vector3): number => p[0] * q[0] + p[1] * q[1] + p[2] * q[2];
