/** Arms beside the body, where they are not above the head: one bone above the elbow, two below. */
import type { Random } from '../../core/random.ts';
import type { Canvas, Part } from './canvas.ts';
import { ellipse, stroke } from './contour.ts';
import type { Dimensions } from './dimensions.ts';
import { drawAngular, smoothStep } from './profiles.ts';
import { labelSet, type Polygon } from './raster.ts';
import { T } from './regions.ts';
import { pointOn } from './trunk.ts';

/** Thickness of the skin, mm. */
export const SKIN_MM = 1.9;
const AIR_ONLY = labelSet(T.air);

/** Shares of patients whose arms lie above the head, and beside the body but out of the field of view. */
const ARMS_UP = 0.5;
const ARMS_OUTSIDE = 0.3;

export function drawArms(
  dimensions: Dimensions,
  outerMuscle: (zMm: number) => Polygon,
  fatAt: (angle: number, zMm: number) => number,
  random: Random,
): Part[] {
  const place = random.uniform();
  const elbowMm = -60 + 35 * random.normal();
  const radiusMm =
    (34 + 3 * random.normal()) * (0.6 + 0.4 * dimensions.muscle) + 0.35 * dimensions.subcutaneousMm;
  if (place < ARMS_UP) return [];
  const flank = pointOn(outerMuscle(0), 0)[0] + fatAt(0, 0) + SKIN_MM;
  const nearest = place < ARMS_UP + ARMS_OUTSIDE ? Math.max(0, 205 - flank) : 0;
  return [1, -1].map((side): Part => {
    const gap = nearest + 2 + 14 * random.uniform();
    const y = -34 + 18 * random.normal();
    const arm = drawArm(radiusMm, dimensions.subcutaneousMm, random.fork(side));
    return (canvas) => {
      const thin = 1 - 0.12 * smoothStep(canvas.zMm, elbowMm, elbowMm - 120);
      arm(canvas, side * (flank + gap + radiusMm * thin), y, thin, canvas.zMm > elbowMm);
    };
  });
}

type PaintArm = (canvas: Canvas, x: number, y: number, thin: number, isUpper: boolean) => void;

/** An arm's section: skin, fat of uneven depth, muscle parted by septa, one bone or two. */
function drawArm(radiusMm: number, subcutaneousMm: number, random: Random): PaintArm {
  const form = drawAngular(random.fork('form'), 0.05, 4);
  const muscles = drawAngular(random.fork('muscles'), 0.08, 5);
  const fatMm = 3 + 0.4 * subcutaneousMm;
  const [flat, turn] = [0.82 + 0.08 * random.normal(), 2 * Math.PI * random.uniform()];
  const [c, s] = [Math.cos(turn), Math.sin(turn)];
  const septa = Array.from({ length: 3 }, (_, i) => 2.1 * i + 0.4 * random.normal());
  return (canvas, x, y, thin, isUpper) => {
    const at = (u: number, v: number): [number, number] => [x + c * u - s * v, y + s * u + c * v];
    const section = (less: (angle: number) => number): Polygon =>
      Float64Array.from(
        Array.from({ length: 48 }, (_, i) => {
          const t = (2 * Math.PI * i) / 48;
          const r = radiusMm * thin * (1 + form(t)) - less(t);
          return at(r * Math.cos(t), flat * r * Math.sin(t));
        }).flat(),
      );
    canvas.fillFrame(
      section(() => 0),
      T.muscle,
      AIR_ONLY,
    );
    canvas.fillFrame(
      section(() => SKIN_MM),
      T.fat,
    );
    canvas.fillFrame(
      section((t) => SKIN_MM + fatMm * (1 + 2.5 * muscles(t))),
      T.muscle,
    );
    for (const t of septa) {
      const reach = 0.72 * radiusMm * thin;
      const [u, v] = [reach * Math.cos(t), flat * reach * Math.sin(t)];
      canvas.fillFrame(
        stroke([...at(0, 0), ...at(0.6 * u - 2, 0.6 * v + 2), ...at(u, v)], [0.5, 1, 2]),
        T.fat,
      );
    }
    for (const [u, v, size] of isUpper ? UPPER_BONES : FOREARM_BONES) {
      const [bx, by] = at(u, v);
      canvas.fillFrame(
        ellipse({ x: bx, y: by, radiusX: size, radiusY: 0.9 * size, angle: turn }, 24),
        T.bone,
      );
      canvas.fillFrame(ellipse({ x: bx, y: by, radiusX: size - 3, radiusY: 0.9 * size - 3 }, 24), T.marrow);
    }
  };
}

/** Place and radius of the bones, mm. */
const UPPER_BONES = [[2, -2, 11]] as const;
const FOREARM_BONES = [
  [9, 6, 7.5],
  [-9, -5, 8],
] as const;
