/**
 * Field shift of a susceptibility distribution: χ convolved with the dipole field (3cos²θ − 1)/(4πr³), z along B0.
 *
 * The kernel is sampled in real space and is zero at the origin, which is the Lorentz-sphere-corrected field that
 * protons see (Salomir 2003, doi:10.1002/cmr.b.10083). x and y are padded with zeros, so the air around the body is
 * the reference and must have χ = 0; z repeats itself, because the body goes on above and below: leave some 15 cm
 * between the slices of interest and the ends.
 */
import { OptionError } from '../core/errors.ts';
import { createFft, type Fft } from './fft.ts';

export interface DipoleSolver {
  /** Relative field shift (same unit as χ, e.g. ppm) from χ relative to air; both `[slice, row, column]`. */
  solve(susceptibility: Float32Array): Float32Array;
}

/**
 * Solver for a box of (columns, rows, slices) with steps in mm. It keeps its buffers (32 bytes per padded point).
 * @throws OptionError unless the sizes are powers of two.
 */
export function createDipoleSolver(
  size: readonly [number, number, number],
  stepMm: readonly [number, number, number],
): DipoleSolver {
  if (size.some((n) => n < 1 || (n & (n - 1)) !== 0))
    throw new OptionError(
      'dipole/size',
      `The field grid needs sizes that are powers of two, got ${size.join('×')}.`,
    );
  const [nx, ny, nz] = size;
  const grid: PaddedGrid = { nx: 2 * nx, ny: 2 * ny, nz };
  const plans = [createFft(grid.nx), createFft(grid.ny), createFft(grid.nz)] as const;
  const total = grid.nx * grid.ny * grid.nz;
  const [re, im] = [new Float64Array(total), new Float64Array(total)];
  fillKernel(re, grid, stepMm);
  transform3(re, im, grid, plans, 'forward', grid.ny);
  // The kernel is even in every axis: its transform is real.
  const spectrum = Float32Array.from(re);

  const solve = (susceptibility: Float32Array): Float32Array => {
    re.fill(0);
    im.fill(0);
    for (let k = 0; k < nz; k++)
      for (let j = 0; j < ny; j++) {
        const line = susceptibility.subarray((k * ny + j) * nx, (k * ny + j + 1) * nx);
        re.set(line, (k * grid.ny + j) * grid.nx);
      }
    transform3(re, im, grid, plans, 'forward', ny);
    for (let i = 0; i < total; i++) {
      re[i] = re[i]! * spectrum[i]!;
      im[i] = im[i]! * spectrum[i]!;
    }
    transform3(re, im, grid, plans, 'inverse', ny);
    const out = new Float32Array(nx * ny * nz);
    for (let k = 0; k < nz; k++)
      for (let j = 0; j < ny; j++) {
        const start = (k * grid.ny + j) * grid.nx;
        out.set(re.subarray(start, start + nx), (k * ny + j) * nx);
      }
    return out;
  };
  return { solve };
}

interface PaddedGrid {
  readonly nx: number;
  readonly ny: number;
  readonly nz: number;
}

function fillKernel(re: Float64Array, { nx, ny, nz }: PaddedGrid, stepMm: readonly number[]): void {
  const [sx, sy, sz] = stepMm as [number, number, number];
  const cell = sx * sy * sz;
  const signed = (i: number, n: number): number => (i < n / 2 ? i : i - n);
  for (let k = 0; k < nz; k++)
    for (let j = 0; j < ny; j++)
      for (let i = 0; i < nx; i++) {
        const [x, y, z] = [signed(i, nx) * sx, signed(j, ny) * sy, signed(k, nz) * sz];
        const r2 = x * x + y * y + z * z;
        re[(k * ny + j) * nx + i] =
          r2 === 0 ? 0 : (cell * ((3 * z * z) / r2 - 1)) / (4 * Math.PI * r2 * Math.sqrt(r2));
      }
}

/** 3-D transform in which only the first `usedRows` rows of each slice hold (or are asked for) data along x. */
function transform3(
  re: Float64Array,
  im: Float64Array,
  { nx, ny, nz }: PaddedGrid,
  [px, py, pz]: readonly [Fft, Fft, Fft],
  direction: 'forward' | 'inverse',
  usedRows: number,
): void {
  const alongX = (): void => {
    for (let k = 0; k < nz; k++)
      for (let j = 0; j < usedRows; j++) px[direction](re, im, (k * ny + j) * nx, 1);
  };
  if (direction === 'forward') alongX();
  for (let k = 0; k < nz; k++) for (let i = 0; i < nx; i++) py[direction](re, im, k * ny * nx + i, nx);
  for (let line = 0; line < nx * ny; line++) pz[direction](re, im, line, nx * ny);
  if (direction === 'inverse') alongX();
}
