/** Arms beside the body: upper arm above the elbow, two bones below. */
import type { Random } from '../../core/random.ts';
import type { Part } from './canvas.ts';
import { ellipse } from './contour.ts';
import type { Dimensions } from './dimensions.ts';
import { smoothStep } from './profiles.ts';
import { labelSet, type Polygon } from './raster.ts';
import { T } from './regions.ts';
import { pointOn } from './trunk.ts';

/** Thickness of the skin, mm. */
export const SKIN_MM = 1.9;
const AIR_ONLY = labelSet(T.air);

/** Two patients in three have their arms beside the body. */
export function drawArms(
  dimensions: Dimensions,
  outerMuscle: (zMm: number) => Polygon,
  fatAt: (angle: number, zMm: number) => number,
  random: Random,
): Part[] {
  const armsUp = random.uniform() < 0.35;
  const elbowMm = -60 + 35 * random.normal();
  const radius =
    (34 + 3 * random.normal()) * (0.6 + 0.4 * dimensions.muscle) + 0.35 * dimensions.subcutaneousMm;
  if (armsUp) return [];
  return [1, -1].map((side): Part => {
    const [gap, y0] = [2 + 10 * random.uniform(), -28 + 14 * random.normal()];
    const turn = random.uniform() * Math.PI;
    return (canvas) => {
      const z = canvas.zMm;
      const flank = pointOn(outerMuscle(0), 0)[0] + fatAt(0, 0) + SKIN_MM;
      const r = radius * (1 - 0.1 * smoothStep(z, elbowMm, elbowMm - 120));
      const x = side * (flank + gap + r);
      const arm = { x, y: y0, radiusX: r, radiusY: r * 1.08 };
      const shrunk = (mm: number): Polygon =>
        ellipse({ ...arm, radiusX: arm.radiusX - mm, radiusY: arm.radiusY - mm });
      canvas.fillFrame(ellipse(arm), T.muscle, AIR_ONLY);
      canvas.fillFrame(shrunk(SKIN_MM), T.fat);
      canvas.fillFrame(shrunk(4 + 0.4 * dimensions.subcutaneousMm), T.muscle);
      const bones =
        z > elbowMm
          ? [[0, 0, 11]]
          : [
              [9, 6, 7.5],
              [-9, -5, 8],
            ];
      for (const [u, v, size] of bones) {
        const [c, s] = [Math.cos(turn), Math.sin(turn)];
        const at = { x: x + c * u! - s * v!, y: y0 + s * u! + c * v! };
        canvas.fillFrame(ellipse({ ...at, radiusX: size!, radiusY: size! }, 24), T.bone);
        canvas.fillFrame(ellipse({ ...at, radiusX: size! - 3, radiusY: size! - 3 }, 24), T.marrow);
      }
    };
  });
}
