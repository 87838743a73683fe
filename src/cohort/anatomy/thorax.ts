/**
 * What lies above the diaphragm, and the diaphragm itself: two domes that rise from the wall, highest in the middle of
 * each side and lowest at the back, so that a slice through the dome shows a crescent of lung behind and beside it.
 */
import type { Random } from '../../core/random.ts';
import type { Canvas, Part } from './canvas.ts';
import { closedSpline, ellipse, offset, ring } from './contour.ts';
import type { Dimensions } from './dimensions.ts';
import { smoothStep } from './profiles.ts';
import { labelSet, type Polygon } from './raster.ts';
import { ABDOMEN, CAVITY, DIAPHRAGM, ONTO_ABDOMEN, T } from './regions.ts';
import type { Trunk } from './trunk.ts';

/** One hemidiaphragm: its top and how deep it reaches below it towards each side, mm. */
interface Dome {
  readonly side: 1 | -1;
  readonly x: number;
  readonly y: number;
  readonly topMm: number;
  readonly depthMm: { lateral: number; medial: number; front: number; back: number };
}

const ONTO_LUNG_OR_CAVITY = labelSet(T.lung, CAVITY);
const ONTO_DOME = labelSet(T.lung, CAVITY, DIAPHRAGM);
const ONTO_LUNG = labelSet(T.lung);
const ONTO_CAVITY = labelSet(CAVITY);

export function drawThorax(dimensions: Dimensions, trunk: Trunk, random: Random): Part[] {
  const { scaleX, scaleY, scaleZ, sliceGapMm, visceralFat } = dimensions;
  const rightTop = sliceGapMm + 27 + 5 * random.normal();
  const dome = (side: 1 | -1, topMm: number): Dome => ({
    side,
    x: side * 62 * scaleX,
    y: (8 + 4 * random.normal()) * scaleY,
    topMm,
    depthMm: {
      lateral: (76 + 7 * random.normal()) * scaleZ,
      medial: (72 + 6 * random.normal()) * scaleZ,
      front: (55 + 6 * random.normal()) * scaleZ,
      back: (98 + 10 * random.normal()) * scaleZ,
    },
  });
  const right = dome(1, rightTop);
  const left = dome(-1, rightTop - 10 - 4 * random.normal());
  const lining = 1.2 + 3 * visceralFat;
  return [
    (canvas) => paintLungs(canvas, trunk(canvas.zMm), dimensions),
    drawHeart(dimensions, rightTop, random.fork('heart')),
    (canvas) => {
      const outline = trunk(canvas.zMm);
      for (const side of [right, left]) {
        const polygon = domeOutline(side, outline, canvas.zMm);
        if (polygon === undefined) continue;
        canvas.fillFrame(
          offset(polygon, () => 2.3),
          DIAPHRAGM,
          ONTO_LUNG,
        );
        canvas.fillFrame(polygon, ABDOMEN, ONTO_DOME);
      }
      canvas.fillFrame(
        ring(
          offset(outline, () => 1),
          offset(outline, () => -lining),
        ),
        T.fat,
        ONTO_ABDOMEN,
      );
    },
  ];
}

/** Both hemithoraces from the wall to the mediastinum, which widens forward where the heart lies. */
function paintLungs(canvas: Canvas, outline: Polygon, { scaleX, scaleY }: Dimensions): void {
  const [kx, ky] = [scaleX, scaleY];
  const far = 400;
  const rightMedial = [20, -95, 22, -45, 25, -10, 31, 25, 42, 55, 56, 100];
  const leftMedial = [-18, -95, -24, -45, -32, -10, -50, 22, -64, 46, -68, 68, -56, 100];
  for (const [medial, side] of [
    [rightMedial, 1],
    [leftMedial, -1],
  ] as const) {
    const points = medial.map((v, i) => v * (i % 2 === 0 ? kx : ky));
    points.push(side * far, 140 * ky, side * far, -140 * ky);
    canvas.fill(closedSpline(points), T.lung, ONTO_CAVITY);
  }
  // Pleural fat keeps the lung off the wall by a hair.
  canvas.fillFrame(
    ring(
      outline,
      offset(outline, () => -0.8),
    ),
    T.fat,
    ONTO_LUNG,
  );
}

