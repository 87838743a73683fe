/** Aorta, vena cava, splenic vein, and the small vessels that run in the abdomen's fat. */
import type { Random } from '../../core/random.ts';
import type { Participant } from '../participants.ts';
import type { Part, Warp } from './canvas.ts';
import { ellipse } from './contour.ts';
import type { Dimensions } from './dimensions.ts';
import { labelSet, type TubeSegment } from './raster.ts';
import { ABDOMEN, CAVITY, ONTO_ABDOMEN, T } from './regions.ts';
import { spineFrontMm } from './spine.ts';
import { chain, fillChain, jitterNodes, placeNodes, smoothNodes, type TubeNode } from './tubes.ts';

/** Before the spine, left of the midline; wider and more winding with age. */
export function drawAorta(participant: Participant, dimensions: Dimensions, random: Random): Part {
  const { ageYears, sex } = participant;
  const radius = 9 + 0.06 * (ageYears - 50) + (sex === 'M' ? 1 : 0) + 0.7 * random.normal();
  const front = spineFrontMm(dimensions);
  const wander = (1 + 0.06 * Math.max(0, ageYears - 45)) * random.normal();
  const phase = 6 * random.uniform();
  return (canvas) => {
    const up = Math.max(-1, Math.min(1, canvas.zMm / 100));
    const at = {
      x: -9 - 8 * up + 2 * wander * Math.sin(canvas.zMm / 45 + phase),
      y: front + radius + 2 - 12 * Math.max(0, up),
    };
    canvas.fill(ellipse({ ...at, radiusX: radius + 3, radiusY: radius + 2.6 }), T.fat);
    canvas.fill(ellipse({ ...at, radiusX: radius + 1.3, radiusY: radius + 1.3 }), T.muscle);
    canvas.fill(ellipse({ ...at, radiusX: radius, radiusY: radius }), T.artery);
  };
}

/** Behind the liver and up through the diaphragm; flat or round with filling; blood may linger along its wall. */
export function drawVenaCava({ scaleX, scaleY }: Dimensions, random: Random): Part {
  const flat = Math.min(1, Math.max(0.5, 0.8 + 0.13 * random.normal()));
  const radius = 11.5 + 1.2 * random.normal();
  const rim = Math.max(0, 0.02 + 0.14 * random.normal());
  const angle = 0.35 + 0.25 * random.normal();
  const side = 6.28 * random.uniform();
  const onto = labelSet(T.liver, T.fat, ABDOMEN, CAVITY, T.lung);
  return (canvas) => {
    const up = Math.max(-1, Math.min(1, canvas.zMm / 60));
    const round = flat + (1 - flat) * 0.5 * Math.max(0, up);
    const at = { x: (24 - 2 * up) * scaleX, y: (-8 + 8 * up) * scaleY, angle };
    canvas.fill(ellipse({ ...at, radiusX: radius + 1, radiusY: radius * round + 1 }), T.muscle, onto);
    const [rx, ry] = [radius, radius * round];
    canvas.fill(ellipse({ ...at, radiusX: rx, radiusY: ry }), T['slow-blood'], labelSet(T.muscle));
    canvas.fill(
      ellipse({
        x: at.x + 1.2 * rim * rx * Math.cos(side),
        y: at.y + 1.2 * rim * ry * Math.sin(side),
        angle,
        radiusX: rx * (1 - rim),
        radiusY: ry * (1 - rim),
      }),
      T['vena-cava'],
      labelSet(T['slow-blood']),
    );
  };
}

/** From the spleen behind the pancreas to the portal vein. */
export function drawSplenicVein(dimensions: Dimensions, warp: Warp, random: Random): Part {
  const axis: TubeNode[] = [
    [-94, -18, -10, 2.6],
    [-74, -30, -20, 3.2],
    [-46, -14, -33, 3.6],
    [-18, 6, -48, 4],
    [0, 2, -62, 5],
  ];
  const pieces = chain(smoothNodes(placeNodes(jitterNodes(axis, 3, random), dimensions, warp), 4));
  const onto = labelSet(T.fat, ABDOMEN, T.pancreas);
  return (canvas) => fillChain(canvas, pieces, T['portal-vein'], onto);
}

/** Short winding vessels and strands all over the abdomen's fat and the lungs' bases, which would be empty without. */
export function drawStrands({ scaleX, scaleY }: Dimensions, random: Random): Part {
  const strand = (lowMm: number, highMm: number, radius: number): TubeSegment[] => {
    const nodes: TubeNode[] = [];
    let at = [
      (-120 + 240 * random.uniform()) * scaleX,
      (-75 + 150 * random.uniform()) * scaleY,
      lowMm + (highMm - lowMm) * random.uniform(),
    ];
    let heading = [random.normal(), random.normal(), random.normal()];
    for (let i = 0; i < 7; i++) {
      nodes.push([at[0]!, at[1]!, at[2]!, radius * (1 - 0.06 * i)]);
      heading = heading.map((v) => v + 0.7 * random.normal());
      const length = Math.hypot(...heading);
      at = at.map((v, k) => v + (5 * heading[k]!) / length);
    }
    return chain(smoothNodes(nodes, 3));
  };
  const width = (): number => 0.6 + 0.9 * random.uniform() ** 2;
  const many = (n: number, low: number, high: number): TubeSegment[] =>
    Array.from({ length: n }, () => strand(low, high, width())).flat();
  const [dark, bright, lung] = [many(90, -110, 45), many(60, -110, 45), many(480, -30, 90)];
  const ontoLung = labelSet(T.lung);
  return (canvas) => {
    fillChain(canvas, dark, T.artery, ONTO_ABDOMEN);
    fillChain(canvas, bright, T['slow-blood'], ONTO_ABDOMEN);
    fillChain(canvas, lung, T.muscle, ontoLung);
  };
}
