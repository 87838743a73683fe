/**
 * Outlines of organs in axial planes: closed smooth curves through control points that change smoothly with height.
 */
import type { Polygon } from './raster.ts';

/** A closed outline at one height: control points x0, y0, x1, y1, …; every key of one organ has as many. */
export interface ContourKey {
  readonly zMm: number;
  readonly points: readonly number[];
}

/** The outline in the plane z; `undefined` above and below the organ. */
export type Contour = (zMm: number) => Polygon | undefined;

/**
 * An organ from outlines at several heights (ascending), interpolated by cubic Hermite splines. It ends `capMm` beyond
 * the first and the last key, closing there like an ellipsoid about the outline's centre.
 */
export function keyedContour(keys: readonly ContourKey[], capMm: { below: number; above: number }): Contour {
  const [bottom, top] = [keys[0]!.zMm, keys.at(-1)!.zMm];
  return (zMm) => {
    const beyond = zMm < bottom ? (bottom - zMm) / capMm.below : zMm > top ? (zMm - top) / capMm.above : 0;
    if (!(beyond < 1)) return undefined;
    const points = interpolateKeys(keys, Math.min(top, Math.max(bottom, zMm)));
    return closedSpline(beyond > 0 ? scaleAboutCentre(points, Math.sqrt(1 - beyond * beyond)) : points);
  };
}

function interpolateKeys(keys: readonly ContourKey[], zMm: number): Float64Array {
  let k = 0;
  while (k < keys.length - 2 && zMm > keys[k + 1]!.zMm) k++;
  const [p, q] = [keys[k]!, keys[Math.min(k + 1, keys.length - 1)]!];
  const [before, after] = [keys[Math.max(0, k - 1)]!, keys[Math.min(keys.length - 1, k + 2)]!];
  const h = q.zMm - p.zMm;
  const t = h > 0 ? (zMm - p.zMm) / h : 0;
  const [t2, t3] = [t * t, t * t * t];
  const out = new Float64Array(p.points.length);
  for (let i = 0; i < out.length; i++) {
    const [a, b] = [p.points[i]!, q.points[i]!];
    const slopeP = before === p ? b - a : ((b - before.points[i]!) * h) / (q.zMm - before.zMm);
    const slopeQ = after === q ? b - a : ((after.points[i]! - a) * h) / (after.zMm - p.zMm);
    out[i] =
      (2 * t3 - 3 * t2 + 1) * a + (t3 - 2 * t2 + t) * slopeP + (3 * t2 - 2 * t3) * b + (t3 - t2) * slopeQ;
  }
  return out;
}

/** Scales an outline about the mean of its points. */
function scaleAboutCentre(points: Float64Array, factor: number): Float64Array {
  const n = points.length / 2;
  let [cx, cy] = [0, 0];
  for (let i = 0; i < n; i++) {
    cx += points[2 * i]! / n;
    cy += points[2 * i + 1]! / n;
  }
  return points.map((v, i) => (i % 2 === 0 ? cx : cy) + factor * (v - (i % 2 === 0 ? cx : cy)));
}

/** Pieces into which the spline between two control points is cut. */
const PIECES = 6;

/** Closed Catmull-Rom spline through the control points. */
export function closedSpline(points: ArrayLike<number>): Polygon {
  const n = points.length / 2;
  const out = new Float64Array(2 * n * PIECES);
  for (let i = 0; i < n; i++)
    for (let axis = 0; axis < 2; axis++) {
      const at = (k: number): number => points[2 * ((i + k + n) % n) + axis]!;
      for (let s = 0; s < PIECES; s++) {
        out[2 * (i * PIECES + s) + axis] = catmullRom(at(-1), at(0), at(1), at(2), s / PIECES);
      }
    }
  return out;
}

export interface EllipseShape {
  readonly x: number;
  readonly y: number;
  readonly radiusX: number;
  readonly radiusY: number;
  /** Rotation, radians. */
  readonly angle?: number;
  /** 2 an ellipse; larger, boxier. */
  readonly power?: number;
}

/** Superellipse with `n` vertices, from angle 0 (right) through the front. */
export function ellipse({ x, y, radiusX, radiusY, angle = 0, power = 2 }: EllipseShape, n = 48): Polygon {
  const out = new Float64Array(2 * n);
  const [ca, sa] = [Math.cos(angle), Math.sin(angle)];
  for (let i = 0; i < n; i++) {
    const t = (2 * Math.PI * i) / n;
    const u = radiusX * signedPower(Math.cos(t), 2 / power);
    const v = radiusY * signedPower(Math.sin(t), 2 / power);
    out[2 * i] = x + u * ca - v * sa;
    out[2 * i + 1] = y + u * sa + v * ca;
  }
  return out;
}

