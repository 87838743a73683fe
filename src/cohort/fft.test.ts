import { describe, expect, it } from 'vitest';
import { createRandom } from '../core/random.ts';
import { createFft } from './fft.ts';

/** The definition, as the reference. */
function dft(re: Float64Array, im: Float64Array): [number[], number[]] {
  const n = re.length;
  const [outRe, outIm]: [number[], number[]] = [[], []];
  for (let k = 0; k < n; k++) {
    let [r, i] = [0, 0];
    for (let j = 0; j < n; j++) {
      const angle = (-2 * Math.PI * j * k) / n;
      r += re[j]! * Math.cos(angle) - im[j]! * Math.sin(angle);
      i += re[j]! * Math.sin(angle) + im[j]! * Math.cos(angle);
    }
    outRe.push(r);
    outIm.push(i);
  }
  return [outRe, outIm];
}

describe('fft', () => {
  it.each([1, 2, 8, 64, 7, 12, 190, 225])(
    'of length %i is the definition, and its inverse undoes it',
    (n) => {
      const random = createRandom(n);
      const re = Float64Array.from({ length: n }, () => random.normal());
      const im = Float64Array.from({ length: n }, () => random.normal());
      const [expectedRe, expectedIm] = dft(re, im);
      const [a, b] = [re.slice(), im.slice()];
      const fft = createFft(n);
      fft.forward(a, b);
      for (let k = 0; k < n; k++) {
        expect(a[k]).toBeCloseTo(expectedRe[k]!, 9);
        expect(b[k]).toBeCloseTo(expectedIm[k]!, 9);
      }
      fft.inverse(a, b);
      for (let k = 0; k < n; k++) {
        expect(a[k]).toBeCloseTo(re[k]!, 11);
        expect(b[k]).toBeCloseTo(im[k]!, 11);
      }
    },
  );

  it('touches only the strided line it is given', () => {
    const re = new Float64Array(24).fill(1);
    const im = new Float64Array(24);
    createFft(8).forward(re, im, 1, 3);
    expect([...re].filter((_, i) => i % 3 !== 1).every((v) => v === 1)).toBe(true);
    expect(re[1]).toBe(8);
  });
});
