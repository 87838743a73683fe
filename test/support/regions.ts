import type { Random } from '../../src/core/random.ts';
import type { RegionSlice } from '../../src/uncertainty/region-slice.ts';

/** How the errors of drawn patients come about, all in units of u = √2·σ. */
export interface RegionErrors {
  /** Stated σ times this is the true one. */
  readonly trueScale?: number;
  /** Share of the error's variance that a slice has in common. */
  readonly sharedVariance?: number;
  readonly shiftMs?: number;
}

/** Regions of a patient who never was: discs of 80–250 pixels in each of three slices, errors with a common part. */
export function drawPatient(random: Random, patient: string, errors: RegionErrors = {}): RegionSlice[] {
  const { trueScale = 1, sharedVariance = 0.1, shiftMs = 0 } = errors;
  return Array.from({ length: 3 }, (_, slice) => {
    const radius = 5 + 4 * random.uniform();
    const pixels: [number, number][] = [];
    for (let r = -9; r <= 9; r++)
      for (let c = -9; c <= 9; c++) if (Math.hypot(r, c) <= radius) pixels.push([100 + r, 120 + c]);
    const sigmaMs = Float32Array.from(pixels, () => 1.2 * Math.exp(0.3 * random.normal()));
    const shared = Math.sqrt(sharedVariance) * random.normal();
    const truthMs = Float32Array.from(pixels, () => 43 + 3 * random.normal());
    const errorMs = sigmaMs.map((sigma) => {
      const own = Math.sqrt((1 - sharedVariance) / 2) * laplace(random);
      return shiftMs + Math.SQRT2 * trueScale * sigma * (own + shared);
    });
    return {
      ...{ patient, slice, stage: slice === 0 ? 'F0' : 'F1', pixelMm: 1.5 },
      rows: Uint16Array.from(pixels, ([r]) => r),
      columns: Uint16Array.from(pixels, ([, c]) => c),
      ...{ sigmaMs, truthMs, targetMs: truthMs },
      targetErrorMs: truthMs.map(() => 2),
      coarseMs: truthMs,
      predictedMs: truthMs.map((t, i) => t + errorMs[i]!),
    };
  });
}

/** Of scale 1, so of variance 2. */
function laplace(random: Random): number {
  const u = random.uniform() - 0.5;
  return -Math.sign(u) * Math.log1p(-2 * Math.abs(u));
}