const signedPower = (v: number, p: number): number => Math.sign(v) * Math.abs(v) ** p;

/** Moves each vertex outwards along the normal by `distance(i)` mm (outlines run anticlockwise; negative: inwards). */
export function offset(polygon: Polygon, distance: (vertex: number) => number): Polygon {
  const n = polygon.length / 2;
  const out = new Float64Array(2 * n);
  for (let i = 0; i < n; i++) {
    const [p, q] = [(i + n - 1) % n, (i + 1) % n];
    const tx = polygon[2 * q]! - polygon[2 * p]!;
    const ty = polygon[2 * q + 1]! - polygon[2 * p + 1]!;
    const scale = distance(i) / (Math.hypot(tx, ty) || 1);
    out[2 * i] = polygon[2 * i]! + ty * scale;
    out[2 * i + 1] = polygon[2 * i + 1]! - tx * scale;
  }
  return out;
}

/** The area between two outlines as one polygon: outer, seam, inner backwards; the seam is walked both ways. */
export function ring(outer: Polygon, inner: Polygon): Polygon {
  const n = inner.length / 2;
  const out = new Float64Array(outer.length + inner.length + 4);
  out.set(outer);
  out.set(outer.subarray(0, 2), outer.length);
  out.set(inner.subarray(0, 2), outer.length + 2);
  for (let i = 0; i < n; i++) {
    const from = 2 * (n - 1 - i);
    out.set(inner.subarray(from, from + 2), outer.length + 4 + 2 * i);
  }
  return out;
}

/** A curved band of varying width along a smooth line: x0, y0, x1, y1, … with one full width per point. */
export function stroke(line: ArrayLike<number>, widths: ArrayLike<number>): Polygon {
  const fine = [0, 1].map((axis) => refine(Array.from(widths, (_, i) => line[2 * i + axis]!)));
  const [x, y, width] = [fine[0]!, fine[1]!, refine(widths)];
  const n = x.length;
  const out = new Float64Array(4 * n);
  for (let i = 0; i < n; i++) {
    const [p, q] = [Math.max(0, i - 1), Math.min(n - 1, i + 1)];
    const tx = x[q]! - x[p]!;
    const ty = y[q]! - y[p]!;
    const scale = Math.max(0, width[i]!) / (2 * (Math.hypot(tx, ty) || 1));
    out[2 * i] = x[i]! + ty * scale;
    out[2 * i + 1] = y[i]! - tx * scale;
    out[4 * n - 2 - 2 * i] = x[i]! - ty * scale;
    out[4 * n - 1 - 2 * i] = y[i]! + tx * scale;
  }
  return out;
}

/** Values along an open line on a Catmull-Rom spline, four pieces a step. */
function refine(values: ArrayLike<number>): Float64Array {
  const pieces = 4;
  const last = values.length - 1;
  const out = new Float64Array(last * pieces + 1);
  for (let k = 0; k < last; k++) {
    const [a, b, c, d] = [
      values[Math.max(0, k - 1)]!,
      values[k]!,
      values[k + 1]!,
      values[Math.min(last, k + 2)]!,
    ];
    for (let s = 0; s < pieces; s++) out[k * pieces + s] = catmullRom(a, b, c, d, s / pieces);
  }
  out[last * pieces] = values[last]!;
  return out;
}

/** Uniform Catmull-Rom spline between b (t = 0) and c (t = 1). */
export const catmullRom = (a: number, b: number, c: number, d: number, t: number): number =>
  b + (t / 2) * (c - a + t * (2 * a - 5 * b + 4 * c - d + t * (3 * b - a - 3 * c + d)));

/** Signed area in mm²; positive for anticlockwise outlines. */
export function signedArea(polygon: Polygon): number {
  const n = polygon.length / 2;
  let twice = 0;
  for (let i = 0; i < n; i++) {
    const j = (i + 1) % n;
    twice += polygon[2 * i]! * polygon[2 * j + 1]! - polygon[2 * j]! * polygon[2 * i + 1]!;
  }
  return twice / 2;
}

/** Moves the outline inwards; `undefined` where next to nothing would be left. */
export function inset(polygon: Polygon, distance: (vertex: number) => number): Polygon | undefined {
  const inner = offset(polygon, (i) => -distance(i));
  return signedArea(inner) > 0.12 * signedArea(polygon) ? inner : undefined;
}
