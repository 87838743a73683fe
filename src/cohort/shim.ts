/**
 * Shimming: least-squares fit of low-order harmonics to the field over a box on the liver, taken off everywhere. It
 * leaves the box flat and lets the field outside it run off, as a pencil-beam shim does.
 */
import { solveByElimination } from '../core/gauss-jordan.ts';

/** Solid harmonics up to second order, coordinates in units of 100 mm to keep the equations well conditioned. */
function harmonics(order: number, xMm: number, yMm: number, zMm: number): number[] {
  const [x, y, z] = [xMm / 100, yMm / 100, zMm / 100];
  if (order === 0) return [1];
  if (order === 1) return [1, x, y, z];
  return [1, x, y, z, x * y, x * z, y * z, x * x - y * y, 2 * z * z - x * x - y * y];
}

/** A field to be taken off, Hz at a position in mm. */
export type ShimField = (xMm: number, yMm: number, zMm: number) => number;

/** Least-squares fit to samples (x, y, z, field): `Float64Array [n, 4]`, mm and Hz. Too few samples: no shim. */
export function fitShim(samples: Float64Array, order: number): ShimField {
  const n = harmonics(order, 0, 0, 0).length;
  const nSamples = samples.length / 4;
  if (nSamples < 4 * n) return () => 0;
  const normal = Array.from({ length: n }, () => new Float64Array(n + 1));
  for (let s = 0; s < nSamples; s++) {
    const [x, y, z, field] = samples.subarray(4 * s, 4 * s + 4) as unknown as [
      number,
      number,
      number,
      number,
    ];
    const h = harmonics(order, x, y, z);
    for (let r = 0; r < n; r++) {
      const row = normal[r]!;
      for (let c = 0; c < n; c++) row[c] = row[c]! + h[r]! * h[c]!;
      row[n] = row[n]! + h[r]! * field;
    }
  }
  const weights = solveByElimination(normal);
  return (x, y, z) => harmonics(order, x, y, z).reduce((sum, h, i) => sum + h * weights[i]![0]!, 0);
}
