/**
 * The inner outline of the trunk's wall at every height: the frame on which wall, ribs, lungs and organs are built.
 * Vertex i lies at angle 360°·i / N: 0 the patient's right, a quarter the front, three quarters the back.
 */
import type { Random } from '../../core/random.ts';
import { ellipse } from './contour.ts';
import type { Dimensions } from './dimensions.ts';
import type { Polygon } from './raster.ts';

export const CAVITY_VERTICES = 128;

/** Angle of a vertex in radians. */
export const vertexAngle = (vertex: number): number => (2 * Math.PI * vertex) / CAVITY_VERTICES;

export type Cavity = (zMm: number) => Polygon;

/** Beyond these heights the trunk is continued unchanged. */
const Z_LIMIT_MM = 150;

export function drawCavity(dimensions: Dimensions, random: Random): Cavity {
  const { cavityHalfWidthMm, cavityHalfDepthMm, visceralFat } = dimensions;
  const power = 2.3 + 0.1 * random.normal();
  const frontNarrowing = 0.08 + 0.025 * random.normal();
  const waist = 0.05 + 0.03 * random.normal() - 0.06 * visceralFat;
  const belly = 0.03 + 0.16 * visceralFat;
  return (zMm) => {
    const z = Math.max(-Z_LIMIT_MM, Math.min(Z_LIMIT_MM, zMm));
    const up = Math.max(0, z - 15) / 100;
    const down = Math.max(0, -z - 10) / 100;
    const radiusX = cavityHalfWidthMm * (1 - 0.13 * up * up - waist * Math.sin(Math.min(1.6, down * 1.2)));
    const front = cavityHalfDepthMm * (1 - 0.07 * up * up + belly * down);
    const back = cavityHalfDepthMm * (1 - 0.05 * up * up);
    const outline = ellipse({ x: 0, y: 0, radiusX, radiusY: 1, power }, CAVITY_VERTICES);
    for (let i = 0; i < outline.length; i += 2) {
      const y = outline[i + 1]!;
      outline[i]! *= 1 - frontNarrowing * y;
      outline[i + 1] = y * (y > 0 ? front : back);
    }
    return outline;
  };
}
