/**
 * Magnitude noise: |A + n| with complex Gaussian n of SD σ per channel has the Rice distribution
 *
 *   p(m) = m/σ²·exp(−(m² + A²)/2σ²)·I₀(mA/σ²)
 *
 * Gudbjartsson & Patz 1995, doi:10.1002/mrm.1910340618. Single coil or adaptive combination; sum-of-squares of many
 * coils (non-central χ) is left out. Bessel functions are scaled by exp(−z), so nothing overflows.
 */
import type { Random } from '../core/random.ts';

/** Above this the asymptotic series is exact to float64 (its smallest term is about exp(−2z)), below it the power series. */
const ASYMPTOTIC_FROM = 20;

/** exp(−z)·I_order(z) for z ≥ 0 and order 0 or 1 (DLMF 10.25.2 and 10.40.1). */
function scaledBesselI(order: 0 | 1, z: number): number {
  let term = 1;
  let sum = 1;
  if (z < ASYMPTOTIC_FROM) {
    const quarter = (z * z) / 4;
    for (let k = 1; term > sum * 1e-17; k++) {
      term *= quarter / (k * (k + order));
      sum += term;
    }
    return sum * Math.exp(-z) * (order === 0 ? 1 : z / 2);
  }
  const mu = 4 * order * order;
  for (let k = 1; Math.abs(term) > 1e-17 && k < 2 * z; k++) {
    term *= -(mu - (2 * k - 1) ** 2) / (8 * k * z);
    sum += term;
  }
  return sum / Math.sqrt(2 * Math.PI * z);
}

/** ln I₀(z), z ≥ 0. */
export const logBesselI0 = (z: number): number => z + Math.log(scaledBesselI(0, z));

/** I₁(z)/I₀(z), z ≥ 0: rises from 0 to 1. It is the mean cosine of the noise's phase given the magnitude. */
export const besselRatio = (z: number): number => scaledBesselI(1, z) / scaledBesselI(0, z);

/** Log density of a magnitude m > 0 for amplitude A ≥ 0 and noise σ per channel, all in the same unit. */
export function ricianLogDensity(m: number, amplitude: number, sigma: number): number {
  const variance = sigma * sigma;
  const z = (m * amplitude) / variance;
  return Math.log(m / variance) - (m - amplitude) ** 2 / (2 * variance) + Math.log(scaledBesselI(0, z));
}

/** Mean magnitude: σ√(π/2)·L½(−A²/2σ²); σ√(π/2) = 1.2533σ where there is no signal. */
export function ricianMean(amplitude: number, sigma: number): number {
  const q = (amplitude / sigma) ** 2 / 4;
  return sigma * Math.sqrt(Math.PI / 2) * ((1 + 2 * q) * scaledBesselI(0, q) + 2 * q * scaledBesselI(1, q));
}

/** Variance of the magnitude: (2 − π/2)σ² without signal, towards σ² for a strong one. */
export function ricianVariance(amplitude: number, sigma: number): number {
  return 2 * sigma * sigma + amplitude * amplitude - ricianMean(amplitude, sigma) ** 2;
}

/** One magnitude of a signal with complex noise. */
export const ricianSample = (random: Random, amplitude: number, sigma: number): number =>
  Math.hypot(amplitude + sigma * random.normal(), sigma * random.normal());
