/**
 * Painting on one plane of samples: polygons by scan lines, tapered tubes by distance. A sample is painted by where it
 * lies alone, so any two samplings of a body agree where their points coincide. `onto` limits painting to samples whose
 * present label it marks.
 */
import type { SampleBox } from '../scene.ts';

export interface Plane {
  /** `[row, column]`, painted in place. */
  readonly labels: Uint8Array;
  readonly zMm: number;
  readonly box: SampleBox;
}

/** Marks, by label, what may be painted over. */
export type LabelSet = Uint8Array;

/** Closed polygon: x0, y0, x1, y1, … in mm. */
export type Polygon = Float64Array;

export const labelSet = (...labels: number[]): LabelSet => {
  const set = new Uint8Array(256);
  for (const label of labels) set[label] = 1;
  return set;
};

/** More crossings of one row than this do not occur with smooth outlines; further ones are dropped. */
const MAX_CROSSINGS = 32;

interface Scratch {
  readonly counts: Int32Array;
  readonly x: Float64Array;
  readonly direction: Int8Array;
}

/** Work space for `fillPolygon` on planes of up to `nRows` rows. */
export const createScratch = (nRows: number): Scratch => ({
  counts: new Int32Array(nRows),
  x: new Float64Array(nRows * MAX_CROSSINGS),
  direction: new Int8Array(nRows * MAX_CROSSINGS),
});

/** Fills a polygon by the non-zero winding rule, so outlines that fold over themselves leave no holes. */
export function fillPolygon(
  plane: Plane,
  polygon: Polygon,
  label: number,
  onto: LabelSet | undefined,
  scratch: Scratch,
): void {
  const { labels, box } = plane;
  const [nx] = box.size;
  const [first, last] = collectCrossings(polygon, box, scratch);
  const [x0, dx] = [box.originMm[0], box.stepMm[0]];
  for (let j = first; j <= last; j++) {
    const n = scratch.counts[j]!;
    const base = j * MAX_CROSSINGS;
    let winding = 0;
    for (let c = 0; c < n - 1; c++) {
      winding += scratch.direction[base + c]!;
      if (winding === 0) continue;
      // Samples with xa ≤ x < xb, whichever way the columns run.
      const a = (scratch.x[base + c]! - x0) / dx;
      const b = (scratch.x[base + c + 1]! - x0) / dx;
      const from = Math.max(0, dx > 0 ? Math.ceil(a) : Math.floor(b) + 1);
      const to = Math.min(nx - 1, dx > 0 ? Math.ceil(b) - 1 : Math.floor(a));
      if (to < from) continue;
      const row = j * nx;
      if (onto === undefined) labels.fill(label, row + from, row + to + 1);
      else for (let i = row + from; i <= row + to; i++) if (onto[labels[i]!] === 1) labels[i] = label;
    }
  }
}

/** Sorted crossings of the polygon with every row of the box; returns the range of rows touched. */
function collectCrossings(polygon: Polygon, box: SampleBox, scratch: Scratch): [number, number] {
  const ny = box.size[1];
  const [y0, dy] = [box.originMm[1], box.stepMm[1]];
  const n = polygon.length / 2;
  let yMin = Infinity;
  let yMax = -Infinity;
  for (let i = 0; i < n; i++) {
    yMin = Math.min(yMin, polygon[2 * i + 1]!);
    yMax = Math.max(yMax, polygon[2 * i + 1]!);
  }
  const [ra, rb] = [(yMin - y0) / dy, (yMax - y0) / dy];
  const first = Math.max(0, Math.floor(Math.min(ra, rb)));
  const last = Math.min(ny - 1, Math.ceil(Math.max(ra, rb)));
  if (!(first <= last)) return [0, -1];
  scratch.counts.fill(0, first, last + 1);
  let [px, py] = [polygon[2 * n - 2]!, polygon[2 * n - 1]!];
  for (let i = 0; i < n; i++) {
    const [qx, qy] = [polygon[2 * i]!, polygon[2 * i + 1]!];
    addEdge(px, py, qx, qy, y0, dy, ny, scratch);
    px = qx;
    py = qy;
  }
  return [first, last];
}

