/**
 * Spine and what lies along it: vertebral bodies and discs, canal with cord, arches and processes, the muscles of the
 * back, psoas, crura of the diaphragm, and the aorta.
 */
import type { Random } from '../../core/random.ts';
import type { Canvas, Part } from './canvas.ts';
import { ellipse, stroke } from './contour.ts';
import type { Dimensions } from './dimensions.ts';
import { smoothStep } from './profiles.ts';
import { labelSet, type Polygon } from './raster.ts';
import { T } from './regions.ts';

/** Distance between vertebrae, and the share of it that is disc (lower thoracic spine). */
const VERTEBRA_MM = 27;
const DISC_SHARE = 0.2;

/** Front edge of the vertebral bodies: y in mm. */
export const spineFrontMm = (dimensions: Dimensions): number => -0.36 * dimensions.cavityHalfDepthMm;

export function drawSpine(dimensions: Dimensions, random: Random): Part[] {
  const front = spineFrontMm(dimensions);
  const size = dimensions.scaleZ * (0.96 + 0.04 * dimensions.muscle) * (1 + 0.03 * random.normal());
  const phase = random.uniform();
  const tilt = 2.5 * random.normal();
  const canal = drawCanal(random.fork('canal'));
  const level = (zMm: number): number => {
    const u = zMm / (VERTEBRA_MM * dimensions.scaleZ) + phase;
    return u - Math.floor(u);
  };
  return [
    drawBackMuscles(front, size, dimensions, random.fork('back')),
    (canvas) => {
      paintVertebra(canvas, front, size, level(canvas.zMm), tilt);
      canal(canvas, front - (33 + 8.5) * size, size);
    },
    drawPsoas(front, size, dimensions),
    drawCrura(front, size, random.fork('crura')),
  ];
}

/** `level` runs from 0 to 1 from one disc to the next; `tilt` leans the spinous process to one side. */
function paintVertebra(canvas: Canvas, front: number, size: number, level: number, tilt: number): void {
  const s = (mm: number): number => mm * size;
  const isDisc = level < DISC_SHARE;
  // Bodies are waisted between their end plates.
  const waist = isDisc ? 1 : 1 - 0.07 * Math.sin((Math.PI * (level - DISC_SHARE)) / (1 - DISC_SHARE));
  const canalY = front - s(33 + 8.5);
  paintArch(canvas, canalY, size, level, tilt);
  const body = { x: 0, y: front - s(16.5), radiusX: s(21.5) * waist, radiusY: s(16.5) * waist, power: 2.4 };
  canvas.fillFrame(ellipse(body), isDisc ? T.muscle : T.bone);
  const inside = { ...body, radiusX: body.radiusX - 1.3, radiusY: body.radiusY - 1.3 };
  canvas.fillFrame(ellipse(isDisc ? { ...inside, radiusX: s(15), radiusY: s(10) } : inside), T.marrow);
}

/** The canal behind the body: epidural fat, mostly at the back, the sac, and the cord wherever in it. */
function drawCanal(random: Random): (canvas: Canvas, y: number, size: number) => void {
  const wide = Math.exp(0.09 * random.normal());
  const [sacX, sacY, cordX, cordY] = [0.7, 0.7, 1.2, 1].map((sd) => sd * random.normal());
  const cord = Math.exp(0.12 * random.normal());
  const flat = 0.72 + 0.1 * random.normal();
  const power = 2 + 0.4 * random.uniform();
  return (canvas, y, size) => {
    const s = (mm: number): number => mm * size;
    const at = (dx: number, dy: number, radiusX: number, radiusY: number): Polygon =>
      ellipse({ x: s(dx), y: y + s(dy), radiusX: s(radiusX), radiusY: s(radiusY), power }, 32);
    const wander = 0.6 * Math.sin(canvas.zMm / 31 + 9 * cord);
    canvas.fillFrame(at(0, 0, 11 * wide + 1.2, 10.2), T.bone);
    canvas.fillFrame(at(0, 0, 11 * wide, 9), T.fat);
    canvas.fillFrame(at(sacX!, sacY! + 0.9, 8.6 * wide, 7), T.csf);
    canvas.fillFrame(
      at(sacX! + cordX! + wander, sacY! + 0.9 + cordY!, 4.8 * cord, 4.8 * cord * flat),
      T.marrow,
    );
  };
}

/** Pedicles, arch and processes: the cortex of all, then the marrow of all, so that they grow out of each other. */
function paintArch(canvas: Canvas, canalY: number, size: number, level: number, tilt: number): void {
  const s = (mm: number): number => mm * size;
  const isDisc = level < DISC_SHARE;
  const process = smoothStep(Math.abs(level - 0.62), 0.3, 0.12);
  const pieces: [number[], number[]][] = [
    [
      [0, canalY - s(9), tilt * 0.4, canalY - s(20), tilt, canalY - s(33)],
      [s(9), s(5), s(6.5)],
    ],
  ];
  for (const side of [1, -1]) {
    const roots = [side * s(13), canalY - s(4), side * s(24), canalY - s(9), side * s(33), canalY - s(13)];
    if (process > 0.1) pieces.push([roots, [s(12) * process, s(8) * process, s(6) * process]]);
    if (!isDisc)
      pieces.push([
        [side * s(14), canalY + s(11), side * s(14), canalY - s(5)],
        [s(9), s(9)],
      ]);
  }
  const arch = {
    x: 0,
    y: canalY - s(1.5),
    radiusX: s(isDisc ? 15 : 17),
    radiusY: s(isDisc ? 12 : 14.5),
    power: 2.1,
  };
  for (const [cut, label] of [
    [0, T.bone],
    [1.4, T.marrow],
  ] as const) {
    canvas.fillFrame(ellipse({ ...arch, radiusX: arch.radiusX - cut, radiusY: arch.radiusY - cut }), label);
    for (const [line, widths] of pieces)
      canvas.fillFrame(
        stroke(
          line,
          widths.map((w) => w - 2 * cut),
        ),
        label,
      );
  }
}

