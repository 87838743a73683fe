/**
 * Hollow organs: oesophagus, stomach, colon and small bowel. Each has a wall and contents; where gas and fluid share a
 * lumen the gas lies in front, with a level surface, for the patient is on the back.
 */
import type { Random } from '../../core/random.ts';
import type { Canvas, Part, Warp } from './canvas.ts';
import { type ContourKey, ellipse, inset, keyedContour, offset } from './contour.ts';
import type { Dimensions } from './dimensions.ts';
import { drawAngular } from './profiles.ts';
import { labelSet, type TubeSegment } from './raster.ts';
import { ABDOMEN, CAVITY, LUMEN, ONTO_ABDOMEN, STOMACH_WALL, T } from './regions.ts';
import { chain, fillChain, jitterNodes, placeNodes, smoothNodes, type TubeNode } from './tubes.ts';

const ONTO_STOMACH_WALL = labelSet(STOMACH_WALL);
const ONTO_LUMEN = labelSet(LUMEN);

/** Fundus behind and high, body, then antrum in front and low; size and contents vary. */
export function drawStomach({ scaleX, scaleY, scaleZ, visceralFat }: Dimensions, random: Random): Part[] {
  const full = 0.5 + 0.6 * random.uniform();
  const levelMm = (24 + 16 * random.normal()) * scaleY;
  const wallMm = 3 + 3 * (1.2 - full);
  const shift = [9 * random.normal(), 7 * random.normal()] as const;
  const turn = 0.25 * random.normal();
  const around = (x: number, y: number, rx: number, ry: number, angle: number): number[] =>
    Array.from(
      ellipse(
        {
          x: x + shift[0],
          y: y + shift[1],
          radiusX: rx * full,
          radiusY: ry * full ** 0.7,
          angle: angle + turn,
        },
        12,
      ),
    ).map((v, i) => (v + 3 * random.normal()) * (i % 2 === 0 ? scaleX : scaleY));
  const keys: ContourKey[] = [
    { zMm: -52 * scaleZ, points: around(-36, 52, 42, 19, 0.12) },
    { zMm: -27 * scaleZ, points: around(-58, 38, 36, 27, 0.55) },
    { zMm: 0, points: around(-64, 8, 32, 42, 0.3) },
    { zMm: 25 * scaleZ, points: around(-62, -14, 34, 38, 0.2) },
  ];
  const contour = keyedContour(keys, { below: 17, above: 23 });
  // After a fast: fluid, or mucus and remains of food.
  const content = random.uniform() < 0.5 ? T.fluid : T.bowel;
  const folds = drawAngular(random.fork('folds'), 1.6 * (1.35 - full), 13);
  const drift = 0.02 * random.normal();
  return [
    ...drawOesophagus(scaleX, scaleY, random.fork('oesophagus')),
    (canvas) => {
      const outline = contour(canvas.zMm);
      if (outline === undefined) return;
      const n = outline.length / 2;
      canvas.fill(outline, STOMACH_WALL, ONTO_ABDOMEN);
      canvas.fill(
        offset(outline, () => 0.5 + 1.5 * visceralFat),
        T.fat,
        ONTO_ABDOMEN,
      );
      const lumen = inset(
        outline,
        (i) => wallMm + Math.max(-0.4 * wallMm, folds((2 * Math.PI * i) / n + drift * canvas.zMm)),
      );
      if (lumen === undefined) return;
      canvas.fill(lumen, LUMEN, ONTO_STOMACH_WALL);
      canvas.fillInFrontOf(levelMm, T.gas, ONTO_LUMEN);
      canvas.fill(lumen, content, ONTO_LUMEN);
    },
  ];
}

