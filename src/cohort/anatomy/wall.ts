/**
 * The trunk's wall from the skin inwards: skin, fat with its fascia, muscle in two layers with a fat plane between,
 * ribs with their cartilages, sternum; and the arms where they lie beside the body.
 */
import type { Random } from '../../core/random.ts';
import type { Participant } from '../participants.ts';
import { drawArms, SKIN_MM } from './arms.ts';
import type { Canvas, Part } from './canvas.ts';
import { offset, stroke } from './contour.ts';
import type { Dimensions } from './dimensions.ts';
import { bothSides, bump, drawAngular, smoothStep } from './profiles.ts';
import { labelSet, type Polygon } from './raster.ts';
import { CAVITY, T } from './regions.ts';
import { drawRibs, drawSternum } from './ribs.ts';
import { type Around, CAVITY_VERTICES, type Trunk, vertexAngle } from './trunk.ts';

export function drawWall(
  participant: Participant,
  dimensions: Dimensions,
  trunk: Trunk,
  random: Random,
): Part[] {
  const around = muscleThickness(dimensions);
  const detailAt = drawMuscleDetail(dimensions, random.fork('muscle'));
  const fatAt = drawSubcutaneousFat(participant, dimensions, random.fork('fat'));
  const planeAt = drawAngular(random.fork('plane'), 1.5, 16);
  const layerAt = drawAngular(random.fork('layer'), 0.8, 9);
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
    const layer = (i: number): number =>
      Math.max(4, 7.5 + 1.5 * Math.cos(2 * vertexAngle(i)) + layerAt(vertexAngle(i) + 0.006 * z));
    const gap = (i: number): number =>
      Math.max(0, 0.8 * dimensions.visceralFat + planeAt(vertexAngle(i) + 0.008 * z));
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
    fat(i) < 9 ? 0 : Math.max(0, 0.25 + fasciaAt(vertexAngle(i) + 0.004 * canvas.zMm));
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
