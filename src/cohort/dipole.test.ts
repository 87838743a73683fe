import { describe, expect, it } from 'vitest';
import { createDipoleSolver } from './dipole.ts';

const SIZE = [32, 32, 64] as const;
const STEP = [4, 4, 4] as const;

/** χ of a shape as the share of each cell inside it (5³ samples), and the solved field with its position. */
function solve(inside: (x: number, y: number, z: number) => boolean) {
  const [nx, ny, nz] = SIZE;
  const chi = new Float32Array(nx * ny * nz);
  const positions: [number, number, number][] = [];
  const sub = [-0.4, -0.2, 0, 0.2, 0.4];
  for (let k = 0; k < nz; k++)
    for (let j = 0; j < ny; j++)
      for (let i = 0; i < nx; i++) {
        const [x, y, z] = [
          (i - nx / 2 + 0.5) * STEP[0],
          (j - ny / 2 + 0.5) * STEP[1],
          (k - nz / 2 + 0.5) * STEP[2],
        ];
        let n = 0;
        for (const a of sub)
          for (const b of sub)
            for (const c of sub) if (inside(x + a * STEP[0], y + b * STEP[1], z + c * STEP[2])) n++;
        chi[positions.length] = n / 125;
        positions.push([x, y, z]);
      }
  return { field: createDipoleSolver(SIZE, STEP).solve(chi), positions };
}

/** Largest deviation from a closed form over the points that `where` selects. */
function deviation(
  { field, positions }: ReturnType<typeof solve>,
  expected: (x: number, y: number, z: number) => number,
  where: (x: number, y: number, z: number) => boolean,
): number {
  let worst = 0;
  let n = 0;
  positions.forEach(([x, y, z], i) => {
    if (!where(x, y, z)) return;
    n++;
    worst = Math.max(worst, Math.abs(field[i]! - expected(x, y, z)));
  });
  expect(n).toBeGreaterThan(10);
  return worst;
}

describe('dipole field', () => {
  const radius = 24;

  it('of a sphere: zero inside, a dipole outside', () => {
    const solved = solve((x, y, z) => Math.hypot(x, y, z) < radius);
    const r = (x: number, y: number, z: number) => Math.hypot(x, y, z);
    expect(
      deviation(
        solved,
        () => 0,
        (...p) => r(...p) < radius - 8,
      ),
    ).toBeLessThan(0.01);
    const outside = (x: number, y: number, z: number) =>
      ((radius / r(x, y, z)) ** 3 * (3 * (z / r(x, y, z)) ** 2 - 1)) / 3;
    expect(deviation(solved, outside, (...p) => r(...p) > radius + 8 && Math.abs(p[2]) < 60)).toBeLessThan(
      0.012,
    );
  });

  it('of a cylinder along the field: one third inside, nothing outside', () => {
    const solved = solve((x, y) => Math.hypot(x, y) < radius);
    // As long as the box, 256 mm: on its axis the ends take away 1 − 128/√(128² + R²).
    const inside = 1 / 3 - (1 - 128 / Math.hypot(128, radius));
    const middle = (z: number) => Math.abs(z) < 10;
    const off = (x: number, y: number) => Math.hypot(x, y);
    expect(
      deviation(
        solved,
        () => inside,
        (x, y, z) => middle(z) && off(x, y) < radius - 8,
      ),
    ).toBeLessThan(0.002);
    expect(
      deviation(
        solved,
        () => 0,
        (x, y, z) => middle(z) && off(x, y) > radius + 8,
      ),
    ).toBeLessThan(0.02);
  });

  it('of a cylinder across the field: −1/6 inside, a quadrupole outside', () => {
    // Along y over the whole box; the middle is far enough from its ends to look infinite.
    const solved = solve((x, _, z) => Math.hypot(x, z) < 10);
    const middle = (y: number) => Math.abs(y) < 8;
    expect(
      deviation(
        solved,
        () => -1 / 6,
        (x, y, z) => middle(y) && Math.hypot(x, z) < 5,
      ),
    ).toBeLessThan(0.02);
    const outside = (x: number, _: number, z: number) => {
      const r2 = x * x + z * z;
      return (((100 / r2) * (z * z - x * x)) / r2) * 0.5;
    };
    expect(
      deviation(solved, outside, (x, y, z) => {
        const r = Math.hypot(x, z);
        return middle(y) && r > 18 && r < 40;
      }),
    ).toBeLessThan(0.015);
  });

  it('refuses sizes its transform cannot take', () => {
    expect(() => createDipoleSolver([30, 32, 32], [1, 1, 1])).toThrow(/powers of two/);
  });
});
