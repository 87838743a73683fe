/** Ribs that slope down round the trunk, their cartilages, and the breastbone. */
import type { Random } from '../../core/random.ts';
import type { Canvas, Part } from './canvas.ts';
import { ellipse, offset, stroke } from './contour.ts';
import type { Dimensions } from './dimensions.ts';
import { smoothStep } from './profiles.ts';
import type { Polygon } from './raster.ts';
import { T } from './regions.ts';
import { pointOn, type Trunk } from './trunk.ts';

/** Rib number, height of its head at the spine (mm, reference body) and how far round it reaches (1 the front). */
const RIBS = [
  { headMm: -45, end: 0.33 },
  { headMm: -18, end: 0.55 },
  { headMm: 9, end: 0.97 },
  { headMm: 36, end: 0.97 },
  { headMm: 63, end: 0.97 },
  { headMm: 89, end: 0.97 },
  { headMm: 115, end: 0.97 },
  { headMm: 141, end: 0.97 },
  { headMm: 167, end: 0.97 },
  { headMm: 193, end: 0.97 },
] as const;
/** Where bone gives way to cartilage, as a share of the way round. */
const CARTILAGE_FROM = 0.76;

export function drawRibs({ scaleZ }: Dimensions, trunk: Trunk, random: Random): Part {
  const drop = (112 + 8 * random.normal()) * scaleZ;
  const shift = 8 * random.normal();
  const thickness = 8.2 + 0.6 * random.normal();
  // No two ribs are alike, nor the two sides: height of the section, thickness, level.
  const each = RIBS.map(() => [1, -1].map(() => [0.15, 0.13, 3.5].map((sd) => sd * random.normal())));
  return (canvas) => {
    const z = canvas.zMm;
    const inner = trunk(z);
    for (const [i, { headMm, end }] of RIBS.entries())
      for (const [k, side] of [1, -1].entries()) {
        const [height, thick, level] = each[i]![k] as [number, number, number];
        const share = ((headMm + shift + level) * scaleZ - z) / drop;
        const half = (5.4 * Math.exp(height) * scaleZ) / drop;
        const [from, to] = [Math.max(0.1, share - half), Math.min(end, share + half)];
        if (to - from < 0.02) continue;
        paintRib(canvas, inner, side, from, to, thickness * Math.exp(thick), share > CARTILAGE_FROM);
      }
  };
}

function paintRib(
  canvas: Canvas,
  inner: Polygon,
  side: number,
  from: number,
  to: number,
  thicknessMm: number,
  isCartilage: boolean,
): void {
  const n = 14;
  const line: number[] = [];
  const widths: number[] = [];
  // A slice cuts the sloping rib aslant: its section runs from the inner face to the outer one.
  const [hind, front] = [thicknessMm / 2 + 3.6, thicknessMm / 2 + 0.8].map((mm) => offset(inner, () => mm));
  for (let k = 0; k <= n; k++) {
    const u = k / n;
    const angle = 270 + side * 180 * (from + u * (to - from));
    const [p, q] = [pointOn(hind!, angle), pointOn(front!, angle)];
    line.push(p[0] + u * (q[0] - p[0]), p[1] + u * (q[1] - p[1]));
    widths.push(thicknessMm * Math.sqrt(Math.max(0, 1 - Math.abs(2 * u - 1) ** 2.6)));
  }
  const grown = (mm: number): number[] => widths.map((w) => Math.max(0, w + mm));
  canvas.fillFrame(stroke(line, grown(2.2)), T.fat);
  canvas.fillFrame(stroke(line, widths), isCartilage ? T.marrow : T.bone);
  if (!isCartilage) canvas.fillFrame(stroke(line, grown(-2.6)), T.marrow);
}

/** Lower sternum and xiphoid, above the liver's middle. */
export function drawSternum({ scaleX }: Dimensions, trunk: Trunk): Part {
  return (canvas) => {
    const size = smoothStep(canvas.zMm, 22, 60);
    if (size <= 0.05) return;
    const front = pointOn(trunk(canvas.zMm), 90)[1];
    const shape = { x: 0, y: front + 5, radiusX: 18 * scaleX * size, radiusY: 5.5 * size ** 0.3, power: 2.6 };
    canvas.fillFrame(ellipse(shape), T.bone);
    canvas.fillFrame(
      ellipse({ ...shape, radiusX: shape.radiusX - 1.4, radiusY: shape.radiusY - 1.4 }),
      T.marrow,
    );
  };
}
