import { describe, expect, it } from 'vitest';
import { createRandom } from '../core/random.ts';
import { drawReaderRoi } from './reader.ts';
import { type Anatomy, type SampleBox, TISSUE_INDEX } from './scene.ts';

const T = TISSUE_INDEX;

/** Tissue by position, as an anatomy. */
const bodyOf = (tissueAt: (x: number, y: number, z: number) => number): Anatomy => {
  const ones = ({ size }: SampleBox): Float32Array => new Float32Array(size[0] * size[1] * size[2]).fill(1);
  return {
    sliceZMm: [-20, 0, 20],
    labels: ({ originMm: o, stepMm: d, size: [nx, ny, nz] }) =>
      Uint8Array.from({ length: nx * ny * nz }, (_, i) =>
        tissueAt(
          o[0] + (i % nx) * d[0],
          o[1] + (Math.floor(i / nx) % ny) * d[1],
          o[2] + Math.floor(i / nx / ny) * d[2],
        ),
      ),
    liverT1rhoFactor: ones,
    fastShareFactor: ones,
    signalTexture: ones,
  };
};

/** A liver of radius 70 mm right of the midline with a vein of radius 5 mm up through it; a lung over part of it. */
const body = bodyOf((x, y, z) => {
  if (Math.hypot(x - 70, y) > 70) return Math.hypot(x, y) > 180 ? T.air : T.fat;
  if (y < -30 && z > 21) return T.lung;
  return Math.hypot(x - 80, y - 15) < 5 ? T['hepatic-vein'] : T.liver;
});
const grid = {
  nColumns: 256,
  nRows: 256,
  nSlices: 3,
  affine: [-1.5, 0, 0, 191.25, 0, -1.5, 0, 191.25, 0, 0, 20, -20, 0, 0, 0, 1],
};
const pixels = (roi: Uint8Array): [number, number][] =>
  [...roi].flatMap((v, i): [number, number][] =>
    v === 1 ? [[191.25 - 1.5 * (i % 256), 191.25 - 1.5 * Math.floor(i / 256)]] : [],
  );

describe('a reader', () => {
  it('who is careful stays clear of edge and vein, over many draws', () => {
    for (let seed = 0; seed < 12; seed++) {
      const roi = pixels(drawReaderRoi(body, grid, 1, createRandom(seed)));
      expect(roi.length).toBeGreaterThan(300);
      expect(roi.length).toBeLessThan(1700);
      for (const [x, y] of roi) {
        expect(Math.hypot(x - 70, y)).toBeLessThan(70 - 2.5);
        expect(Math.hypot(x - 80, y - 15)).toBeGreaterThan(5);
      }
    }
  });

  it('keeps out of what leaves the liver anywhere within the slice', () => {
    // Slice 2 is centred at 20 mm: its upper part holds lung behind y = −30.
    const roi = pixels(drawReaderRoi(body, grid, 2, createRandom('dome')));
    expect(roi.length).toBeGreaterThan(300);
    expect(roi.every(([, y]) => y > -30)).toBe(true);
  });

  it('who is careless draws larger, over the vein, but still within the liver', () => {
    let overVein = 0;
    for (let seed = 0; seed < 10; seed++) {
      const roi = pixels(drawReaderRoi(body, grid, 1, createRandom(seed), { style: 'careless' }));
      expect(roi.length).toBeGreaterThan(1500);
      expect(roi.every(([x, y]) => Math.hypot(x - 70, y) < 70)).toBe(true);
      if (roi.some(([x, y]) => Math.hypot(x - 80, y - 15) < 5)) overVein++;
    }
    expect(overVein).toBeGreaterThan(4);
  });

  it('draws nothing where there is no liver, and the same for the same seed', () => {
    const lean = bodyOf((x, y) => (Math.hypot(x, y) < 100 ? T.fat : T.air));
    expect(drawReaderRoi(lean, grid, 0, createRandom(1)).every((v) => v === 0)).toBe(true);
    expect(drawReaderRoi(body, grid, 0, createRandom(5))).toEqual(
      drawReaderRoi(body, grid, 0, createRandom(5)),
    );
  });

  it('needs an axial grid', () => {
    const oblique = { ...grid, affine: grid.affine.map((v, i) => (i === 4 ? 0.3 : v)) };
    expect(() => drawReaderRoi(body, oblique, 0, createRandom(1))).toThrow(/axial/);
  });
});
