import { describe, expect, it } from 'vitest';
import { fitShim } from './shim.ts';

const samples = (field: (x: number, y: number, z: number) => number): Float64Array => {
  const out: number[] = [];
  for (let z = -25; z <= 25; z += 10)
    for (let y = -50; y <= 50; y += 10) for (let x = 0; x <= 100; x += 10) out.push(x, y, z, field(x, y, z));
  return Float64Array.from(out);
};

describe('shim', () => {
  it('takes off any field that its coils can make, also outside the box', () => {
    const field = (x: number, y: number, z: number) =>
      3 + x - 2 * y + 0.5 * z + 0.01 * x * y + 0.02 * (x * x - y * y);
    const shim = fitShim(samples(field), 2);
    for (const [x, y, z] of [
      [10, 20, 5],
      [-150, 80, 0],
    ] as const)
      expect(shim(x, y, z)).toBeCloseTo(field(x, y, z), 6);
  });

  it('leaves what it cannot make, with least squares', () => {
    const shim = fitShim(
      samples((_x, y) => y ** 3 / 1000),
      1,
    );
    const rest = (y: number) => y ** 3 / 1000 - shim(50, y, 0);
    expect(rest(50)).toBeGreaterThan(10);
    expect(Math.abs(rest(0))).toBeLessThan(1e-9);
  });

  it('does nothing without enough tissue', () => {
    expect(fitShim(new Float64Array(8), 2)(1, 2, 3)).toBe(0);
  });
});