/** Left of the aorta's front above the hiatus, into the stomach below. */
function drawOesophagus(scaleX: number, scaleY: number, random: Random): Part[] {
  const radius = 6.5 + 0.8 * random.normal();
  const join = 6 + 6 * random.normal();
  const hasGas = random.uniform() < 0.4;
  return [
    (canvas) => {
      if (canvas.zMm < join - 12) return;
      const along = Math.max(0, Math.min(1, (join + 14 - canvas.zMm) / 26));
      const at = { x: (-10 - 26 * along) * scaleX, y: (2 + 6 * along) * scaleY, angle: 0.3 };
      canvas.fill(ellipse({ ...at, radiusX: radius * 1.25, radiusY: radius }, 24), T.muscle, ONTO_ALMOST_ALL);
      canvas.fill(
        ellipse({ ...at, radiusX: radius * 0.6, radiusY: radius * 0.35 }, 16),
        hasGas ? T.gas : T.bowel,
        labelSet(T.muscle),
      );
    },
  ];
}

/** The oesophagus passes the diaphragm: it may be painted on cavity and abdomen, not on organs. */
const ONTO_ALMOST_ALL = labelSet(CAVITY, ABDOMEN);

const TRANSVERSE: readonly TubeNode[] = [
  [96, -6, -112, 19],
  [90, 28, -96, 19],
  [66, 58, -86, 17],
  [30, 74, -80, 15],
  [-12, 78, -74, 15],
  [-52, 72, -62, 16],
  [-86, 52, -44, 17],
  [-108, 26, -26, 17],
  [-116, 4, -36, 15],
  [-116, -18, -64, 14],
  [-112, -32, -110, 14],
];

/** Colon from the right flank over both flexures: haustra, stretches of gas and of stool. */
export function drawColon(dimensions: Dimensions, warp: Warp, random: Random): Part[] {
  const lift = 9 * random.normal();
  const size = Math.min(1.3, Math.max(0.6, 0.9 + 0.18 * random.normal()));
  const axis = jitterNodes(TRANSVERSE, 6, random).map(([x, y, z, r]): TubeNode => [x, y, z + lift, r * size]);
  const nodes = smoothNodes(placeNodes(axis, dimensions, warp), 5).map(
    ([x, y, z, r], i): TubeNode => [x, y, z, r * (1 + 0.16 * Math.sin(i * 1.15) + 0.05 * random.normal())],
  );
  return hollow(nodes, 2, 9, [T.gas, T.gas, T.bowel, T.muscle, T.muscle], random);
}

/** Loops of jejunum under the stomach: mostly wall and a little fluid. */
export function drawSmallBowel(dimensions: Dimensions, warp: Warp, random: Random): Part[] {
  const nodes: TubeNode[] = [[-30, 20, -62, 11]];
  for (let i = 0; i < 26; i++) {
    const [x, y, z] = nodes.at(-1)!;
    const turn = (home: number, at: number): number => 0.35 * (home - at) + 22 * random.normal();
    nodes.push([x + turn(-45, x), y + turn(32, y), z + 0.6 * turn(-95, z), 10 + 3 * random.uniform()]);
  }
  const pieces = smoothNodes(placeNodes(nodes, dimensions, warp), 6);
  return hollow(pieces, 2.6, 14, [T.bowel, T.bowel, T.fluid, T.gas], random);
}

/** Wall and contents of a tube; gas and stool or fluid alternate every `runLength` pieces. */
function hollow(
  nodes: readonly TubeNode[],
  wallMm: number,
  runLength: number,
  contentsOf: readonly number[],
  random: Random,
): Part[] {
  const wall = chain(nodes);
  const contents = new Map<number, TubeSegment[]>();
  let label: number = T.gas;
  chain(nodes, -wallMm).forEach((piece, i) => {
    if (i % runLength === 0) label = contentsOf[random.integer(contentsOf.length)]!;
    contents.set(label, [...(contents.get(label) ?? []), piece]);
  });
  const fillContents = (canvas: Canvas): void => {
    for (const [content, pieces] of contents) fillChain(canvas, pieces, content, ONTO_STOMACH_WALL);
  };
  return [(canvas) => fillChain(canvas, wall, STOMACH_WALL, ONTO_ABDOMEN), fillContents];
}
