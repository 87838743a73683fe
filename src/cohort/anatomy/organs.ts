/** Solid neighbours of the liver: spleen, kidneys with their fat, adrenals, pancreas; and the gallbladder. */
import type { Random } from '../../core/random.ts';
import type { Participant } from '../participants.ts';
import type { Part, Warp } from './canvas.ts';
import { type ContourKey, ellipse, keyedContour, offset, stroke } from './contour.ts';
import type { Dimensions } from './dimensions.ts';
import { smoothStep } from './profiles.ts';
import { labelSet } from './raster.ts';
import { ABDOMEN, ONTO_ABDOMEN, T } from './regions.ts';
import { chain, fillChain, jitterNodes, placeNodes, smoothNodes, type TubeNode } from './tubes.ts';

/** Outlines, wall side first (cut by the wall), then the front tip, hilum and hind tip. */
const SPLEEN: readonly ContourKey[] = [
  {
    zMm: -38,
    points: [
      -150, -30, -146, 2, -124, 10, -108, 3, -100, -12, -96, -30, -91, -46, -88, -62, -102, -88, -140, -62,
    ],
  },
  {
    zMm: -8,
    points: [
      -150, -16, -142, 26, -118, 34, -102, 22, -94, -2, -90, -28, -80, -50, -66, -64, -72, -96, -138, -66,
    ],
  },
  {
    zMm: 22,
    points: [
      -150, -20, -142, 6, -122, 18, -104, 12, -94, -10, -86, -32, -74, -50, -62, -62, -70, -96, -138, -66,
    ],
  },
];

export function drawSpleen(
  participant: Participant,
  { scaleX, scaleY, scaleZ, visceralFat }: Dimensions,
  random: Random,
): Part {
  const size = Math.exp(0.2 * random.normal()) * (participant.stage === 4 ? 1.3 : 1);
  const shift = 12 * random.normal();
  const forward = 9 * random.normal();
  // The hilum's hollow, and how far both tips bend around what lies there.
  const hollow = Math.max(2, 9 + 4 * random.normal());
  const hooks = [0.9 * hollow + 4 * random.normal(), 0.5 * hollow + 4 * random.normal()];
  const inward = [0, 0, 0, hooks[0]!, 0.1 * hollow, -0.8 * hollow, -hollow, -0.2 * hollow, hooks[1]!, 0];
  const keys = SPLEEN.map(
    ({ zMm, points }): ContourKey => ({
      zMm: zMm * scaleZ * size ** 0.7 + shift,
      points: points.map((v, i) => {
        const isInner = i >= 4 && i <= 15;
        const grown = i % 2 === 0 ? v + inward[i / 2]! + (isInner ? 13 * (size - 1) : 0) : v + forward;
        return (grown + 2.2 * random.normal()) * (i % 2 === 0 ? scaleX : scaleY);
      }),
    }),
  );
  const contour = keyedContour(keys, { below: 24 * scaleZ, above: 24 * scaleZ });
  return (canvas) => {
    const outline = contour(canvas.zMm);
    if (outline === undefined) return;
    canvas.fill(outline, T.spleen, ONTO_ABDOMEN);
    canvas.fill(
      offset(outline, () => 0.6 + 1.5 * visceralFat),
      T.fat,
      ONTO_ABDOMEN,
    );
  };
}

/** Upper poles of the kidneys in their fat, sinus from some way below the pole. The right one lies lower. */
export function drawKidneys({ scaleX, scaleY, scaleZ, visceralFat }: Dimensions, random: Random): Part[] {
  return ([1, -1] as const).map((side): Part => {
    const centre = {
      x: side * (62 + 4 * random.normal()) * scaleX,
      y: (-50 + 4 * random.normal()) * scaleY,
      z: (side > 0 ? -84 : -70) * scaleZ + 12 * random.normal(),
    };
    const [radiusX, radiusY, radiusZ] = [
      25 + 1.8 * random.normal(),
      29 + 2.2 * random.normal(),
      54 + 4 * random.normal(),
    ];
    const angle = side * (0.55 + 0.22 * random.normal());
    const pyramids = drawPyramids(random.fork('pyramids'));
    const around = 2.5 + 7 * visceralFat;
    return (canvas) => {
      const height = (canvas.zMm - centre.z) / radiusZ;
      const size = Math.sqrt(Math.max(0, 1 - height * height));
      const fatHeight = (canvas.zMm - centre.z) / (radiusZ + around);
      const fatSize = Math.sqrt(Math.max(0, 1 - fatHeight * fatHeight));
      if (fatSize < 0.05) return;
      // The pole leans back and towards the spine.
      const at = {
        x: centre.x - side * 7 * Math.max(0, height),
        y: centre.y - 7 * Math.max(0, height),
        angle,
        power: 2.15,
      };
      canvas.fill(
        ellipse({ ...at, radiusX: (radiusX + around) * fatSize, radiusY: (radiusY + around) * fatSize }),
        T.fat,
        ONTO_ABDOMEN,
      );
      if (size < 0.1) return;
      canvas.fill(ellipse({ ...at, radiusX: radiusX * size, radiusY: radiusY * size }), T.kidney, ONTO_FAT);
      for (const { u, v, radius } of pyramids) {
        const [c, s] = [Math.cos(angle), Math.sin(angle)];
        const [px, py] = [u * radiusX * size, v * radiusY * size];
        const reach = radius * size;
        canvas.fill(
          ellipse(
            {
              x: at.x + c * px - s * py,
              y: at.y + s * px + c * py,
              radiusX: reach,
              radiusY: 0.75 * reach,
              angle: angle + Math.atan2(v, u),
            },
            16,
          ),
          T['kidney-medulla'],
          ONTO_KIDNEY,
        );
      }
      const sinus = smoothStep(Math.abs(height), 0.62, 0.3);
      if (sinus > 0.1)
        canvas.fill(
          ellipse({
            ...at,
            x: at.x - side * (radiusX * 0.4),
            y: at.y + 6,
            radiusX: radiusX * 0.55 * sinus,
            radiusY: radiusY * 0.42 * sinus,
          }),
          T.fat,
        );
    };
  });
}

