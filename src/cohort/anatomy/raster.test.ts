import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { SampleBox } from '../scene.ts';
import { ellipse, offset, ring, signedArea, stroke } from './contour.ts';
import { createScratch, fillPolygon, fillTube, labelSet, type Plane, type Polygon } from './raster.ts';

const blank = (stepX: number, stepY: number, size = 200): Plane => {
  const box: SampleBox = {
    originMm: [-Math.sign(stepX) * 40, -Math.sign(stepY) * 40, 0],
    stepMm: [stepX, stepY, 1],
    size: [size, size, 1],
  };
  return { labels: new Uint8Array(size * size), zMm: 0, box };
};

const fill = (plane: Plane, polygon: Polygon, label = 1, onto?: Uint8Array): void =>
  fillPolygon(plane, polygon, label, onto, createScratch(plane.box.size[1]));

const areaOf = (plane: Plane, label = 1): number =>
  plane.labels.filter((v) => v === label).length * Math.abs(plane.box.stepMm[0] * plane.box.stepMm[1]);

describe('polygons', () => {
  it.each([
    [0.4, 0.4],
    [-0.4, -0.4],
    [0.4, -0.4],
  ])('cover their area whichever way rows and columns run (%f, %f)', (dx, dy) => {
    const plane = blank(dx, dy);
    const polygon = ellipse({ x: 3, y: -2, radiusX: 20, radiusY: 11, angle: 0.7 }, 96);
    fill(plane, polygon);
    expect(areaOf(plane)).toBeCloseTo(signedArea(polygon), -1);
  });

  it('have no holes where they overlap themselves, and rings have one', () => {
    const [outer, inner] = [
      ellipse({ x: 0, y: 0, radiusX: 20, radiusY: 20 }),
      ellipse({ x: 0, y: 0, radiusX: 12, radiusY: 12 }),
    ];
    const twice = Float64Array.from([...outer, ...outer]);
    const plane = blank(0.4, 0.4);
    fill(plane, twice);
    expect(areaOf(plane)).toBeCloseTo(signedArea(outer), -1);
    const hollow = blank(0.4, 0.4);
    fill(hollow, ring(outer, inner));
    expect(Math.abs(areaOf(hollow) - (signedArea(outer) - signedArea(inner)))).toBeLessThan(4);
  });

  it('paint only onto what they may', () => {
    const plane = blank(0.4, 0.4);
    fill(plane, ellipse({ x: 0, y: 0, radiusX: 10, radiusY: 10 }), 1);
    fill(plane, ellipse({ x: 5, y: 0, radiusX: 10, radiusY: 10 }), 2, labelSet(1));
    fill(plane, ellipse({ x: 0, y: 0, radiusX: 30, radiusY: 30 }), 3, labelSet(2));
    expect(areaOf(plane, 2)).toBe(0);
    expect(areaOf(plane, 1) + areaOf(plane, 3)).toBeCloseTo(Math.PI * 100, -1);
  });

  it('that lie outside the plane or are degenerate paint nothing and break nothing', () => {
    fc.assert(
      fc.property(
        fc.array(fc.double({ min: -500, max: 500, noNaN: true }), { minLength: 6, maxLength: 24 }),
        (v) => {
          const plane = blank(-1, -1, 20);
          fill(plane, Float64Array.from(v.slice(0, v.length & ~1)));
          return plane.labels.every((label) => label <= 1);
        },
      ),
    );
  });

  it('strokes have the width asked for, offsets the distance', () => {
    const band = stroke([-20, 0, 0, 0, 20, 0], [4, 4, 4]);
    expect(Math.abs(signedArea(band))).toBeCloseTo(160, 0);
    const circle = ellipse({ x: 1, y: 2, radiusX: 10, radiusY: 10 }, 128);
    expect(signedArea(offset(circle, () => 2))).toBeCloseTo(Math.PI * 144, -1);
  });
});

describe('tubes', () => {
  it('are cut by the plane as circle, ellipse or strip', () => {
    const upright = blank(0.4, 0.4);
    fillTube(upright, { a: [0, 0, -30], b: [0, 0, 30], radiusA: 8, radiusB: 8 }, 1, undefined);
    expect(areaOf(upright)).toBeCloseTo(Math.PI * 64, -1);
    const oblique = blank(0.4, 0.4);
    fillTube(oblique, { a: [-30, 0, -30], b: [30, 0, 30], radiusA: 8, radiusB: 8 }, 1, undefined);
    expect(Math.abs(areaOf(oblique) - Math.PI * 64 * Math.SQRT2)).toBeLessThan(4);
    const tapered = blank(0.4, 0.4);
    fillTube(tapered, { a: [-20, 0, 0], b: [20, 0, 0], radiusA: 6, radiusB: 2 }, 1, undefined);
    const expected = 40 * 8 + (Math.PI / 2) * (36 + 4);
    expect(Math.abs(areaOf(tapered) - expected)).toBeLessThan(6);
    const missed = blank(0.4, 0.4);
    fillTube(missed, { a: [0, 0, 9], b: [0, 0, 30], radiusA: 8, radiusB: 8 }, 1, undefined);
    expect(areaOf(missed)).toBe(0);
  });
});
