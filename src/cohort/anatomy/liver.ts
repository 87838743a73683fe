/**
 * The liver: one outline through lobes and caudate at eight heights, cut by the diaphragm above and the wall outside,
 * then its fissures and the gallbladder's bed as fat. Lobes vary in size between patients; a cirrhotic liver has a
 * shrunken right lobe, large left and caudate lobes and a knobbly surface.
 */
import type { Random } from '../../core/random.ts';
import type { Participant } from '../participants.ts';
import type { Part } from './canvas.ts';
import { type Contour, type ContourKey, keyedContour, offset, stroke } from './contour.ts';
import type { Dimensions } from './dimensions.ts';
import { drawAngular, smoothStep } from './profiles.ts';
import { labelSet, type Polygon } from './raster.ts';
import { ONTO_ABDOMEN, T } from './regions.ts';
import { createSmoothField } from './smooth-field.ts';

/**
 * Outlines in the reference body (mm; right, front). Twenty points each, from the right flank round the front: 0–4
 * the surface under the wall (outside the cavity: the wall cuts it), 5–8 left lobe in front to its tip, 9–11 its back,
 * 12 mouth of the fissure for the ligamentum venosum or the hilum, 13–14 caudate, 15–16 beside the vena cava, 17–19
 * back.
 */
const KEYS: readonly ContourKey[] = [
  { zMm: -112, points: at(110, 2, 26) },
  {
    zMm: -85,
    points: [
      150, 0, 138, 35, 122, 58, 104, 66, 92, 64, 84, 58, 79, 51, 76, 44, 75, 38, 75, 31, 76, 24, 78, 16, 80,
      8, 82, 0, 84, -9, 87, -18, 91, -28, 97, -42, 110, -62, 138, -45,
    ],
  },
  {
    zMm: -58,
    points: [
      150, 0, 142, 48, 110, 82, 76, 92, 44, 88, 16, 88, -6, 84, -20, 77, -24, 70, -15, 64, 4, 60, 24, 55, 40,
      42, 47, 22, 50, 8, 54, -8, 60, -26, 72, -50, 98, -88, 140, -60,
    ],
  },
  {
    zMm: -28,
    points: [
      150, 0, 140, 50, 104, 86, 62, 98, 18, 99, -16, 92, -42, 80, -58, 67, -62, 57, -50, 52, -26, 49, -4, 46,
      16, 34, 14, 15, 20, 3, 38, -14, 45, -31, 56, -52, 76, -96, 138, -66,
    ],
  },
  {
    zMm: 0,
    points: [
      150, 0, 138, 50, 100, 86, 58, 99, 16, 101, -20, 94, -50, 80, -70, 64, -76, 53, -64, 45, -38, 39, -12,
      33, 2, 24, 3, 9, 13, -2, 33, -17, 31, -38, 35, -64, 58, -100, 134, -70,
    ],
  },
  {
    zMm: 28,
    points: [
      150, 0, 136, 50, 98, 86, 54, 98, 12, 98, -18, 90, -40, 76, -54, 60, -56, 50, -44, 40, -26, 32, -8, 24,
      3, 14, 6, 6, 13, -3, 33, -18, 29, -38, 31, -64, 50, -100, 132, -72,
    ],
  },
  {
    zMm: 60,
    points: [
      150, 0, 136, 50, 98, 86, 54, 96, 14, 94, -8, 84, -20, 70, -24, 58, -22, 50, -14, 40, -4, 30, 4, 22, 10,
      14, 12, 6, 16, -2, 34, -18, 30, -37, 32, -64, 50, -99, 132, -72,
    ],
  },
];

/** Twenty points on a circle: the rounded lower tip. */
function at(x: number, y: number, radius: number): number[] {
  return Array.from({ length: 20 }, (_, i) => {
    const t = (2 * Math.PI * i) / 20;
    return [x + radius * Math.cos(t), y + 1.25 * radius * Math.sin(t)];
  }).flat();
}

/** How one patient's liver departs from the reference. */
export interface LiverShape {
  /** Outline as painted, before diaphragm and wall cut it. */
  readonly contour: Contour;
  /** Size of the caudate, 1 the reference. */
  readonly caudate: number;
  /** Where the fissure for the ligamentum teres lies (mm to the right of the reference), leans to and how it bends. */
  readonly fissureMm: number;
  readonly lean: number;
  readonly sway: number;
  /** How far it reaches into the liver, 1 the reference. */
  readonly fissureDepth: number;
  /** Width of the fissures, 1 the reference. */
  readonly fissures: number;
}

/** x where the left lobe begins to vary in length, and the caudate's base (reference body). */
const LEFT_FROM = 14;