/** Pyramids of the medulla, in shares of the kidney's radii about its centre, with radii in mm. */
function drawPyramids(random: Random): { u: number; v: number; radius: number }[] {
  const start = 2 * Math.PI * random.uniform();
  const n = 5 + random.integer(3);
  return Array.from({ length: n }, (_, i) => {
    const t = start + (2 * Math.PI * (i + 0.3 * random.normal())) / n;
    const out = 0.5 + 0.05 * random.normal();
    return { u: out * Math.cos(t), v: out * Math.sin(t), radius: 7 + random.normal() };
  });
}

const ONTO_FAT = labelSet(T.fat, ABDOMEN);
const ONTO_KIDNEY = labelSet(T.kidney);

/** Adrenals: thin limbs in the fat before the kidneys. */
export function drawAdrenals({ scaleX, scaleY, scaleZ }: Dimensions, random: Random): Part {
  const draws = [1, -1].map(() => [3, 3, 4, 4].map((sd) => sd * random.normal()));
  const thick = Math.max(1.6, 2.6 + 0.5 * random.normal());
  return (canvas) => {
    const z = canvas.zMm / scaleZ;
    for (const [side, middle] of [
      [1, -14],
      [-1, -22],
    ] as const) {
      const present = smoothStep(Math.abs(z - middle), 19, 12);
      if (present < 0.1) continue;
      const [dx, dy, lateral, medial] = draws[side > 0 ? 0 : 1]!;
      const [x, y] = [side * (33 + dx!) * scaleX, (-24 + dy!) * scaleY];
      const width = [thick, thick, 0.6].map((w) => w * present);
      canvas.fill(
        stroke([x, y, x + side * 3, y - 11, x + side * (2 + medial!), y - 22], width),
        T.pancreas,
        ONTO_FAT,
      );
      canvas.fill(
        stroke([x, y, x + side * 8, y - 9, x + side * (13 + lateral!), y - 17], width),
        T.pancreas,
        ONTO_FAT,
      );
    }
  };
}

/** Head, neck, body and tail, lobulated; thinner and fattier with age. */
export function drawPancreas(
  participant: Participant,
  dimensions: Dimensions,
  warp: Warp,
  random: Random,
): Part {
  const bulk = 1.05 - 0.006 * (participant.ageYears - 50) + 0.08 * random.normal();
  const lift = 7 * random.normal();
  const axis: TubeNode[] = [
    [30, 12, -92, 12],
    [22, 16, -74, 13],
    [6, 24, -58, 9],
    [-14, 24, -46, 9],
    [-38, 10, -36, 9.5],
    [-62, -10, -26, 10],
    [-84, -26, -16, 8],
  ];
  const raised = axis.map(([x, y, z, r]): TubeNode => [x, y, z + lift, r]);
  const nodes = smoothNodes(placeNodes(jitterNodes(raised, 4, random), dimensions, warp), 3.5).map(
    ([x, y, z, r]): TubeNode => [
      x + 0.8 * random.normal(),
      y + 0.8 * random.normal(),
      z + 1.2 * random.normal(),
      r * bulk * (0.86 + 0.2 * random.uniform()),
    ],
  );
  const pieces = chain(nodes);
  return (canvas) => fillChain(canvas, pieces, T.pancreas, ONTO_ABDOMEN);
}

/**
 * Gallbladder under the liver, neck at the hilum, fundus in front; of varying fullness, missing in one patient of
 * twelve. Painted over the liver, whose fossa it fills.
 */
export function drawGallbladder(dimensions: Dimensions, warp: Warp, random: Random): Part[] {
  if (random.uniform() < 1 / 12) return [];
  const full = Math.min(1.4, Math.max(0.4, 0.95 + 0.3 * random.normal()));
  const lift = 12 * random.normal();
  const aside = 7 * random.normal();
  const axis: TubeNode[] = [
    [32, 22, -34, 2.5],
    [38, 30, -42, 5],
    [46, 44, -54, 10.5],
    [53, 58, -67, 13.5],
    [58, 67, -78, 12.5],
  ];
  const placed = placeNodes(
    jitterNodes(axis, 3.2, random).map(
      ([x, y, z, r], i): TubeNode => [x + (aside * i) / 4, y, z + lift, r * full],
    ),
    dimensions,
    warp,
  );
  const nodes = smoothNodes(placed, 4);
  const [wall, bile] = [chain(nodes, 1.4), chain(nodes)];
  const onto = labelSet(ABDOMEN, T.liver, T.fat);
  return [
    (canvas) => fillChain(canvas, wall, T.bowel, onto),
    (canvas) => fillChain(canvas, bile, T.bile, labelSet(T.bowel)),
  ];
}
