import { describe, expect, it } from 'vitest';
import { createRandom } from '../core/random.ts';
import { estimateNoiseSigma } from './noise-level.ts';

const SIZE = 128;
const noise = (seed: string): Float64Array => {
  const random = createRandom(seed);
  return Float64Array.from({ length: SIZE * SIZE }, () => random.normal());
};
// The median of n half-normal values has SD 1.17·σ/√n here (overlapping neighbourhoods gain a little): 1 % at 128².
const TOLERANCE = 0.03;

describe('estimateNoiseSigma', () => {
  it('finds the noise on top of a smooth image', () => {
    const image = noise('white').map(
      (value, i) => 5 * value + 0.4 * (i % SIZE) + 30 * Math.sin(i / SIZE / 20),
    );
    expect(Math.abs(estimateNoiseSigma(image, SIZE, SIZE) / 5 - 1)).toBeLessThan(TOLERANCE);
  });

  it('looks inside the mask only, and past pixels without a value', () => {
    const mask = new Uint8Array(SIZE * SIZE).map((_, i) => (i % SIZE < 64 ? 7 : 0));
    const image = noise('mask').map((value, i) => (i % 97 === 0 ? Number.NaN : value * (mask[i] ? 2 : 50)));
    expect(Math.abs(estimateNoiseSigma(image, SIZE, SIZE, mask) / 2 - 1)).toBeLessThan(TOLERANCE);
  });

  it('reads 1 − ρ of the truth where neighbours correlate by ρ, as documented', () => {
    const white = noise('coloured');
    const at = (y: number, x: number): number => white[(y % SIZE) * SIZE + (x % SIZE)];
    const smooth = white.map((_, i) => {
      const [y, x] = [Math.floor(i / SIZE), i % SIZE];
      return (at(y, x) + at(y + 1, x) + at(y, x + 1) + at(y + 1, x + 1)) / 2;
    });
    expect(Math.abs(estimateNoiseSigma(smooth, SIZE, SIZE) / 0.5 - 1)).toBeLessThan(TOLERANCE);
  });

  it('is 0 without noise', () => {
    expect(estimateNoiseSigma(new Float64Array(400).fill(3), 20, 20)).toBe(0);
  });

  it('refuses a mask with too few pixels', () => {
    const mask = new Uint8Array(SIZE * SIZE).fill(1, 0, SIZE);
    expect(() => estimateNoiseSigma(noise('few'), SIZE, SIZE, mask)).toThrow(
      expect.objectContaining({ code: 'noise/too-few-pixels' }),
    );
  });
});
