/**
 * The careful way to the least-squares optimum, for signals that the quick one does not settle: far from any decay
 * or at a bound; and to fits with an offset. The angle to every scan point of the curve is taken, every local
 * maximum is refined by Newton's method kept inside its bracket, and the best one wins.
 */
import type { DecayCurve } from './decay-curve.ts';
import { FIT_OFFSET, FIT_RATE_VARIANCE, FIT_S0, type RateBounds, type VoxelSolver } from './voxel-block.ts';

const MAX_STEPS = 60;
/** Relative step in rate at which the optimum counts as reached: Newton's next error is its square. */
const STEP_TOLERANCE = 1e-7;

/** Sums over the times at one rate; w = t·e and z = t²·e are the derivatives of e by −rate. */
interface Moments {
  /** Σ y·e, Σ y·w, Σ y·z. */
  u: number;
  u1: number;
  u2: number;
  /** Σ e², Σ e·w, Σ w², Σ e·z. */
  v: number;
  v1: number;
  ww: number;
  ez: number;
}

/**
 * Solver that scans the curve, with an offset if the curve is centred (then e, w and z are less their means).
 * `firstTimeMs` carries the amplitude back to t = 0.
 */
export function createProjectionScan(
  curve: DecayCurve,
  bounds: RateBounds,
  firstTimeMs: number,
): VoxelSolver {
  const { delaysMs, centred, scanRates, scanPoints } = curve;
  const n = delaysMs.length;
  const nScan = scanRates.length;
  /** Scan points `[time, rate]`, so that the inner loop runs over rates. */
  const pointsByTime = Float64Array.from(
    scanPoints,
    (_, i) => scanPoints[(i % nScan) * n + Math.floor(i / nScan)]!,
  );
  const cosines = new Float64Array(nScan);
  const decay = new Float64Array(n);
  const m: Moments = { u: 0, u1: 0, u2: 0, v: 0, v1: 0, ww: 0, ez: 0 };

  const momentsAt = (signal: Float64Array, rate: number): Moments => {
    let [meanE, meanW, meanZ] = [0, 0, 0];
    for (let i = 0; i < n; i++) {
      const t = delaysMs[i]!;
      const e = Math.exp(-rate * t);
      decay[i] = e;
      if (!centred) continue;
      meanE += e / n;
      meanW += (t * e) / n;
      meanZ += (t * t * e) / n;
    }
    m.u = m.u1 = m.u2 = m.v = m.v1 = m.ww = m.ez = 0;
    for (let i = 0; i < n; i++) {
      const t = delaysMs[i]!;
      const y = signal[i]!;
      const e = decay[i]! - meanE;
      const w = t * decay[i]! - meanW;
      const z = t * t * decay[i]! - meanZ;
      m.u += y * e;
      m.u1 += y * w;
      m.u2 += y * z;
      m.v += e * e;
      m.v1 += e * w;
      m.ww += w * w;
      m.ez += e * z;
    }
    return m;
  };

  /** Root in [low, high] of h = u₁v − uv₁, which is positive where a lower rate is better. */
  const refine = (signal: Float64Array, low: number, high: number, start: number): number => {
    let rate = start;
    for (let step = 0; step < MAX_STEPS; step++) {
      const { u, u1, u2, v, v1, ww, ez } = momentsAt(signal, rate);
      const h = u1 * v - u * v1;
      if (h > 0) high = rate;
      else low = rate;
      const newton = rate + h / (u2 * v + u1 * v1 - u * (ww + ez));
      const next = newton > low && newton < high ? newton : (low + high) / 2;
      if (Math.abs(next - rate) <= STEP_TOLERANCE * next) return next;
      rate = next;
    }
    return rate;
  };

  /** The maximum next to scan point g; at either end of the curve it may be the end itself. */
  const peakNear = (signal: Float64Array, g: number): number => {
    const low = scanRates[Math.max(g - 1, 0)]!;
    const high = scanRates[Math.min(g + 1, nScan - 1)]!;
    const rate = scanRates[g]!;
    if (g > 0 && g < nScan - 1) return refine(signal, low, high, rate);
    const { u, u1, v, v1 } = momentsAt(signal, rate);
    const h = u1 * v - u * v1;
    return (g === 0 ? h < 0 : h > 0) ? refine(signal, low, high, (low + high) / 2) : rate;
  };

  const bestRate = (signal: Float64Array): number => {
    cosines.fill(0);
    for (let i = 0; i < n; i++) {
      const y = signal[i]!;
      const from = i * nScan;
      for (let g = 0; g < nScan; g++) cosines[g]! += y * pointsByTime[from + g]!;
    }
    let [best, bestCosine] = [Number.NaN, 0];
    let left = Number.NEGATIVE_INFINITY;
    let here = cosines[0]!;
    for (let g = 0; g < nScan; g++) {
      const right = g < nScan - 1 ? cosines[g + 1]! : Number.NEGATIVE_INFINITY;
      if (here > 0 && here >= left && here >= right) {
        const rate = peakNear(signal, g);
        const { u, v } = momentsAt(signal, rate);
        const cosine = u / Math.sqrt(v);
        if (cosine > bestCosine) {
          best = rate;
          bestCosine = cosine;
        }
      }
      left = here;
      here = right;
    }
    return best;
  };

  return (signal, fit) => {
    const best = bestRate(signal);
    if (best === 0) return 0;
    if (Number.isNaN(best)) return centred ? 0 : best;
    const rate = Math.max(best, bounds.low);
    const { u, v, v1, ww } = momentsAt(signal, rate);
    const amplitude = u / v;
    let offset = 0;
    if (centred) for (let i = 0; i < n; i++) offset += (signal[i]! - amplitude * decay[i]!) / n;
    for (let i = 0; i < n; i++) fit[i] = amplitude * decay[i]! + offset;
    fit[n + FIT_S0] = amplitude * Math.exp(rate * firstTimeMs);
    fit[n + FIT_OFFSET] = offset;
    fit[n + FIT_RATE_VARIANCE] = v / (amplitude * amplitude * (v * ww - v1 * v1));
    return rate;
  };
}
