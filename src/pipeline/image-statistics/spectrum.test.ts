import { describe, expect, it } from 'vitest';
import { createRandom } from '../../core/random.ts';
import { radialSpectrum, texturePeak } from './spectrum.ts';

const n = 128;
const random = createRandom(4);
const noise = Float32Array.from({ length: n * n }, () => random.normal());
const at = (value: (x: number, y: number) => number): Float32Array =>
  Float32Array.from({ length: n * n }, (_, i) => value(i % n, Math.floor(i / n)));
const roi = Int32Array.from(
  Array.from(noise.keys()).filter((i) => Math.hypot((i % n) - 60, Math.floor(i / n) - 66) < 22),
);

describe('radial spectrum', () => {
  it('finds that noise is flat and that edges fall as the third power', () => {
    expect(radialSpectrum(noise, n).exponent).toBeCloseTo(0, 0);
    const places = Array.from(
      { length: 30 },
      () => [20 + 88 * random.uniform(), 20 + 88 * random.uniform(), 3 + 14 * random.uniform()] as const,
    );
    const discs = at((x, y) =>
      places.reduce((s, [u, v, r]) => s + (Math.hypot(x - u, y - v) < r ? 1 : 0), 0),
    );
    expect(radialSpectrum(discs, n).exponent).toBeGreaterThan(2.6);
    expect(radialSpectrum(discs, n).exponent).toBeLessThan(3.4);
  });

  it('does not depend on the scale of the image', () => {
    const { power } = radialSpectrum(noise, n);
    const scaled = radialSpectrum(
      noise.map((v) => 7 * v),
      n,
    ).power;
    for (const [r, p] of power.entries()) expect(scaled[r]! / p).toBeCloseTo(1, 4);
    expect(power[1]).toBe(1);
  });
});

describe('peak of a texture', () => {
  it('is small for noise and large for stripes that the eye just sees', () => {
    const random = texturePeak(noise, roi, n);
    expect(random).toBeGreaterThan(4);
    expect(random).toBeLessThan(11);
    const stripes = at((x, y) => noise[y * n + x]! + 0.7 * Math.sin(0.9 * x + 0.5 * y));
    expect(texturePeak(stripes, roi, n)).toBeGreaterThan(2 * random);
  });
});
