import { describe, expect, it } from 'vitest';
import { createRandom } from '../core/random.ts';
import { createImageMover, drawMove, PAPER_AUGMENTATION, type RigidMove } from './augment.ts';

const n = 33;
/** Largest error of one bilinear resampling: an eighth of the sum of the blob's second derivatives (σ = 3). */
const BILINEAR_BOUND = 2 / 9 / 8;
const blob = (row: number, column: number): Float32Array =>
  Float32Array.from({ length: n * n }, (_, p) =>
    Math.exp(-((Math.floor(p / n) - row) ** 2 + ((p % n) - column) ** 2) / 18),
  );
const moved = (image: Float32Array, move: RigidMove): Float32Array => createImageMover(1, n, n)(image, move);
const largestDifference = (a: Float32Array, b: Float32Array): number =>
  a.reduce((worst, value, i) => Math.max(worst, Math.abs(value - b[i]!)), 0);

describe('createImageMover', () => {
  it('leaves the image alone where nothing moves', () => {
    const image = blob(14, 20);
    expect(moved(image, { angleRadians: 0, shiftColumns: 0, shiftRows: 0 })).toEqual(image);
  });

  it('moves a blob to where the formula says, by whole and by half pixels', () => {
    const image = blob(12, 18);
    const whole = moved(image, { angleRadians: 0, shiftColumns: 3, shiftRows: -2 });
    expect(largestDifference(whole, blob(10, 21))).toBeLessThan(1e-6);
    const half = moved(image, { angleRadians: 0, shiftColumns: 0.5, shiftRows: 0 });
    expect(largestDifference(half, blob(12, 18.5))).toBeLessThan(BILINEAR_BOUND);
  });

  it('rotates about the centre, and back', () => {
    const quarter = moved(blob(16, 22), { angleRadians: Math.PI / 2, shiftColumns: 0, shiftRows: 0 });
    expect(largestDifference(quarter, blob(22, 16))).toBeLessThan(1e-6);
    const there = moved(blob(16, 20), { angleRadians: 0.12, shiftColumns: 0, shiftRows: 0 });
    const back = moved(there, { angleRadians: -0.12, shiftColumns: 0, shiftRows: 0 });
    expect(largestDifference(back, blob(16, 20))).toBeLessThan(2 * BILINEAR_BOUND);
  });

  it('fills with air from outside', () => {
    const out = moved(new Float32Array(n * n).fill(5), { angleRadians: 0, shiftColumns: 4, shiftRows: 0 });
    expect(out[0]).toBe(0);
    expect(out[4]).toBe(5);
  });
});

describe('drawMove', () => {
  it('stays in and fills its range', () => {
    const random = createRandom(3);
    const moves = Array.from({ length: 500 }, () => drawMove(PAPER_AUGMENTATION, random));
    const angles = moves.map((m) => Math.abs((m.angleRadians * 180) / Math.PI));
    expect(Math.max(...angles)).toBeLessThanOrEqual(7);
    expect(Math.max(...angles)).toBeGreaterThan(6.5);
    expect(Math.max(...moves.map((m) => Math.abs(m.shiftRows)))).toBeGreaterThan(9.5);
  });
});