export function drawLiverShape(participant: Participant, dimensions: Dimensions, random: Random): LiverShape {
  const { scaleX, scaleY, scaleZ } = dimensions;
  const scarred = participant.stage === 4 ? 1 : participant.stage === 3 ? 0.4 : 0;
  const left = Math.exp(0.3 * random.normal()) * (1 + 0.2 * scarred);
  const thick = Math.exp(0.22 * random.normal()) * (1 + 0.1 * scarred);
  const caudate = Math.exp(0.25 * random.normal()) * (1 + 0.45 * scarred);
  // Livers grow less than trunks: in a wide one the liver reaches less far down.
  const reach = 0.9 * (scaleX * scaleY) ** -0.7 * Math.exp(0.1 * random.normal()) * (1 - 0.12 * scarred);
  const leftDrop = 11 * random.normal();
  const medial = [5 * random.normal(), 6 * random.normal()];
  const jitter = 2.2;
  // What gives each liver a form of its own, at all heights: its outline bent in a few broad waves.
  const [bendX, bendY] = ['x', 'y'].map((axis) => drawAngular(random.fork(`bend-${axis}`), 3.6, 4));
  const bend = (i: number): number => (i % 2 === 0 ? bendX! : bendY!)((Math.PI * i) / 20);
  const keys = KEYS.map((key): ContourKey => {
    const points = key.points.map((v, i) => v + bend(i - (i % 2)) + jitter * random.normal());
    for (let p = 5; p <= 11; p++) {
      const x = points[2 * p]!;
      if (x < LEFT_FROM) points[2 * p] = LEFT_FROM + (x - LEFT_FROM) * left;
    }
    // The back of the left lobe moves with its thickness; the caudate's tip with the caudate's size.
    for (let p = 9; p <= 11; p++) points[2 * p + 1]! -= 18 * (thick - 1);
    for (let p = 12; p <= 13; p++) points[2 * p]! -= 12 * (caudate - 1);
    for (let p = 16; p <= 17; p++) points[2 * p]! += medial[p - 16]!;
    const z = key.zMm < 0 ? key.zMm * reach : key.zMm;
    return {
      zMm: (z + 0.3 * leftDrop) * scaleZ,
      points: points.map((v, i) => v * (i % 2 === 0 ? scaleX : scaleY)),
    };
  });
  const smooth = keyedContour(keys, { below: 14 * scaleZ, above: 60 });
  const contour = scarred > 0 ? knobbly(smooth, 1.6 * scarred, random.fork('knobs')) : smooth;
  return {
    contour,
    caudate,
    sway: 4.5 * random.normal(),
    fissureMm: 11 * random.normal(),
    lean: 0.4 * random.normal(),
    fissureDepth: Math.exp(0.3 * random.normal()),
    fissures: Math.exp(0.45 * random.normal()) * (1 + 0.8 * scarred),
  };
}

/** Adds the nodules of a cirrhotic surface. */
function knobbly(contour: Contour, sdMm: number, random: Random): Contour {
  const [fx, fy] = ['x', 'y'].map((axis) => createSmoothField(random.fork(axis), 9));
  return (zMm) => {
    const polygon = contour(zMm);
    if (polygon === undefined) return undefined;
    const [px, py] = [fx!.plane(zMm), fy!.plane(zMm)];
    const out = new Float64Array(polygon.length);
    for (let i = 0; i < out.length; i += 2) {
      const [x, y] = [polygon[i]!, polygon[i + 1]!];
      out[i] = x + sdMm * px(x, y);
      out[i + 1] = y + sdMm * py(x, y);
    }
    return out;
  };
}

const ONTO_LIVER = labelSet(T.liver);

/** The liver's parenchyma with its fissures; vessels follow later. */
export function liverParts(shape: LiverShape, dimensions: Dimensions): Part[] {
  const { scaleX, scaleY, scaleZ, visceralFat } = dimensions;
  const scaled = (...points: number[]): number[] => points.map((v, i) => v * (i % 2 === 0 ? scaleX : scaleY));
  const { sway, lean, fissureMm, fissureDepth } = shape;
  const width = shape.fissures * (0.8 + 0.8 * visceralFat);
  return [
    (canvas) => {
      const outline: Polygon | undefined = shape.contour(canvas.zMm);
      if (outline === undefined) return;
      canvas.fill(outline, T.liver, ONTO_ABDOMEN);
      canvas.fill(
        offset(outline, () => 0.4 + 1.8 * visceralFat),
        T.fat,
        ONTO_ABDOMEN,
      );
    },
    // Fissure for the ligamentum teres: open in front below the hilum, a short cleft from behind above it.
    (canvas) => {
      const z = canvas.zMm / scaleZ;
      const present = smoothStep(z, 16, 2) * smoothStep(z, -78, -62);
      if (present < 0.05) return;
      const open = smoothStep(z, -26 + 3 * sway, -56 + 3 * sway);
      // From the liver's hilar side forwards: x to the right, y to the front.
      const at = (x: number, y: number): number[] => [
        x + fissureMm + lean * (y - 46),
        34 + (y - 34) * (1 + (fissureDepth - 1) * (1 - open)),
      ];
      const line = scaled(
        ...at(-7, 34),
        ...at(-5, 46),
        ...at(-1, 57),
        ...at(2 + sway, 68 + 10 * open),
        ...at(4 + 1.6 * sway, 72 + 34 * open ** 1.5),
      );
      const widths = [7, 5.5, 3, 1.5 * open, 4 * open].map((w) => w * width * present);
      canvas.fill(stroke(line, widths), T.fat, ONTO_LIVER);
    },
    // Fissure for the ligamentum venosum: between caudate and left lobe.
    (canvas) => {
      const z = canvas.zMm / scaleZ;
      const present = smoothStep(z, -24, -8) * smoothStep(z, 34, 20);
      if (present < 0.05) return;
      const left = -14 * (shape.caudate - 1);
      const line = scaled(-14 + left, 22, 0 + left, 24, 10, 25, 19, 22, 26, 16);
      canvas.fill(
        stroke(
          line,
          [6, 3.4, 2.4, 1.8, 0.5].map((w) => w * width * present),
        ),
        T.fat,
        ONTO_LIVER,
      );
    },
  ];
}
