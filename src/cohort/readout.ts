/**
 * The readout: an object on a fine grid becomes k-space of the acquired matrix, and k-space becomes an image of the
 * stored matrix by zero filling. A turbo spin echo samples the lines of k-space on a decaying echo train, centre
 * first, so that each T2 has its own blur along phase encoding (rows). Fat is displaced along the frequency axis.
 *
 * Left out: the phase of the object (magnitude images of a slowly varying phase do not show it), the uneven order of
 * half scan, and the unfolding of parallel imaging, which enters as noise that is not uniform (`receive.ts`).
 */
import { createFft } from './fft.ts';
import type { CohortParameters } from './parameters.ts';

/** Complex samples `[row, column]`; in k-space from −n/2 upwards along both axes. */
export interface ComplexImage {
  readonly re: Float64Array;
  readonly im: Float64Array;
}

export interface Readout {
  /** Samples k-space of one object plane `[row, column]` and adds it to `kSpace`. */
  sample(plane: Float32Array, weights: Float64Array, shiftPixels: number, kSpace: ComplexImage): void;
  /** Weights of the phase-encoding lines for a T2 (ms), 1 at the centre: `[row]`. */
  decayWeights(t2Ms: number): Float64Array;
  /** An empty k-space. */
  createKSpace(): ComplexImage;
  /** Noise of unit SD per image channel, in k-space. */
  fillNoise(normal: () => number, kSpace: ComplexImage): void;
  /** Image `[row, column]` of the stored matrix. The result is overwritten by the next call. */
  reconstruct(kSpace: ComplexImage): ComplexImage;
}

/** Readout of one geometry; it keeps buffers and is not for concurrent use. */
export function createReadout(grid: CohortParameters['grid'], readout: CohortParameters['readout']): Readout {
  const { objectMatrix: n, matrix, acquiredColumns: nx, acquiredRows: ny } = grid;
  const [objectFft, imageFft] = [createFft(n), createFft(matrix)];
  const lines: ComplexImage = { re: new Float64Array(n * nx), im: new Float64Array(n * nx) };
  const line: ComplexImage = { re: new Float64Array(n), im: new Float64Array(n) };
  const image: ComplexImage = {
    re: new Float64Array(matrix * matrix),
    im: new Float64Array(matrix * matrix),
  };
  const frequency = (i: number, count: number): number => i - (count >> 1);
  const bin = (k: number, count: number): number => (k < 0 ? k + count : k);
  const [filterX, filterY] = [hann(nx, readout.ringingFilter), hann(ny, readout.ringingFilter)];
  /** Pixel centres of object and image differ by half a pixel each: a linear phase. */
  const halfPixel = (k: number): number => Math.PI * k * (1 / matrix - 1 / n);

  function sample(
    plane: Float32Array,
    weights: Float64Array,
    shiftPixels: number,
    kSpace: ComplexImage,
  ): void {
    let [first, last] = [n, -1];
    for (let row = 0; row < n; row++) {
      line.im.fill(0);
      let empty = true;
      for (let i = 0; i < n; i++) {
        const value = plane[row * n + i]!;
        line.re[i] = value;
        if (value !== 0) empty = false;
      }
      if (!empty) {
        objectFft.forward(line.re, line.im);
        first = Math.min(first, row);
        last = row;
      }
      for (let i = 0; i < nx; i++) {
        const from = bin(frequency(i, nx), n);
        lines.re[row * nx + i] = empty ? 0 : line.re[from]!;
        lines.im[row * nx + i] = empty ? 0 : line.im[from]!;
      }
    }
    if (last < first) return;
    for (let i = 0; i < nx; i++) {
      objectFft.forward(lines.re, lines.im, i, nx);
      const kx = frequency(i, nx);
      const phaseX = halfPixel(kx) - (2 * Math.PI * kx * shiftPixels) / nx;
      for (let j = 0; j < ny; j++) {
        const ky = frequency(j, ny);
        const at = bin(ky, n) * nx + i;
        const scale = (weights[j]! * filterX[i]! * filterY[j]!) / (n * n);
        const phase = phaseX + halfPixel(ky);
        const [c, s] = [scale * Math.cos(phase), scale * Math.sin(phase)];
        const [re, im] = [lines.re[at]!, lines.im[at]!];
        const to = j * nx + i;
        kSpace.re[to] = kSpace.re[to]! + re * c - im * s;
        kSpace.im[to] = kSpace.im[to]! + re * s + im * c;
      }
    }
  }

  function reconstruct(kSpace: ComplexImage): ComplexImage {
    image.re.fill(0);
    image.im.fill(0);
    const scale = matrix * matrix;
    for (let j = 0; j < ny; j++)
      for (let i = 0; i < nx; i++) {
        const to = bin(frequency(j, ny), matrix) * matrix + bin(frequency(i, nx), matrix);
        image.re[to] = kSpace.re[j * nx + i]! * scale;
        image.im[to] = kSpace.im[j * nx + i]! * scale;
      }
    for (let i = 0; i < nx; i++) imageFft.inverse(image.re, image.im, bin(frequency(i, nx), matrix), matrix);
    for (let row = 0; row < matrix; row++) imageFft.inverse(image.re, image.im, row * matrix);
    return image;
  }

  const filterPower = sumOfSquares(filterX) * sumOfSquares(filterY);
  return {
    sample,
    reconstruct,
    createKSpace: () => ({ re: new Float64Array(nx * ny), im: new Float64Array(nx * ny) }),
    decayWeights: (t2Ms) =>
      Float64Array.from({ length: ny }, (_, j) =>
        Math.exp(
          (-Math.abs(frequency(j, ny)) / (ny / 2)) * (readout.echoTrainMs / (t2Ms * readout.t2Stretch)),
        ),
      ),
    fillNoise: (normal, kSpace) => {
      for (let j = 0; j < ny; j++)
        for (let i = 0; i < nx; i++) {
          const scale = (filterX[i]! * filterY[j]!) / Math.sqrt(filterPower);
          kSpace.re[j * nx + i] = normal() * scale;
          kSpace.im[j * nx + i] = normal() * scale;
        }
    },
  };
}

/** Hann weights over k-space, mixed with none: 1 at the centre, 1 − strength at the edge. */
function hann(n: number, strength: number): Float64Array {
  return Float64Array.from({ length: n }, (_, i) => {
    const u = (i - (n >> 1)) / (n / 2);
    return 1 - strength * (1 - Math.cos((Math.PI * u) / 2) ** 2);
  });
}

const sumOfSquares = (values: Float64Array): number => values.reduce((sum, v) => sum + v * v, 0);