function addEdge(
  px: number,
  py: number,
  qx: number,
  qy: number,
  y0: number,
  dy: number,
  ny: number,
  scratch: Scratch,
): void {
  if (py === qy) return;
  const [ra, rb] = [(py - y0) / dy, (qy - y0) / dy];
  const from = Math.max(0, Math.ceil(Math.min(ra, rb)));
  const to = Math.min(ny - 1, Math.ceil(Math.max(ra, rb)) - 1);
  const slope = (qx - px) / (rb - ra);
  const direction = rb > ra ? 1 : -1;
  for (let j = from; j <= to; j++) {
    const n = scratch.counts[j]!;
    if (n === MAX_CROSSINGS) continue;
    const base = j * MAX_CROSSINGS;
    const x = px + (j - ra) * slope;
    let at = n;
    while (at > 0 && scratch.x[base + at - 1]! > x) {
      scratch.x[base + at] = scratch.x[base + at - 1]!;
      scratch.direction[base + at] = scratch.direction[base + at - 1]!;
      at--;
    }
    scratch.x[base + at] = x;
    scratch.direction[base + at] = direction;
    scratch.counts[j] = n + 1;
  }
}

/** A straight piece of a vessel: a capsule whose radius changes linearly from end `a` to end `b`. Units: mm. */
export interface TubeSegment {
  readonly a: readonly [number, number, number];
  readonly b: readonly [number, number, number];
  readonly radiusA: number;
  readonly radiusB: number;
}

/** Paints where the plane cuts a tapered capsule. */
export function fillTube(
  plane: Plane,
  { a, b, radiusA, radiusB }: TubeSegment,
  label: number,
  onto: LabelSet | undefined,
): void {
  const { labels, zMm, box } = plane;
  const radius = Math.max(radiusA, radiusB);
  if (zMm < Math.min(a[2], b[2]) - radius || zMm > Math.max(a[2], b[2]) + radius) return;
  const [ux, uy, uz] = [b[0] - a[0], b[1] - a[1], b[2] - a[2]];
  const length2 = ux * ux + uy * uy + uz * uz || 1e-12;
  // Only the part of the axis within one radius of the plane matters: it bounds the rows and columns to visit.
  let [t0, t1] = [0, 1];
  if (Math.abs(uz) > 1e-9) {
    const [ta, tb] = [(zMm - radius - a[2]) / uz, (zMm + radius - a[2]) / uz];
    t0 = Math.max(0, Math.min(ta, tb));
    t1 = Math.min(1, Math.max(ta, tb));
  }
  const [i0, i1] = sampleRange(box, 0, a[0] + t0 * ux, a[0] + t1 * ux, radius);
  const [j0, j1] = sampleRange(box, 1, a[1] + t0 * uy, a[1] + t1 * uy, radius);
  const nx = box.size[0];
  const dz = zMm - a[2];
  for (let j = j0; j <= j1; j++) {
    const dy = box.originMm[1] + j * box.stepMm[1] - a[1];
    for (let i = i0; i <= i1; i++) {
      const at = j * nx + i;
      if (onto !== undefined && onto[labels[at]!] !== 1) continue;
      const dx = box.originMm[0] + i * box.stepMm[0] - a[0];
      const t = Math.min(1, Math.max(0, (dx * ux + dy * uy + dz * uz) / length2));
      const [ex, ey, ez] = [dx - t * ux, dy - t * uy, dz - t * uz];
      const r = radiusA + t * (radiusB - radiusA);
      if (ex * ex + ey * ey + ez * ez < r * r) labels[at] = label;
    }
  }
}

function sampleRange(box: SampleBox, axis: 0 | 1, p: number, q: number, radius: number): [number, number] {
  const [origin, step] = [box.originMm[axis], box.stepMm[axis]];
  const [u, v] = [(Math.min(p, q) - radius - origin) / step, (Math.max(p, q) + radius - origin) / step];
  return [Math.max(0, Math.ceil(Math.min(u, v))), Math.min(box.size[axis] - 1, Math.floor(Math.max(u, v)))];
}
