/**
 * The trunk's outline at every height, at any depth: its inner outline (the cavity) is the frame on which wall, ribs,
 * lungs and organs are built. Vertex i lies at angle 360°·i / N: 0 the patient's right, a quarter the front, three
 * quarters the back.
 */
import type { Random } from '../../core/random.ts';
import type { Dimensions } from './dimensions.ts';
import type { Polygon } from './raster.ts';

export const CAVITY_VERTICES = 128;

/** Angle of a vertex in radians. */
export const vertexAngle = (vertex: number): number => (2 * Math.PI * vertex) / CAVITY_VERTICES;

/** How far outside the cavity an outline runs, mm. */
export interface Around {
  readonly side: number;
  readonly front: number;
  readonly back: number;
}

/** The cavity's outline, or one around it. */
export type Trunk = (zMm: number, around?: Around) => Polygon;

/** Beyond these heights the trunk is continued unchanged. */
const Z_LIMIT_MM = 150;
const NOTHING: Around = { side: 0, front: 0, back: 0 };
const COSINES = Float64Array.from({ length: CAVITY_VERTICES }, (_, i) => Math.cos(vertexAngle(i)));
const SINES = Float64Array.from({ length: CAVITY_VERTICES }, (_, i) => Math.sin(vertexAngle(i)));

export function drawTrunk(dimensions: Dimensions, random: Random): Trunk {
  const { cavityHalfWidthMm, cavityHalfDepthMm, visceralFat } = dimensions;
  const power = 2.3 + 0.14 * random.normal();
  // Backs are flat: a patient lies on it.
  const backPower = 2.55 + 0.1 * random.normal();
  const frontNarrowing = 0.07 + 0.035 * random.normal();
  const waist = 0.05 + 0.03 * random.normal() - 0.06 * visceralFat;
  const belly = 0.03 + 0.16 * visceralFat;
  return (zMm, around = NOTHING) => {
    const z = Math.max(-Z_LIMIT_MM, Math.min(Z_LIMIT_MM, zMm));
    const up = Math.max(0, z - 15) / 100;
    const down = Math.max(0, -z - 10) / 100;
    const half =
      cavityHalfWidthMm * (1 - 0.13 * up * up - waist * Math.sin(Math.min(1.6, down * 1.2))) + around.side;
    const front = cavityHalfDepthMm * (1 - 0.07 * up * up + belly * down) + around.front;
    const back = cavityHalfDepthMm * (1 - 0.05 * up * up) + around.back;
    const out = new Float64Array(2 * CAVITY_VERTICES);
    for (let i = 0; i < CAVITY_VERTICES; i++) {
      const [c, s] = [COSINES[i]!, SINES[i]!];
      const u = Math.sign(c) * Math.abs(c) ** (2 / (s < 0 ? backPower : power));
      const v = Math.sign(s) * Math.abs(s) ** (2 / (s < 0 ? backPower : power));
      out[2 * i] = half * u * (1 - frontNarrowing * v);
      out[2 * i + 1] = v * (v > 0 ? front : back);
    }
    return out;
  };
}

/** Point of a trunk's outline at an angle (degrees) of its parameter. */
export function pointOn(outline: Polygon, degrees: number): [number, number] {
  const n = outline.length / 2;
  const u = ((((degrees / 360) * n) % n) + n) % n;
  const i = Math.floor(u);
  const j = (i + 1) % n;
  const t = u - i;
  return [
    outline[2 * i]! * (1 - t) + outline[2 * j]! * t,
    outline[2 * i + 1]! * (1 - t) + outline[2 * j + 1]! * t,
  ];
}
