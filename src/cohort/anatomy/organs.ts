/**
 * The liver's neighbours: spleen, stomach, kidneys, pancreas, gallbladder, oesophagus, vena cava, aorta and bowel.
 */
import type { Random } from '../../core/random.ts';
import type { Participant } from '../participants.ts';
import type { Part } from './canvas.ts';
import { type ContourKey, ellipse, keyedContour } from './contour.ts';
import type { Dimensions } from './dimensions.ts';
import { labelSet } from './raster.ts';
import { ABDOMEN, ONTO_ABDOMEN, T } from './regions.ts';
import { spineFrontMm } from './spine.ts';

export function drawSpleen(
  participant: Participant,
  { scaleX, scaleY, scaleZ }: Dimensions,
  random: Random,
): Part {
  const size = Math.exp(0.16 * random.normal()) * (participant.stage === 4 ? 1.3 : 1);
  const shift = 8 * random.normal();
  const thick = 10 * (size - 1);
  const keys: ContourKey[] = [
    {
      zMm: -42,
      points: [-150, -20, -146, 8, -118, 16, -104, 4, -98, -14, -94, -36, -90, -56, -98, -92, -140, -60],
    },
    {
      zMm: -5,
      points: [-150, -12, -142, 28, -112, 32, -97, 14, -93, -12, -80, -42, -62, -72, -88, -100, -142, -64],
    },
    {
      zMm: 25,
      points: [-150, -15, -140, 12, -112, 16, -98, 2, -90, -20, -78, -46, -66, -68, -88, -100, -140, -64],
    },
  ].map(({ zMm, points }) => ({
    zMm: zMm * scaleZ * size ** 0.7 + shift,
    points: points.map((v, i) => {
      const p = i >> 1;
      const grown = i % 2 === 0 && p >= 2 && p <= 6 ? v + thick : v;
      return (grown + 2.5 * random.normal()) * (i % 2 === 0 ? scaleX : scaleY);
    }),
  }));
  const contour = keyedContour(keys, { below: 22, above: 22 });
  return (canvas) => {
    const outline = contour(canvas.zMm);
    if (outline !== undefined) canvas.fill(outline, T.spleen, ONTO_ABDOMEN);
  };
}

/** Aorta before the spine, left of the midline. */
export function drawAorta(participant: Participant, dimensions: Dimensions, random: Random): Part {
  const radius =
    9 + 0.06 * (participant.ageYears - 50) + (participant.sex === 'M' ? 1 : 0) + 0.7 * random.normal();
  const front = spineFrontMm(dimensions);
  const wander = 4 * random.normal();
  return (canvas) => {
    const z = canvas.zMm;
    const up = Math.max(-100, Math.min(100, z)) / 100;
    const at = { x: -9 - 8 * up + wander * 0.5, y: front + radius + 2 - 10 * up * (up > 0 ? 1 : 0) };
    canvas.fill(ellipse({ ...at, radiusX: radius + 3.2, radiusY: radius + 2.6 }), T.fat);
    canvas.fill(ellipse({ ...at, radiusX: radius + 1.3, radiusY: radius + 1.3 }), T.muscle);
    canvas.fill(ellipse({ ...at, radiusX: radius, radiusY: radius }), T.artery);
  };
}

/** Stomach: fundus behind, body and antrum in front; gas lies above fluid, as the patient is on the back. */
export function drawStomach({ scaleX, scaleY, scaleZ }: Dimensions, random: Random): Part {
  const full = Math.min(1.25, Math.max(0.5, 0.85 + 0.2 * random.normal()));
  const gasShare = Math.min(1, Math.max(0, 0.35 + 0.35 * random.normal()));
  const wallMm = 3.6 + 2.2 * (1.25 - full);
  const [jx, jy] = [4 * random.normal(), 4 * random.normal()];
  const circle = (x: number, y: number, rx: number, ry: number, angle: number): number[] =>
    Array.from(
      ellipse({ x: x + jx, y: y + jy, radiusX: rx * full, radiusY: ry * full, angle, power: 2.2 }, 12),
    ).map((v, i) => (v + 1.8 * random.normal()) * (i % 2 === 0 ? scaleX : scaleY));
  const keys: ContourKey[] = [
    { zMm: -50 * scaleZ, points: circle(-42, 50, 40, 20, 0.25) },
    { zMm: -25 * scaleZ, points: circle(-58, 36, 36, 27, 0.5) },
    { zMm: 2 * scaleZ, points: circle(-62, 14, 31, 36, 0.2) },
    { zMm: 25 * scaleZ, points: circle(-58, -6, 29, 33, 0) },
  ];
  const contour = keyedContour(keys, { below: 18, above: 22 });
  const inner = keyedContour(keys, { below: 18 - wallMm, above: 22 - wallMm });
  return (canvas) => {
    const outline = contour(canvas.zMm);
    if (outline === undefined) return;
    canvas.fill(outline, STOMACH_WALL, ONTO_ABDOMEN);
    const lumen = inner(canvas.zMm);
    if (lumen === undefined) return;
    const content = lumen;
    canvas.fill(content, T.fluid, labelSet(STOMACH_WALL));
    void gasShare;
  };
}
const STOMACH_WALL = 40;

/** Inferior vena cava: behind the liver, through the diaphragm. */
export function drawVenaCava(dimensions: Dimensions, random: Random): Part {
  const { scaleX, scaleY } = dimensions;
  const flat = 0.78 + 0.12 * random.normal();
  const radius = 11.5 + 1.2 * random.normal();
  return (canvas) => {
    const up = Math.max(-1, Math.min(1, canvas.zMm / 60));
    const at = { x: (24 - 1 * up) * scaleX, y: (-8 + 7 * up) * scaleY };
    canvas.fill(
      ellipse({ ...at, radiusX: radius, radiusY: radius * flat, angle: 0.3 }),
      T['vena-cava'],
      labelSet(T.liver, ABDOMEN),
    );
  };
}
