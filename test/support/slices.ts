import { createRandom } from '../../src/core/random.ts';
import type { ContrastSlice } from '../../src/training/planes.ts';

/** Small noisy slices: a disc of tissue whose T1rho varies smoothly, in air; the region is the inner disc. */
export function syntheticSlices(
  n: number,
  size: number,
  seed: number,
  tslMs: readonly number[] = [0, 10, 30, 50],
): ContrastSlice[] {
  const nPixels = size * size;
  return Array.from({ length: n }, (_, s) => {
    const random = createRandom(seed).fork(s);
    const phase = 6 * random.uniform();
    const contrasts = new Float32Array(tslMs.length * nPixels);
    const roi = new Uint8Array(nPixels);
    for (let p = 0; p < nPixels; p++) {
      const [y, x] = [Math.floor(p / size) / size - 0.5, (p % size) / size - 0.5];
      const radius = Math.hypot(x, y);
      roi[p] = radius < 0.3 ? 1 : 0;
      const t1rhoMs = 43 + 5 * Math.sin(phase + 7 * x) * Math.cos(phase - 5 * y);
      tslMs.forEach((tsl, t) => {
        const signal = radius < 0.42 ? 900 * Math.exp(-tsl / t1rhoMs) : 0;
        contrasts[t * nPixels + p] = signal === 0 ? 0 : Math.abs(signal + 25 * random.normal());
      });
    }
    return { patientId: `sub-${s}`, sliceIndex: 0, nRows: size, nColumns: size, tslMs, contrasts, roi };
  });
}