/** Erector spinae and multifidus: two columns on each side, neither alike, with fat between them and within. */
function drawBackMuscles(front: number, size: number, dimensions: Dimensions, random: Random): Part {
  const bulk = (0.9 + 0.1 * dimensions.muscle) * Math.exp(0.06 * random.normal());
  const [spread, turn] = [Math.exp(0.09 * random.normal()), 0.18 * random.normal()];
  const fatty = dimensions.visceralFat * random.uniform();
  const sides = [1, -1].map((side) => drawBackSide(side, { bulk, spread, turn, fatty }, random.fork(side)));
  return (canvas) => {
    for (const paint of sides) paint(canvas, front, size);
  };
}

interface Back {
  readonly bulk: number;
  readonly spread: number;
  /** Rotation of the columns outwards, radians. */
  readonly turn: number;
  /** Fat between the fibres, 0–1. */
  readonly fatty: number;
}

function drawBackSide(
  side: number,
  { bulk, spread, turn, fatty }: Back,
  random: Random,
): (canvas: Canvas, front: number, size: number) => void {
  const angle = side * (turn + 0.09 * random.normal());
  const width = bulk * spread * Math.exp(0.06 * random.normal());
  const depth = bulk * Math.exp(0.08 * random.normal());
  const [lateral, low] = [3 * random.normal(), 1.6 * random.normal()];
  const power = 2.1 + 0.5 * random.uniform();
  const seam = 0.4 + 2.2 * fatty * random.uniform();
  const phase = 6 * random.uniform();
  const strands = Array.from({ length: 5 + Math.round(9 * fatty) }, () => ({
    u: 14 + 38 * random.uniform(),
    v: -13 + 26 * random.uniform(),
    length: 3 + 7 * random.uniform(),
    angle: 1.2 * random.normal(),
    width: 0.5 + 1.1 * random.uniform() * (0.4 + fatty),
    slope: 0.15 * random.normal(),
  }));
  return (canvas, front, size) => {
    const s = (mm: number): number => mm * size;
    const [x0, y0] = [side * s(28 + lateral), front - s(63 + low)];
    const [c, w] = [Math.cos(angle), Math.sin(angle)];
    const at = (u: number, v: number): [number, number] => [
      x0 + s(c * side * u * width - w * v * depth),
      y0 + s(w * side * u * width + c * v * depth),
    ];
    const column = (u: number, v: number, radiusX: number, radiusY: number, label: number): void => {
      const [x, y] = at(u, v);
      const radii = { radiusX: s(radiusX * width), radiusY: s(radiusY * depth) };
      canvas.fill(ellipse({ x, y, ...radii, angle, power }), label);
    };
    const wander = 3 * Math.sin(canvas.zMm / 23 + phase);
    column(2, 0, 25.5, 18.6, T.fat);
    column(7.5, -0.5, 19.4, 17.6, T.muscle);
    column(-15, -1, 10, 15.5, T.muscle);
    canvas.fill(
      stroke([...at(-6, 15), ...at(-3 + wander, 0), ...at(1, -13)], [0.4, seam, 0.3]),
      T.fat,
      ONTO_MUSCLE,
    );
    for (const strand of strands) {
      const drift = strand.slope * canvas.zMm;
      const [du, dv] = [strand.length * Math.cos(strand.angle), strand.length * Math.sin(strand.angle)];
      const [u, v] = [strand.u - 30 + drift, strand.v];
      const line = [...at(u - du, v - dv), ...at(u + 0.5 * dv * 0.3, v), ...at(u + du, v + dv)];
      canvas.fill(stroke(line, [0, strand.width, 0]), T.fat, ONTO_MUSCLE);
    }
  };
}

const ONTO_MUSCLE = labelSet(T.muscle);

function drawPsoas(front: number, size: number, { muscle, scaleZ }: Dimensions): Part {
  return (canvas) => {
    const share = smoothStep(canvas.zMm, -35 * scaleZ, -110 * scaleZ);
    if (share < 0.05) return;
    for (const side of [1, -1])
      canvas.fillFrame(
        ellipse({
          x: side * size * (25 + 6 * share),
          y: front - size * 22,
          radiusX: size * 13 * share * muscle,
          radiusY: size * 17 * share ** 0.7 * muscle,
        }),
        T.muscle,
      );
  };
}

/** The crura hug the front of the spine and the aorta; the right one is thicker. */
function drawCrura(front: number, size: number, random: Random): Part {
  const thick = [5.5 + 1.2 * random.normal(), 4.2 + random.normal()].map((v) => Math.max(2, v));
  return (canvas) => {
    const up = smoothStep(canvas.zMm, -60, 30);
    [1, -1].forEach((side, k) => {
      const x = side * size;
      const w = thick[k]!;
      const line = [
        23 * x,
        front - 20 * size,
        22 * x,
        front - 4,
        (14 + 2 * up) * x,
        front + 8,
        (5 + 5 * up) * x,
        front + 17 + 6 * up,
      ];
      canvas.fill(stroke(line, [1, w * 0.8, w, w * (0.9 - 0.3 * up)]), T.muscle);
    });
  };
}
