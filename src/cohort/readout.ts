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

/** A real object on the fine grid `[row, column]`, and how the readout treats it. */
export interface ObjectPlane {
  readonly values: Float32Array;
  /** From `decayWeights`. */
  readonly weights: Float64Array;
  /** Displacement along the frequency axis, acquired pixels. */
  readonly shiftPixels: number;
}

export interface Readout {
  /**
   * Samples k-space of two object planes and adds it to `kSpace`. Both are real, so they share one transform, as its
   * real and imaginary part, and are told apart by the symmetry of their spectra.
   */
  sample(first: ObjectPlane, second: ObjectPlane, kSpace: ComplexImage): void;
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
  /** One column more than acquired, for the mirror image of the first. */
  const width = nx + 1;
  const lines: ComplexImage = { re: new Float64Array(n * width), im: new Float64Array(n * width) };
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
  const phaseY = phases(ny, (j) => halfPixel(frequency(j, ny)));
  const phasesX = (shiftPixels: number): ComplexImage =>
    phases(nx, (i) => halfPixel(frequency(i, nx)) - (2 * Math.PI * frequency(i, nx) * shiftPixels) / nx);

  /** Transforms along rows and keeps the columns −nx/2 … nx/2 of k-space in `lines`. */
  function transformRows(real: Float32Array, imaginary: Float32Array): void {
    for (let row = 0; row < n; row++) {
      let empty = true;
      for (let i = 0; i < n; i++) {
        const a = real[row * n + i]!;
        const b = imaginary[row * n + i]!;
        line.re[i] = a;
        line.im[i] = b;
        if (a !== 0 || b !== 0) empty = false;
      }
      if (!empty) objectFft.forward(line.re, line.im);
      for (let i = 0; i < width; i++) {
        const from = bin(frequency(i, nx), n);
        lines.re[row * width + i] = empty ? 0 : line.re[from]!;
        lines.im[row * width + i] = empty ? 0 : line.im[from]!;
      }
    }
  }

  function sample(first: ObjectPlane, second: ObjectPlane, kSpace: ComplexImage): void {
    transformRows(first.values, second.values);
    for (let i = 0; i < width; i++) objectFft.forward(lines.re, lines.im, i, width);
    const [firstX, secondX] = [phasesX(first.shiftPixels), phasesX(second.shiftPixels)];
    for (let j = 0; j < ny; j++) {
      const row = bin(frequency(j, ny), n) * width;
      const mirroredRow = bin(-frequency(j, ny), n) * width + (nx & ~1);
      const scale = filterY[j]! / (2 * n * n);
      const [a, b] = [scale * first.weights[j]!, scale * second.weights[j]!];
      const [cosY, sinY] = [phaseY.re[j]!, phaseY.im[j]!];
      for (let i = 0; i < nx; i++) {
        const at = row + i;
        const opposite = mirroredRow - i;
        // The first plane is the even part of the spectrum, the second the odd part over i.
        const re1 = a * (lines.re[at]! + lines.re[opposite]!);
        const im1 = a * (lines.im[at]! - lines.im[opposite]!);
        const re2 = b * (lines.im[at]! + lines.im[opposite]!);
        const im2 = b * (lines.re[opposite]! - lines.re[at]!);
        const re = re1 * firstX.re[i]! - im1 * firstX.im[i]! + re2 * secondX.re[i]! - im2 * secondX.im[i]!;
        const im = re1 * firstX.im[i]! + im1 * firstX.re[i]! + re2 * secondX.im[i]! + im2 * secondX.re[i]!;
        const to = j * nx + i;
        kSpace.re[to]! += filterX[i]! * (re * cosY - im * sinY);
        kSpace.im[to]! += filterX[i]! * (re * sinY + im * cosY);
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

/** exp(i·angle) of n angles. */
const phases = (n: number, angle: (index: number) => number): ComplexImage => ({
  re: Float64Array.from({ length: n }, (_, i) => Math.cos(angle(i))),
  im: Float64Array.from({ length: n }, (_, i) => Math.sin(angle(i))),
});

/** Hann weights over k-space, mixed with none: 1 at the centre, 1 − strength at the edge. */
function hann(n: number, strength: number): Float64Array {
  return Float64Array.from({ length: n }, (_, i) => {
    const u = (i - (n >> 1)) / (n / 2);
    return 1 - strength * (1 - Math.cos((Math.PI * u) / 2) ** 2);
  });
}

const sumOfSquares = (values: Float64Array): number => values.reduce((sum, v) => sum + v * v, 0);
