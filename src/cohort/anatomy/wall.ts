/**
 * The trunk's wall from the skin inwards: skin, fat with its fascia, muscle in two layers with a fat plane between,
 * ribs with their cartilages, sternum; and the arms where they lie beside the body.
 */
import type { Random } from '../../core/random.ts';
import type { Participant } from '../participants.ts';
import type { Canvas, Part } from './canvas.ts';
import { ellipse, offset, stroke } from './contour.ts';
import type { Dimensions } from './dimensions.ts';
import { labelSet, type Polygon } from './raster.ts';
import { CAVITY, T } from './regions.ts';
import { type Around, CAVITY_VERTICES, type Trunk, vertexAngle } from './trunk.ts';

const SKIN_MM = 1.9;

/** A smooth random function of the angle, SD about `sd`. */
export function drawAngular(random: Random, sd: number, orders = 6): (angle: number) => number {
  const terms = Array.from({ length: orders }, (_, k) => ({
    order: k + 1,
    phase: 2 * Math.PI * random.uniform(),
    amplitude: (sd * Math.SQRT2 * random.normal()) / Math.sqrt(orders),
  }));
  return (angle) => terms.reduce((sum, t) => sum + t.amplitude * Math.cos(t.order * angle + t.phase), 0);
}

/** 1 at the centre angle, falling as a Gaussian of the given width (degrees). */
function bump(angle: number, centreDegrees: number, widthDegrees: number): number {
  const d = Math.abs((((angle * 180) / Math.PI - centreDegrees + 540) % 360) - 180) / widthDegrees;
  return Math.exp(-d * d);
}

const bothSides = (angle: number, degreesFromFront: number, width: number): number =>
  bump(angle, 90 - degreesFromFront, width) + bump(angle, 90 + degreesFromFront, width);

/** 0 below `from`, 1 above `to`, smooth between (either order). */
export function smoothStep(v: number, from: number, to: number): number {
  const t = Math.min(1, Math.max(0, (v - from) / (to - from)));
  return t * t * (3 - 2 * t);
}

export function drawWall(
  participant: Participant,
  dimensions: Dimensions,
  trunk: Trunk,
  random: Random,
): Part[] {
  const around = muscleThickness(dimensions);
  const detailAt = drawMuscleDetail(dimensions, random.fork('muscle'));
  const fatAt = drawSubcutaneousFat(participant, dimensions, random.fork('fat'));
  const planeAt = drawAngular(random.fork('plane'), 0.8, 12);
  const fasciaAt = drawAngular(random.fork('fascia'), 0.6, 14);
  const smoothMuscle = (zMm: number): Polygon => trunk(zMm, around);

  const wall: Part = (canvas) => {
    const z = canvas.zMm;
    const inner = trunk(z);
    const smooth = smoothMuscle(z);
    const fat = (i: number): number => fatAt(vertexAngle(i), z);
    canvas.fillFrame(
      offset(smooth, (i) => fat(i) + SKIN_MM),
      T.muscle,
    );
    canvas.fillFrame(offset(smooth, fat), T.fat);
    paintFascia(canvas, smooth, fat, fasciaAt);
    canvas.fillFrame(
      offset(smooth, (i) => Math.min(fat(i) - 1, detailAt(vertexAngle(i), z))),
      T.muscle,
    );
    // Fat between the outer muscles and the ribs, patchy; then the intercostal layer.
    const layer = (i: number): number => 7.5 + 1.5 * Math.cos(2 * vertexAngle(i));
    const gap = (i: number): number =>
      Math.max(0, 0.7 + 0.8 * dimensions.visceralFat + planeAt(vertexAngle(i)));
    canvas.fillFrame(
      offset(inner, (i) => layer(i) + gap(i)),
      T.fat,
    );
    canvas.fillFrame(offset(inner, layer), T.muscle);
    canvas.fillFrame(inner, CAVITY);
  };
  return [
    ...drawArms(dimensions, smoothMuscle, fatAt, random.fork('arms')),
    wall,
    drawRibs(dimensions, trunk, random.fork('ribs')),
    drawSternum(dimensions, trunk),
  ];
}

/** Mean thickness in mm of the muscle wall; at the back it reaches as far as the spine's muscles need. */
const muscleThickness = ({ muscle, cavityHalfDepthMm }: Dimensions): Around => ({
  side: 15 * muscle,
  front: 12 * muscle,
  back: Math.max(22, 84 - 0.64 * cavityHalfDepthMm),
});

/** What the muscles add to or take from their mean outline, mm: recti and seams in front, latissimus, the back's groove. */
function drawMuscleDetail(dimensions: Dimensions, random: Random): (angle: number, zMm: number) => number {
  const irregular = drawAngular(random, 0.9, 8);
  const { muscle } = dimensions;
  return (angle, zMm) => {
    const below = smoothStep(zMm, 15, -35);
    const recti = 1.5 * below * bothSides(angle, 20, 14);
    const seams = 3.5 * below * bothSides(angle, 46, 5) + (2 + 4 * below) * bump(angle, 90, 3.5);
    const latissimus = 3.5 * (bump(angle, 212, 20) + bump(angle, 328, 20)) * smoothStep(zMm, -90, 10);
    const groove = 7 * bump(angle, 270, 4);
    return (recti - seams + latissimus + irregular(angle) - 1) * muscle - groove;
  };
}

