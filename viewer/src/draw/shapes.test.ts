import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Point, visitFlood, visitPolygon, visitStroke } from './shapes.ts';

const size = { width: 12, height: 10 };
const collect = (visitAll: (visit: (x: number, y: number) => void) => void): string[] => {
  const seen: string[] = [];
  visitAll((x, y) => seen.push(`${x},${y}`));
  return seen.sort();
};
const allPixels = Array.from({ length: 120 }, (_, i) => ({ x: i % 12, y: Math.floor(i / 12) }));
const point = fc.record({
  x: fc.double({ min: -3, max: 15, noNaN: true }),
  y: fc.double({ min: -3, max: 13, noNaN: true }),
});

describe('brush', () => {
  it('touches every pixel whose centre is within its radius of the line, inside the picture only', () => {
    fc.assert(
      fc.property(point, point, fc.double({ min: 0.5, max: 5, noNaN: true }), (from, to, radius) => {
        const distance = ({ x, y }: Point): number => {
          const [dx, dy, px, py] = [to.x - from.x, to.y - from.y, x + 0.5 - from.x, y + 0.5 - from.y];
          const length = Math.hypot(dx, dy);
          if (length === 0) return Math.hypot(px, py);
          const along = Math.max(0, Math.min(length, (px * dx + py * dy) / length));
          return Math.hypot(px - (along * dx) / length, py - (along * dy) / length);
        };
        const touched = new Set(collect((visit) => visitStroke(size, from, to, radius, visit)));
        for (const pixel of allPixels) {
          const d = distance(pixel);
          if (Math.abs(d - radius) < 1e-9) continue;
          const isUnder = pixel.x === Math.floor(to.x) && pixel.y === Math.floor(to.y);
          expect(touched.has(`${pixel.x},${pixel.y}`)).toBe(d < radius || isUnder);
        }
        expect(touched.size).toBeLessThanOrEqual(allPixels.length);
      }),
    );
  });

  it('a click with the smallest brush touches the pixel under it', () => {
    const at = { x: 4.9, y: 5.1 };
    expect(collect((visit) => visitStroke(size, at, at, 0.5, visit))).toContain('4,5');
  });
});

describe('polygon', () => {
  it('fills a rectangle along pixel borders exactly', () => {
    const corners = [
      { x: 2, y: 3 },
      { x: 7, y: 3 },
      { x: 7, y: 6 },
      { x: 2, y: 6 },
    ];
    const inside = allPixels.filter(({ x, y }) => x >= 2 && x < 7 && y >= 3 && y < 6);
    expect(collect((visit) => visitPolygon(size, corners, visit))).toEqual(
      inside.map(({ x, y }) => `${x},${y}`).sort(),
    );
  });

  it('two halves of a polygon cut along a line cover it once', () => {
    fc.assert(
      fc.property(fc.array(point, { minLength: 4, maxLength: 4 }), ([a, b, c, d]) => {
        const count = (corners: Point[]): Map<string, number> => {
          const seen = new Map<string, number>();
          visitPolygon(size, corners, (x, y) => seen.set(`${x},${y}`, (seen.get(`${x},${y}`) ?? 0) + 1));
          return seen;
        };
        const [whole, one, two] = [count([a!, b!, c!, d!]), count([a!, b!, c!]), count([a!, c!, d!])];
        // Even–odd: what both halves hold cancels.
        for (const { x, y } of allPixels) {
          const key = `${x},${y}`;
          expect(whole.get(key) ?? 0).toBe(((one.get(key) ?? 0) + (two.get(key) ?? 0)) % 2);
        }
      }),
    );
  });
});

describe('fill', () => {
  it('stops at a wall of another kind and at the edge of the picture', () => {
    const belongs = (x: number, y: number): boolean => x !== 5 || y === 99;
    const left = allPixels.filter(({ x }) => x < 5);
    expect(collect((visit) => visitFlood(size, { x: 1.5, y: 1.5 }, belongs, visit))).toEqual(
      left.map(({ x, y }) => `${x},${y}`).sort(),
    );
    expect(collect((visit) => visitFlood(size, { x: 5.5, y: 1 }, belongs, visit))).toEqual([]);
    expect(collect((visit) => visitFlood(size, { x: -1, y: 1 }, belongs, visit))).toEqual([]);
  });
});
