/** A slice's pixels in space, and smooth functions sampled on them. */

/** Where a slice's pixels are: centre of pixel (0, 0) and steps along columns and rows, RAS mm. */
export interface PlaneGrid {
  readonly originMm: readonly [number, number, number];
  /** Negative in a slice whose columns run to the patient's left and whose rows run to the back. */
  readonly stepMm: readonly [number, number];
  readonly nColumns: number;
  readonly nRows: number;
}

/** A quantity at a position in mm. */
export type SpatialFunction = (xMm: number, yMm: number, zMm: number) => number;

/** Square slice centred on the origin: column 0 is the patient's right, row 0 the front. */
export function axialPlane(zMm: number, fovMm: number, matrix: number): PlaneGrid {
  const step = fovMm / matrix;
  const first = (fovMm - step) / 2;
  return { originMm: [first, first, zMm], stepMm: [-step, -step], nColumns: matrix, nRows: matrix };
}

/** Sampling of smooth functions: every so many pixels, linear between. */
const STRIDE = 4;

/** Samples a function that is smooth over centimetres; between every fourth pixel it is taken as linear. */
export function sampleSmooth(grid: PlaneGrid, value: SpatialFunction): Float32Array {
  const [nx, ny] = [Math.ceil(grid.nColumns / STRIDE) + 1, Math.ceil(grid.nRows / STRIDE) + 1];
  const coarse = new Float64Array(nx * ny);
  const [x0, y0, z] = grid.originMm;
  for (let j = 0; j < ny; j++)
    for (let i = 0; i < nx; i++)
      coarse[j * nx + i] = value(x0 + i * STRIDE * grid.stepMm[0], y0 + j * STRIDE * grid.stepMm[1], z);
  const out = new Float32Array(grid.nColumns * grid.nRows);
  for (let row = 0; row < grid.nRows; row++) {
    const j = Math.floor(row / STRIDE);
    const v = row / STRIDE - j;
    for (let column = 0; column < grid.nColumns; column++) {
      const i = Math.floor(column / STRIDE);
      const u = column / STRIDE - i;
      const at = j * nx + i;
      const upper = coarse[at]! * (1 - u) + coarse[at + 1]! * u;
      const lower = coarse[at + nx]! * (1 - u) + coarse[at + nx + 1]! * u;
      out[row * grid.nColumns + column] = upper * (1 - v) + lower * v;
    }
  }
  return out;
}
