/**
 * Power spectra of a slice by radial frequency. Images made of edges fall as f⁻³ (Porod's law in two
 * dimensions); noise is flat up to the edge of what was acquired. A pattern that repeats, be it
 * lines, rings or a tiled texture, stands out of its ring as a peak.
 */
import { createFft } from '../../cohort/fft.ts';

/** Frequencies in cycles per pixel between which the slope is fitted: below are outlines, above is noise. */
const SLOPE_RANGE = [0.015, 0.12] as const;
/** Where peaks are looked for: slower is anatomy, faster was not acquired (192 of 256 points: 0.375). */
const PEAK_RANGE = [0.06, 0.35] as const;

export interface Spectrum {
  /** Mean power of ring number r, at r/n cycles per pixel, relative to ring 1; r from 0 to n/2. */
  readonly power: Float64Array;
  /** Exponent of the power's fall between 0.015 and 0.12 cycles per pixel; 3: edges. */
  readonly exponent: number;
}

/** Spectrum of a square image under a Hann window. */
export function radialSpectrum(image: Float32Array, n: number): Spectrum {
  const hann = Float64Array.from({ length: n }, (_, i) => Math.sin((Math.PI * (i + 0.5)) / n) ** 2);
  const rings = ringMeans(
    power2d(
      image.map((v, i) => v * hann[i % n]! * hann[Math.floor(i / n)]!),
      n,
    ),
    n,
  );
  const power = rings.map((p) => p / rings[1]!);
  return { power, exponent: -logSlope(power, n) };
}

/**
 * Largest power of a map's texture over the mean of its ring, between 0.06 and 0.35 cycles per pixel. Texture without
 * a pattern has exponentially distributed power: the largest of some hundred independent values is 5 to 10.
 */
export function texturePeak(map: Float32Array, roi: Int32Array, n: number): number {
  const centre = roi.reduce((sum, i) => sum + map[i]!, 0) / roi.length;
  const texture = new Float32Array(n * n);
  for (const i of roi) texture[i] = map[i]! - centre;
  const power = power2d(texture, n);
  const rings = ringMeans(power, n);
  let peak = 0;
  eachFrequency(n, (i, ring) => {
    if (ring >= PEAK_RANGE[0] * n && ring <= PEAK_RANGE[1] * n)
      peak = Math.max(peak, power[i]! / rings[ring]!);
  });
  return peak;
}

function power2d(image: Float32Array, n: number): Float64Array {
  const [re, im] = [Float64Array.from(image), new Float64Array(n * n)];
  const fft = createFft(n);
  for (let row = 0; row < n; row++) fft.forward(re, im, row * n);
  for (let column = 0; column < n; column++) fft.forward(re, im, column, n);
  return re.map((v, i) => v * v + im[i]! * im[i]!);
}

/** Calls with the index of every frequency and its distance from 0, rounded, in steps of 1/n cycles per pixel. */
function eachFrequency(n: number, visit: (index: number, ring: number) => void): void {
  const signed = (k: number): number => (k < n / 2 ? k : k - n);
  for (let row = 0; row < n; row++)
    for (let column = 0; column < n; column++)
      visit(row * n + column, Math.round(Math.hypot(signed(row), signed(column))));
}

function ringMeans(power: Float64Array, n: number): Float64Array {
  const [sum, count] = [new Float64Array(n), new Float64Array(n)];
  eachFrequency(n, (i, ring) => {
    sum[ring]! += power[i]!;
    count[ring]!++;
  });
  return sum.map((s, r) => s / count[r]!).subarray(0, (n >> 1) + 1);
}

/** Least-squares slope of log power over log frequency; every ring counts as the inverse of its frequency. */
function logSlope(power: Float64Array, n: number): number {
  let [w, x, y, xx, xy] = [0, 0, 0, 0, 0];
  for (let r = Math.ceil(SLOPE_RANGE[0] * n); r <= SLOPE_RANGE[1] * n; r++) {
    const [u, v, weight] = [Math.log(r), Math.log(power[r]!), 1 / r];
    w += weight;
    x += weight * u;
    y += weight * v;
    xx += weight * u * u;
    xy += weight * u * v;
  }
  return (w * xy - x * y) / (w * xx - x * x);
}
