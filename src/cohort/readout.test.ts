import { describe, expect, it } from 'vitest';
import { createRandom } from '../core/random.ts';
import { builtInPreset, changeParameters } from './preset.ts';
import { createReadout } from './readout.ts';

const parameters = changeParameters(builtInPreset('paper'), {
  grid: { objectMatrix: 128, matrix: 64, acquiredColumns: 48, acquiredRows: 46 },
  readout: { ringingFilter: 0, echoTrainMs: 0 },
});
const n = 128;
const blob = (x0: number, y0: number, width: number): Float32Array =>
  Float32Array.from({ length: n * n }, (_, i) => {
    const [x, y] = [(i % n) + 0.5 - x0, Math.floor(i / n) + 0.5 - y0];
    return Math.exp(-(x * x + y * y) / (2 * width * width));
  });
const magnitude = ({ re, im }: { re: Float64Array; im: Float64Array }) =>
  re.map((r, i) => Math.hypot(r, im[i]!));

describe('readout', () => {
  const readout = createReadout(parameters.grid, parameters.readout);
  const flat = readout.decayWeights(40);

  it('gives a smooth object back at its place, and shifts fat by whole acquired pixels', () => {
    const k = readout.createKSpace();
    readout.sample(
      { values: blob(50, 70, 5), weights: flat, shiftPixels: 0 },
      { values: blob(80, 40, 5), weights: flat, shiftPixels: 3 },
      k,
    );
    const image = magnitude(readout.reconstruct(k));
    // Three of 48 pixels are 8 of 128.
    const [a, b] = [blob(50, 70, 5), blob(88, 40, 5)];
    let worst = 0;
    for (let row = 0; row < 64; row++)
      for (let column = 0; column < 64; column++) {
        const at = (r: number, c: number) => a[r * n + c]! + b[r * n + c]!;
        const [r, c] = [2 * row, 2 * column];
        const mean = (at(r, c) + at(r + 1, c) + at(r, c + 1) + at(r + 1, c + 1)) / 4;
        worst = Math.max(worst, Math.abs(image[row * 64 + column]! - mean));
      }
    // The mean over four pixels differs from the value at their common corner by the curvature.
    expect(worst).toBeLessThan(0.012);
  });

  it('blurs a short T2 along rows only', () => {
    const decaying = createReadout(parameters.grid, { ...parameters.readout, echoTrainMs: 100 });
    const k = decaying.createKSpace();
    const values = blob(64, 64, 2);
    const none = { values: new Float32Array(n * n), weights: flat, shiftPixels: 0 };
    decaying.sample({ values, weights: decaying.decayWeights(30), shiftPixels: 0 }, none, k);
    const image = magnitude(decaying.reconstruct(k));
    const at = (row: number, column: number) => image[row * 64 + column]!;
    expect(at(28, 31) / at(31, 31)).toBeGreaterThan(3 * (at(31, 28) / at(31, 31)));
  });

  it('makes noise of unit SD in each channel, coloured by zero filling', () => {
    const random = createRandom(3);
    const k = readout.createKSpace();
    let [square, lag, count] = [0, 0, 0];
    for (let repeat = 0; repeat < 40; repeat++) {
      readout.fillNoise(random.normal, k);
      const { re } = readout.reconstruct(k);
      for (let i = 0; i < re.length; i++) {
        square += re[i]! ** 2;
        if (i % 64 < 63) lag += re[i]! * re[i + 1]! * (64 / 63);
        count++;
      }
    }
    expect(square / count).toBeCloseTo(1, 1.5);
    // 48 of 64 samples: sinc(0.75).
    expect(lag / square).toBeCloseTo(Math.sin(0.75 * Math.PI) / (0.75 * Math.PI), 1.5);
  });
});