/** Thickness in mm of the fat under the skin over angle and height. */
function drawSubcutaneousFat(
  { sex, bmi }: Participant,
  { subcutaneousMm }: Dimensions,
  random: Random,
): (angle: number, zMm: number) => number {
  const irregular = drawAngular(random, 0.06, 6);
  const front = 1.1 + 0.15 * random.normal();
  const back = 0.75 + 0.12 * random.normal();
  const breast = sex === 'F' ? Math.max(8, 22 + 1.5 * (bmi - 25) + 6 * random.normal()) : 0;
  const breastBottom = 12 + 10 * random.normal();
  return (angle, zMm) => {
    const [c, s] = [Math.cos(angle), Math.sin(angle)];
    const around = c * c + s * s * (s > 0 ? front : back);
    const flank = 0.25 * smoothStep(zMm, 10, -60) * (bump(angle, 200, 25) + bump(angle, 340, 25));
    const thin = 1 - 0.25 * smoothStep(zMm, 0, 80);
    const breasts = breast * smoothStep(zMm, breastBottom, breastBottom + 50) * bothSides(angle, 38, 17);
    const midline = 1 - 0.1 * bump(angle, 90, 9) - 0.25 * bump(angle, 270, 7);
    return (
      Math.max(2.5, subcutaneousMm * (around + flank) * thin * midline * (1 + irregular(angle))) + breasts
    );
  };
}

/** The fascia in the fat: a thin, broken line at about half its depth. */
function paintFascia(
  canvas: Canvas,
  muscle: Polygon,
  fat: (vertex: number) => number,
  fasciaAt: (angle: number) => number,
): void {
  const line = offset(muscle, (i) => (0.5 + 0.12 * Math.sin(3 * vertexAngle(i) + canvas.zMm / 40)) * fat(i));
  const width = (i: number): number =>
    fat(i) < 9 ? 0 : Math.max(0, 0.5 + fasciaAt(vertexAngle(i) + 0.004 * canvas.zMm));
  let run: number[] = [];
  const flush = (): void => {
    if (run.length > 2) {
      const points = run.flatMap((i) => [line[2 * i]!, line[2 * i + 1]!]);
      canvas.fillFrame(
        stroke(
          points,
          run.map((i, k) => width(i) * Math.min(1, k / 2, (run.length - 1 - k) / 2)),
        ),
        T.muscle,
        FAT_ONLY,
      );
    }
    run = [];
  };
  for (let i = 0; i < CAVITY_VERTICES; i++) {
    if (width(i) > 0) run.push(i);
    else flush();
  }
  flush();
}

const FAT_ONLY = labelSet(T.fat);
const AIR_ONLY = labelSet(T.air);

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

function drawRibs({ scaleZ }: Dimensions, trunk: Trunk, random: Random): Part {
  const drop = (112 + 8 * random.normal()) * scaleZ;
  const shift = 8 * random.normal();
  const thickness = 8.2 + 0.6 * random.normal();
  return (canvas) => {
    const z = canvas.zMm;
    const inner = trunk(z);
    for (const { headMm, end } of RIBS) {
      const share = ((headMm + shift) * scaleZ - z) / drop;
      const half = (7.2 * scaleZ) / drop;
      const [from, to] = [Math.max(0.1, share - half), Math.min(end, share + half)];
      if (to - from < 0.02) continue;
      for (const side of [1, -1]) paintRib(canvas, inner, side, from, to, thickness, share > CARTILAGE_FROM);
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
  const depths = offset(inner, () => thicknessMm / 2 + 2);
  for (let k = 0; k <= n; k++) {
    const u = k / n;
    const [x, y] = pointOn(depths, 270 + side * 180 * (from + u * (to - from)));
    line.push(x, y);
    widths.push(thicknessMm * Math.max(0, 1 - (2 * u - 1) ** 4) ** 0.5);
  }
  const grown = (mm: number): number[] => widths.map((w) => Math.max(0, w + mm));
  canvas.fillFrame(stroke(line, grown(2.2)), T.fat);
  canvas.fillFrame(stroke(line, widths), isCartilage ? T.marrow : T.bone);
  if (!isCartilage) canvas.fillFrame(stroke(line, grown(-2.6)), T.marrow);
}

/** Point of a cavity-like outline at an angle (degrees) of its parameter. */
function pointOn(outline: Polygon, degrees: number): [number, number] {
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

/** Lower sternum and xiphoid, above the liver's middle. */
function drawSternum({ scaleX }: Dimensions, trunk: Trunk): Part {
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

/** Arms lie beside the body in most patients; upper arm above the elbow, two bones below. */
function drawArms(
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
