/**
 * Smooth random fields in 3-D, defined everywhere by a seed alone: a cubic B-spline over a lattice of hashed white
 * noise. Zero mean, about unit variance and nearly normal; correlation falls to a half at about 0.9 cells and to
 * nothing at 3. Any sampling of the same field agrees where points coincide.
 */
import type { Random } from '../../core/random.ts';
import type { SampleBox } from '../scene.ts';

/** A field restricted to one axial plane, cheap to evaluate there. */
export type PlaneField = (x: number, y: number) => number;

export interface SmoothField {
  /** The field in the plane `z`, over |x| ≤ 300 mm, |y| ≤ 300 mm (held constant beyond). */
  plane(zMm: number): PlaneField;
  /** Adds `weight` × the field to the samples of one slice of `box`, `[row, column]`. */
  addTo(target: Float32Array, box: SampleBox, zMm: number, weight: number): void;
}

const HALF_EXTENT_MM = 300;
/** Uniform noise in ±1 has variance 1/3; the spline's squared weights sum to 151/315 per axis on average. */
const UNIT_VARIANCE = Math.sqrt(3 / (151 / 315) ** 3);

export function createSmoothField(random: Random, cellMm: number): SmoothField {
  const seed = Math.floor(random.uniform() * 4294967296) | 0;

  /** The lattice values of columns [i0, i0 + n) and rows [j0, j0 + m), interpolated to the plane z. */
  const latticeAt = (zMm: number, i0: number, n: number, j0: number, m: number): Float64Array => {
    const k = Math.floor(zMm / cellMm);
    const out = new Float64Array(n * m);
    for (let l = 0; l < 4; l++) {
      const weight = UNIT_VARIANCE * splineWeight(l, zMm / cellMm - k);
      for (let j = 0; j < m; j++)
        for (let i = 0; i < n; i++) out[j * n + i]! += weight * hashToUnit(i0 + i, j0 + j, k - 1 + l, seed);
    }
    return out;
  };

  const plane = (zMm: number): PlaneField => {
    const half = Math.ceil(HALF_EXTENT_MM / cellMm);
    const n = 2 * half + 4;
    const lattice = latticeAt(zMm, -half - 1, n, -half - 1, n);
    const limit = half - 1e-9;
    return (x, y) => {
      const u = Math.min(limit, Math.max(-half, x / cellMm)) + half;
      const v = Math.min(limit, Math.max(-half, y / cellMm)) + half;
      const i = Math.floor(u);
      const j = Math.floor(v);
      // Weights as plain numbers: this runs for every vertex of every outline.
      const t = u - i;
      const x0 = ((1 - t) * (1 - t) * (1 - t)) / 6;
      const x1 = 2 / 3 - t * t + (t * t * t) / 2;
      const x3 = (t * t * t) / 6;
      const x2 = 1 - x0 - x1 - x3;
      const row = (at: number): number =>
        x0 * lattice[at]! + x1 * lattice[at + 1]! + x2 * lattice[at + 2]! + x3 * lattice[at + 3]!;
      const q = v - j;
      const y0 = ((1 - q) * (1 - q) * (1 - q)) / 6;
      const y1 = 2 / 3 - q * q + (q * q * q) / 2;
      const y3 = (q * q * q) / 6;
      const at = j * n + i;
      return y0 * row(at) + y1 * row(at + n) + (1 - y0 - y1 - y3) * row(at + 2 * n) + y3 * row(at + 3 * n);
    };
  };

  const addTo = (target: Float32Array, box: SampleBox, zMm: number, weight: number): void => {
    const [nx, ny] = box.size;
    const columns = axisTaps(box.originMm[0], box.stepMm[0], nx, cellMm);
    const rows = axisTaps(box.originMm[1], box.stepMm[1], ny, cellMm);
    const lattice = latticeAt(zMm, columns.first, columns.count, rows.first, rows.count);
    const { index, weights } = columns;
    const line = new Float64Array(columns.count);
    for (let j = 0; j < ny; j++) {
      const base = rows.index[j]! * columns.count;
      for (let i = 0; i < columns.count; i++) {
        let sum = 0;
        for (let t = 0; t < 4; t++) sum += rows.weights[4 * j + t]! * lattice[base + t * columns.count + i]!;
        line[i] = weight * sum;
      }
      for (let i = 0; i < nx; i++) {
        const at = index[i]!;
        const w = 4 * i;
        target[j * nx + i]! +=
          weights[w]! * line[at]! +
          weights[w + 1]! * line[at + 1]! +
          weights[w + 2]! * line[at + 2]! +
          weights[w + 3]! * line[at + 3]!;
      }
    }
  };

  return { plane, addTo };
}

interface AxisTaps {
  /** Lattice number of the first value needed, and how many. */
  readonly first: number;
  readonly count: number;
  /** Per sample: index of its first lattice value, and four weights. */
  readonly index: Int32Array;
  readonly weights: Float64Array;
}

function axisTaps(originMm: number, stepMm: number, n: number, cellMm: number): AxisTaps {
  const end = originMm + (n - 1) * stepMm;
  const first = Math.floor(Math.min(originMm, end) / cellMm) - 1;
  const count = Math.floor(Math.max(originMm, end) / cellMm) + 3 - first;
  const index = new Int32Array(n);
  const weights = new Float64Array(4 * n);
  for (let i = 0; i < n; i++) {
    const u = (originMm + i * stepMm) / cellMm;
    const floor = Math.floor(u);
    index[i] = floor - 1 - first;
    for (let tap = 0; tap < 4; tap++) weights[4 * i + tap] = splineWeight(tap, u - floor);
  }
  return { first, count, index, weights };
}

/** Uniform cubic B-spline at offset t in [0, 1): weight of the lattice value `tap` − 1 (`tap` 0 to 3). */
function splineWeight(tap: number, t: number): number {
  const s = 1 - t;
  if (tap === 0) return (s * s * s) / 6;
  if (tap === 1) return 2 / 3 - t * t + (t * t * t) / 2;
  if (tap === 2) return 2 / 3 - s * s + (s * s * s) / 2;
  return (t * t * t) / 6;
}

/** White noise in [−1, 1) at a lattice point: integer mixing in the manner of MurmurHash3's finaliser. */
function hashToUnit(i: number, j: number, k: number, seed: number): number {
  let h = seed ^ Math.imul(i, 0x8da6b343) ^ Math.imul(j, 0xd8163841 | 0) ^ Math.imul(k, 0xcb1ab31f | 0);
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b | 0);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35 | 0);
  h ^= h >>> 16;
  return h / 2147483648;
}
