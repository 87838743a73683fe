/**
 * The liver's vessels: portal vein with its sheath, hepatic veins to the vena cava, bile ducts beside the portal
 * branches; trunks after anatomy, the rest grown. Blood that lingers along a vein's wall stays bright in a black-blood
 * image: each branch may have such a rim on one side, and small branches may be filled with it.
 */
import type { Vector3 } from '../../core/affine.ts';
import type { Random } from '../../core/random.ts';
import type { Part, Warp } from './canvas.ts';
import type { Dimensions } from './dimensions.ts';
import type { LiverMask } from './liver-mask.ts';
import { labelSet, type TubeSegment } from './raster.ts';
import { ABDOMEN, T } from './regions.ts';
import { fillChain, jitterNodes, placeNodes, smoothNodes, type TubeNode } from './tubes.ts';
import { growTree, type TreeSegment } from './vessel-tree.ts';

/** Trunks in the reference body: x, y, z, radius. A later trunk starts on an earlier one. */
const PORTAL: readonly (readonly TubeNode[])[] = [
  // Main portal vein and its right branch into the posterior section.
  [
    [0, -2, -66, 5.8],
    [8, 8, -52, 6],
    [20, 20, -37, 6],
    [31, 27, -26, 5.6],
    [44, 22, -22, 4.6],
    [60, 8, -23, 3.8],
    [82, -12, -25, 3],
    [104, -26, -34, 2],
  ],
  // Right anterior.
  [
    [44, 22, -22, 4.4],
    [58, 32, -14, 3.9],
    [74, 42, -2, 3.2],
    [90, 46, 16, 2.2],
  ],
  // Left: transverse part, then forward as the umbilical part.
  [
    [31, 27, -26, 4.8],
    [18, 32, -17, 4.3],
    [4, 34, -9, 4.2],
    [-4, 42, -6, 4.4],
    [-3, 56, -8, 4.4],
    [1, 68, -14, 3.4],
  ],
  // Segments II, III, IV.
  [
    [-4, 42, -6, 3],
    [-22, 50, 3, 2.6],
    [-42, 56, 9, 1.9],
  ],
  [
    [-3, 56, -8, 2.9],
    [-22, 66, -13, 2.5],
    [-40, 69, -17, 1.8],
  ],
  [
    [-3, 56, -8, 2.8],
    [14, 68, -4, 2.4],
    [30, 78, 2, 1.8],
  ],
];
const HEPATIC: readonly (readonly TubeNode[])[] = [
  // Right, middle, left; all end at the vena cava under the diaphragm.
  [
    [25, -2, 38, 6],
    [36, 1, 34, 5.4],
    [56, 2, 26, 4.6],
    [80, -4, 8, 3.8],
    [98, -11, -16, 3],
    [108, -16, -44, 2],
  ],
  [
    [25, -2, 38, 5],
    [28, 10, 34, 5],
    [35, 30, 25, 4.4],
    [42, 50, 8, 3.6],
    [48, 62, -14, 2.8],
    [52, 66, -34, 1.9],
  ],
  [
    [28, 10, 34, 4.2],
    [16, 18, 32, 4.1],
    [-2, 32, 26, 3.5],
    [-20, 46, 15, 2.7],
    [-38, 57, 5, 1.9],
  ],
];

const ONTO_VEIN = labelSet(T.liver, T.fat, ABDOMEN, T['vena-cava']);
const ONTO_TISSUE = labelSet(T.liver, T.fat, ABDOMEN);
const ONTO_LIVER = labelSet(T.liver);

interface Bright {
  /** Share of a large vein's radius that its rim takes, and the share of branches that have one. */
  readonly rimShare: number;
  readonly probability: number;
}

export function drawLiverVessels(
  dimensions: Dimensions,
  warp: Warp,
  mask: LiverMask,
  random: Random,
): Part[] {
  const lift = 3 * random.normal();
  const tree = (trunks: typeof PORTAL, nTips: number, stream: Random): TreeSegment[] => {
    const width = 0.93 + 0.1 * stream.normal();
    const placed = jointTrunks(trunks, stream).map((nodes) =>
      smoothNodes(
        placeNodes(
          nodes.map(([x, y, z, r]): TubeNode => [x, y, z + lift, r * Math.max(0.7, width)]),
          dimensions,
          warp,
        ),
        4,
      ),
    );
    return growTree(placed, mask, { nTips, tipRadiusMm: 0.55, marginMm: 4 }, stream);
  };
  const portal = tree(PORTAL, 650, random.fork('portal'));
  const hepatic = tree(HEPATIC, 550, random.fork('hepatic'));
  const slow = random.fork('slow');
  const bright: Bright = { rimShare: 0.12 + 0.3 * slow.uniform(), probability: 0.15 + 0.6 * slow.uniform() };
  const sheath = sheaths(portal);
  const ducts = drawDucts(portal, random.fork('ducts'));
  return [
    (canvas) => fillChain(canvas, sheath, T.fat, ONTO_LIVER),
    ...veinParts(hepatic, T['hepatic-vein'], bright, slow.fork('hepatic')),
    ...veinParts(portal, T['portal-vein'], bright, slow.fork('portal')),
    (canvas) => fillChain(canvas, ducts, T['bile-duct'], labelSet(T.liver, T.fat, ABDOMEN)),
  ];
}

