import { describe, expect, it } from 'vitest';
import { createRandom } from '../core/random.ts';
import {
  BIOR15_LOW,
  type BlockTransform,
  bior15Transform,
  dctTransform,
  haarAcross,
  inverseHaarAcross,
  invertBlock,
  kaiserWindow,
  multiplyEight,
} from './transforms.ts';

const random = createRandom('transforms');
const draw = (n: number): Float64Array => Float64Array.from({ length: n }, () => random.normal());
const norm = (v: Float64Array): number => Math.hypot(...v);
const maxDifference = (a: Float64Array, b: Float64Array): number =>
  a.reduce((worst, value, i) => Math.max(worst, Math.abs(value - b[i])), 0);

/** T·X·Tᵀ by the definition. */
function forwardBlock({ forward: t }: BlockTransform, x: Float64Array): Float64Array {
  const out = new Float64Array(64);
  for (let k = 0; k < 8; k++)
    for (let l = 0; l < 8; l++)
      for (let i = 0; i < 8; i++)
        for (let j = 0; j < 8; j++) out[8 * k + l] += t[8 * k + i] * x[8 * i + j] * t[8 * l + j];
  return out;
}

describe.each([
  ['DCT', dctTransform()],
  ['bior1.5', bior15Transform()],
])('%s', (_, transform) => {
  it('has rows of norm 1, so white noise keeps its standard deviation', () => {
    for (let k = 0; k < 8; k++) expect(norm(transform.forward.subarray(8 * k, 8 * k + 8))).toBeCloseTo(1, 12);
  });

  it('is undone by its inverse', () => {
    const block = draw(64);
    const back = new Float64Array(64);
    invertBlock(transform.inverse, forwardBlock(transform, block), 0, back, new Float64Array(64));
    expect(maxDifference(back, block)).toBeLessThan(1e-12);
  });

  it('puts a constant block into coefficient 0 alone', () => {
    const coefficients = forwardBlock(transform, new Float64Array(64).fill(1));
    expect(coefficients[0]).toBeCloseTo(8, 12);
    expect(norm(coefficients.subarray(1))).toBeLessThan(1e-12);
  });
});

describe('orthonormality', () => {
  it('of the DCT: the inverse is the transpose', () => {
    const { forward, inverse } = dctTransform();
    for (let i = 0; i < 64; i++) expect(inverse[i]).toBe(forward[(i % 8) * 8 + (i >> 3)]);
  });

  it.each([1, 2, 4, 16, 32])('of Haar across %i blocks: norm kept, inverse exact, sum in block 0', (n) => {
    const group = draw(64 * n);
    const transformed = group.slice();
    haarAcross(transformed, n);
    expect(norm(transformed)).toBeCloseTo(norm(group), 10);
    let sum = 0;
    for (let k = 0; k < n; k++) sum += group[64 * k + 5];
    expect(transformed[5]).toBeCloseTo(sum / Math.sqrt(n), 10);
    inverseHaarAcross(transformed, n);
    expect(maxDifference(transformed, group)).toBeLessThan(1e-12);
  });
});

describe('bior1.5', () => {
  it('has a dual wavelet with five vanishing moments, which defines its low-pass', () => {
    for (let p = 0; p < 5; p++)
      expect(BIOR15_LOW.reduce((sum, tap, k) => sum + (-1) ** k * tap * (k - 4.5) ** p, 0)).toBeCloseTo(0, 9);
    expect(BIOR15_LOW.reduce((sum, tap, k) => sum + (-1) ** k * tap * (k - 4.5) ** 5, 0)).not.toBeCloseTo(
      0,
      0,
    );
  });

  it('is orthogonal to the even shifts of the Haar low-pass, with gain 1 at shift 0', () => {
    expect([0, 2, 4, 6, 8].map((k) => BIOR15_LOW[k] + BIOR15_LOW[k + 1])).toEqual([0, 0, 256, 0, 0]);
  });

  it('has finest details that are Haar differences', () => {
    const { forward } = bior15Transform();
    const ramp = Float64Array.from({ length: 8 }, (_, i) => i * i);
    const out = new Float64Array(8);
    multiplyEight(forward, ramp, 0, 1, out, 0, 1);
    for (let i = 0; i < 4; i++) expect(out[4 + i]).toBeCloseTo(-(4 * i + 1) * Math.SQRT1_2, 12);
  });
});

describe('Kaiser window', () => {
  it('agrees with numpy.kaiser(8, 2)', () => {
    const window = kaiserWindow(2);
    const numpy = [0.43867628, 0.68132426, 0.87683991, 0.98582251];
    numpy.forEach((a, i) => {
      numpy.forEach((b, j) => {
        expect(window[8 * i + j]).toBeCloseTo(a * b, 7);
        expect(window[8 * (7 - i) + 7 - j]).toBeCloseTo(a * b, 7);
      });
    });
  });
});
