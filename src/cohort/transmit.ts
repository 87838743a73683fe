/**
 * B1: a smooth dielectric pattern. At 3 T the wavelength in tissue is about 26 cm, so the field is strong near the
 * body's middle and weak in two opposite quadrants; every patient gets its own mixture of the lowest waves, scaled to
 * the mean and spread over the body measured on real slices.
 */
import type { Random } from '../core/random.ts';
import type { CohortParameters } from './parameters.ts';
import type { SpatialFunction } from './plane.ts';
import { type SampleBox, TISSUE_INDEX } from './scene.ts';

/** Wavelength in muscle-like tissue at 128 MHz, mm. */
const WAVELENGTH_MM = 260;
/** Strength of the pattern all patients share, relative to the individual waves. */
const COMMON = 0.8;
const N_WAVES = 6;
/** Neither spoiled nor doubled flip angles occur in a transmit field that the vendor shims. */
const LIMITS = [0.35, 1.6] as const;

/** Draws one patient's B1; mean and SD are those over body tissue near the slices. */
export function drawTransmitField(
  box: SampleBox,
  labels: Uint8Array,
  { b1Mean, b1Sd }: Pick<CohortParameters['fields'], 'b1Mean' | 'b1Sd'>,
  random: Random,
): SpatialFunction {
  const between = ([low, high]: readonly [number, number]): number => low + (high - low) * random.uniform();
  const [mean, sd] = [between(b1Mean), between(b1Sd)];
  const pattern = drawPattern(random);
  const [patternMean, patternSd] = momentsInBody(pattern, box, labels);
  return (x, y, z) =>
    Math.min(LIMITS[1], Math.max(LIMITS[0], mean + (sd * (pattern(x, y, z) - patternMean)) / patternSd));
}

function drawPattern(random: Random): SpatialFunction {
  const waves = Array.from({ length: N_WAVES }, () => {
    const direction = 2 * Math.PI * random.uniform();
    const k = (2 * Math.PI * (0.6 + 0.5 * random.uniform())) / WAVELENGTH_MM;
    return {
      kx: k * Math.cos(direction),
      ky: k * Math.sin(direction),
      kz: 0.4 * k * (2 * random.uniform() - 1),
      phase: 2 * Math.PI * random.uniform(),
      amplitude: random.normal() / Math.sqrt(N_WAVES / 2),
    };
  });
  return (x, y, z) => {
    // Strong in the middle, weak at front left and back right (x to the right, y to the front).
    const middle = Math.exp(-(x * x + 1.5 * y * y) / (2 * 90 * 90));
    const quadrants = (x * y) / (120 * 80);
    let sum = COMMON * (2 * middle + quadrants);
    for (const w of waves) sum += w.amplitude * Math.cos(w.kx * x + w.ky * y + w.kz * z + w.phase);
    return sum;
  };
}

/** Mean and SD over body tissue within 25 mm of the middle slice. */
function momentsInBody(pattern: SpatialFunction, box: SampleBox, labels: Uint8Array): [number, number] {
  let [n, sum, square] = [0, 0, 0];
  const [nx, ny, nz] = box.size;
  for (let k = 0; k < nz; k++) {
    const z = box.originMm[2] + k * box.stepMm[2];
    if (Math.abs(z) > 25) continue;
    for (let j = 0; j < ny; j++)
      for (let i = 0; i < nx; i++) {
        if (labels[(k * ny + j) * nx + i] === TISSUE_INDEX.air) continue;
        const value = pattern(box.originMm[0] + i * box.stepMm[0], box.originMm[1] + j * box.stepMm[1], z);
        n++;
        sum += value;
        square += value * value;
      }
  }
  if (n === 0) return [0, 1];
  return [sum / n, Math.sqrt(Math.max(1e-12, square / n - (sum / n) ** 2))];
}