/** The dome's outline in a plane: the cavity's outline drawn in towards the dome's centre; none above its top. */
function domeOutline(dome: Dome, outline: Polygon, zMm: number): Polygon | undefined {
  if (zMm >= dome.topMm) return undefined;
  const out = new Float64Array(outline.length);
  for (let i = 0; i < outline.length; i += 2) {
    // The far side of the cavity is drawn in to two fifths, so that the dome ends just past the midline.
    const x = outline[i]! * dome.side > 0 ? outline[i]! : 0.4 * outline[i]!;
    const [ux, uy] = [x - dome.x, outline[i + 1]! - dome.y];
    const angle = Math.atan2(uy, ux * dome.side);
    const depth = dome.depthMm;
    const [c, s] = [Math.cos(angle), Math.sin(angle)];
    const reach = c * c * (c > 0 ? depth.lateral : depth.medial) + s * s * (s > 0 ? depth.front : depth.back);
    // Towards the breastbone the dome meets the wall early, so that the lung's edge tapers instead of ending blunt.
    const taper = 1 - 0.6 * smoothStep(s, 0.25, 0.95) * smoothStep(-c, -0.35, 0.3);
    const below = Math.min(1, (dome.topMm - zMm) / (reach * taper));
    const share = 1.04 * Math.sqrt(Math.max(0, 1 - (1 - below) ** 2.2));
    out[i] = dome.x + share * ux;
    out[i + 1] = dome.y + share * uy;
  }
  return out;
}

/**
 * The lower part of the heart in its fat, left of the midline above the central tendon; chambers where it is large. Its
 * lowest part lies against the front wall, so that it dents the liver from in front and is no island in the left lobe.
 */
function drawHeart({ scaleX, scaleY }: Dimensions, domeTop: number, random: Random): Part {
  const bottom = domeTop - 24 + 8 * random.normal();
  const angle = 0.4 + 0.12 * random.normal();
  const [aside, size] = [8 * random.normal(), Math.exp(0.08 * random.normal())];
  const [c, s] = [Math.cos(angle), Math.sin(angle)];
  return (canvas) => {
    const up = smoothStep(canvas.zMm, bottom - 6, bottom + 50);
    if (up <= 0.01) return;
    const grow = Math.sqrt(up);
    const heart = {
      x: (aside - 22 - 16 * up) * scaleX,
      y: (96 - 58 * grow) * scaleY,
      radiusX: 54 * size * grow * scaleX,
      radiusY: 37 * size * grow * scaleY,
      angle,
      power: 2.2,
    };
    canvas.fill(
      ellipse({ ...heart, radiusX: heart.radiusX + 7, radiusY: heart.radiusY + 5 }),
      CAVITY,
      ONTO_LUNG_OR_CAVITY,
    );
    canvas.fill(ellipse(heart), T.muscle, ONTO_CAVITY);
    // Left ventricle with a thick wall towards the apex; right one a thin-walled crescent before it.
    const chamber = (along: number, across: number, rx: number, ry: number): void =>
      canvas.fill(
        ellipse({
          x: heart.x - along * heart.radiusX * c - across * heart.radiusY * s,
          y: heart.y - along * heart.radiusX * s + across * heart.radiusY * c,
          radiusX: rx * heart.radiusX,
          radiusY: ry * heart.radiusY,
          angle: angle + 0.3,
        }),
        T.artery,
        labelSet(T.muscle),
      );
    if (grow > 0.55) chamber(0.38, -0.1, 0.36 * grow, 0.42 * grow);
    if (grow > 0.45) chamber(-0.48, 0.12, 0.38 * grow, 0.62 * grow);
  };
}
