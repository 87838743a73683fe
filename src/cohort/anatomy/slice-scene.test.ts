import { describe, expect, it } from 'vitest';
import { createRandom } from '../../core/random.ts';
import { drawParticipants, PAPER_COMPOSITION } from '../participants.ts';
import { type Anatomy, TISSUE_INDEX } from '../scene.ts';
import { drawAnatomy } from './draw-anatomy.ts';
import { sliceScene } from './slice-scene.ts';

const [who] = drawParticipants(1, PAPER_COMPOSITION, createRandom('slice'));
const body = drawAnatomy(who!, createRandom('slice'));

/** Liver below the plane z = x/10, air above. */
const slope: Anatomy = {
  sliceZMm: [0],
  labels: ({ originMm, stepMm, size: [nx, ny] }) =>
    Uint8Array.from({ length: nx * ny }, (_, i) =>
      originMm[2] < (originMm[0] + (i % nx) * stepMm[0]) / 10 ? TISSUE_INDEX.liver : TISSUE_INDEX.air,
    ),
  liverT1rhoFactor: ({ originMm, size }) => new Float32Array(size[0] * size[1]).fill(originMm[2]),
  fastShareFactor: ({ size }) => new Float32Array(size[0] * size[1]).fill(1),
  signalTexture: ({ size }) => new Float32Array(size[0] * size[1]),
};

describe('a slice as fractions', () => {
  it('adds up to one everywhere, names only tissues that occur, and has the axes the scanner expects', () => {
    const scene = sliceScene(body, 0, { nRows: 96, nColumns: 128, pixelSizeMm: 3 });
    const sum = new Float32Array(96 * 128);
    let rightOfCentre = 0;
    for (const [tissue, fraction] of scene.fractions) {
      expect(fraction.some((v) => v > 0)).toBe(true);
      fraction.forEach((v, i) => {
        sum[i]! += v;
        if (tissue === TISSUE_INDEX.liver) rightOfCentre += i % 128 < 64 ? v : -v;
        if (tissue === TISSUE_INDEX.csf && v > 0) expect(Math.floor(i / 128)).toBeGreaterThan(48);
      });
    }
    expect(sum.every((v) => Math.abs(v - 1) < 1e-6)).toBe(true);
    expect(rightOfCentre).toBeGreaterThan(0);
  });

  it('averages a sloping surface over the thickness', () => {
    const scene = sliceScene(slope, 0, { nRows: 1, nColumns: 101, pixelSizeMm: 1, throughPlane: 8 });
    const liver = scene.fractions.get(TISSUE_INDEX.liver)!;
    // Column 50 is x = 0: half; over 70 mm of x the share goes from 0 to 1.
    for (const [column, share] of [
      [50, 0.5],
      [30, 0.5 + 20 / 70],
      [80, 0.5 - 30 / 70],
      [5, 1],
      [95, 0],
    ] as const)
      expect(Math.abs(liver[column]! - share)).toBeLessThan(0.05);
    expect(Math.abs(scene.liverT1rhoFactor[0]!)).toBeLessThan(1e-6);
  });

  it('refuses impossible grids', () => {
    expect(() => sliceScene(body, 0, { nRows: 0 })).toThrow(/positive whole/);
    expect(() => sliceScene(body, 0, { inPlane: 8, throughPlane: 8 })).toThrow(/255/);
    expect(() => sliceScene(body, 0, { thicknessMm: -7 })).toThrow(/positive/);
  });
});
