/**
 * Spine and what lies along it: vertebral bodies and discs, canal with cord, arches and processes, the muscles of the
 * back, psoas, crura of the diaphragm, and the aorta.
 */
import type { Random } from '../../core/random.ts';
import type { Canvas, Part } from './canvas.ts';
import { ellipse, stroke } from './contour.ts';
import type { Dimensions } from './dimensions.ts';
import { smoothStep } from './profiles.ts';
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
  const level = (zMm: number): number => {
    const u = zMm / (VERTEBRA_MM * dimensions.scaleZ) + phase;
    return u - Math.floor(u);
  };
  return [
    drawBackMuscles(front, size, dimensions, random.fork('back')),
    (canvas) => paintVertebra(canvas, front, size, level(canvas.zMm), tilt),
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
  const canal = { x: 0, y: canalY, radiusX: s(11), radiusY: s(9), power: 2.2 };
  canvas.fillFrame(ellipse({ ...canal, radiusX: s(12.2), radiusY: s(10.2) }), T.bone);
  canvas.fillFrame(ellipse(canal), T.fat);
  canvas.fillFrame(ellipse({ ...canal, y: canalY + s(0.6), radiusX: s(9), radiusY: s(7.6) }), T.csf);
  canvas.fillFrame(ellipse({ ...canal, y: canalY + s(0.2), radiusX: s(4.8), radiusY: s(3.6) }), T.marrow);
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

/** Erector spinae and multifidus: two columns either side, with fat between them. */
function drawBackMuscles(front: number, size: number, dimensions: Dimensions, random: Random): Part {
  const s = (mm: number): number => mm * size;
  const bulk = 0.9 + 0.1 * dimensions.muscle + 0.04 * random.normal();
  const streak = 0.8 + 1.6 * dimensions.visceralFat * random.uniform();
  const y = front - s(62);
  return (canvas) => {
    const wander = 3 * Math.sin(canvas.zMm / 23);
    for (const side of [1, -1]) {
      canvas.fillFrame(
        ellipse({ x: side * s(30), y, radiusX: s(27) * bulk, radiusY: s(20) * bulk, power: 2.4 }),
        T.fat,
      );
      canvas.fillFrame(
        ellipse({ x: side * s(36), y: y - s(1), radiusX: s(20) * bulk, radiusY: s(18) * bulk, power: 2.4 }),
        T.muscle,
      );
      canvas.fillFrame(
        ellipse({ x: side * s(13), y: y - s(1), radiusX: s(9.5) * bulk, radiusY: s(16) * bulk, power: 2.3 }),
        T.muscle,
      );
      canvas.fillFrame(
        stroke(
          [side * s(22), y + s(16), side * (s(25) + wander), y, side * s(30), y - s(14)],
          [0.6, streak, 0.4],
        ),
        T.fat,
      );
    }
  };
}

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