/** Moves the nodes of all trunks at random, those that two trunks share together. */
function jointTrunks(trunks: typeof PORTAL, random: Random): TubeNode[][] {
  const moved = new Map<string, TubeNode>();
  return trunks.map((trunk) =>
    trunk.map((node) => {
      const key = node.slice(0, 3).join();
      const at = moved.get(key) ?? jitterNodes([node], 3, random)[0]!;
      moved.set(key, at);
      return [at[0], at[1], at[2], node[3]] as TubeNode;
    }),
  );
}

/**
 * Lumens first, then what is left of the vessel as slow blood: in branches with a bright layer the lumen is narrower
 * and off the axis. In the smallest branches the layer is all there is.
 */
function veinParts(tree: readonly TreeSegment[], label: number, bright: Bright, random: Random): Part[] {
  const lumens: TubeSegment[] = [];
  const outer: TubeSegment[] = [];
  const layers = new Map<number, { share: number; shift: Vector3 } | undefined>();
  for (const piece of tree) {
    if (!layers.has(piece.branch))
      layers.set(piece.branch, drawLayer(bright, piece.radiusA, random.fork(piece.branch)));
    const layer = layers.get(piece.branch);
    if (layer === undefined) lumens.push(piece);
    else outer.push(piece);
    if (layer !== undefined && layer.share < 1) lumens.push(narrowed(piece, layer.share, layer.shift));
  }
  return [
    (canvas) => fillChain(canvas, lumens, label, ONTO_VEIN),
    (canvas) => fillChain(canvas, outer, T['slow-blood'], ONTO_TISSUE),
  ];
}

function drawLayer(
  bright: Bright,
  radiusMm: number,
  random: Random,
): { share: number; shift: Vector3 } | undefined {
  if (random.uniform() >= bright.probability) return undefined;
  const angle = 2 * Math.PI * random.uniform();
  const share = Math.min(0.6, bright.rimShare * (0.6 + 0.8 * random.uniform()));
  const shift: Vector3 = [0.8 * Math.cos(angle), 0.8 * Math.sin(angle), 0];
  return { share: radiusMm < 1.1 ? 1 : share, shift };
}

function narrowed({ a, b, radiusA, radiusB }: TubeSegment, share: number, shift: Vector3): TubeSegment {
  const move = (p: Vector3, r: number): Vector3 => [
    p[0] + share * r * shift[0],
    p[1] + share * r * shift[1],
    p[2],
  ];
  return {
    a: move(a, radiusA),
    b: move(b, radiusB),
    radiusA: radiusA * (1 - share),
    radiusB: radiusB * (1 - share),
  };
}

/** Fat and connective tissue around the large portal branches, thinning out with them. */
const sheaths = (portal: readonly TreeSegment[]): TubeSegment[] =>
  portal
    .filter((piece) => piece.radiusA > 2.4)
    .map((piece) => ({
      ...piece,
      radiusA: piece.radiusA + sheathMm(piece.radiusA),
      radiusB: piece.radiusB + sheathMm(piece.radiusB),
    }));

const sheathMm = (radiusMm: number): number => Math.max(0, 0.7 * (radiusMm - 2.2));

/** Ducts in front of the portal branches, about a quarter as wide, and the common duct below the hilum. */
function drawDucts(portal: readonly TreeSegment[], random: Random): TubeSegment[] {
  const share = Math.max(0.14, 0.22 + 0.04 * random.normal());
  const [ux, uy] = [0.35 + 0.3 * random.normal(), 1];
  const norm = Math.hypot(ux, uy);
  return portal
    .filter((piece) => piece.radiusB > 1.2)
    .map(({ a, b, radiusA, radiusB }) => {
      const [ra, rb] = [share * radiusA, share * radiusB];
      const shift = (p: readonly [number, number, number], r: number): [number, number, number] => [
        p[0] + (ux / norm) * r,
        p[1] + (uy / norm) * r,
        p[2] + 0.2 * r,
      ];
      return {
        a: shift(a, radiusA + 1.1 * ra),
        b: shift(b, radiusB + 1.1 * rb),
        radiusA: Math.max(0.45, ra),
        radiusB: Math.max(0.45, rb),
      };
    });
}
