import { describe, expect, it } from 'vitest';
import { createRandom, restoreRandom } from './random.ts';

describe('random', () => {
  it('has the moments of its distributions', () => {
    const random = createRandom(1);
    const n = 200_000;
    let [sum, square, fourth, uniformSum] = [0, 0, 0, 0];
    for (let i = 0; i < n; i++) {
      const x = random.normal();
      sum += x;
      square += x * x;
      fourth += x ** 4;
      uniformSum += random.uniform();
    }
    expect(Math.abs(sum / n)).toBeLessThan(4 / Math.sqrt(n));
    expect(Math.abs(square / n - 1)).toBeLessThan(4 * Math.sqrt(2 / n));
    expect(Math.abs(fourth / n - 3)).toBeLessThan(4 * Math.sqrt(96 / n));
    expect(Math.abs(uniformSum / n - 0.5)).toBeLessThan(4 / Math.sqrt(12 * n));
  });

  it('gives streams that depend on seed and label alone', () => {
    const a = createRandom(7);
    const early = a.fork('noise').uniform();
    a.normal();
    expect(a.fork('noise').uniform()).toBe(early);
    expect(a.fork('motion').uniform()).not.toBe(early);
    expect(createRandom(8).fork('noise').uniform()).not.toBe(early);
  });

  it('continues from a saved state, between the two normals of a pair too', () => {
    const a = createRandom('x');
    a.normal();
    const b = restoreRandom(JSON.parse(JSON.stringify(a.state())));
    for (let i = 0; i < 10; i++) expect(b.normal()).toBe(a.normal());
  });
});
