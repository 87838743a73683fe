/** Tubes along lines: vessels, ducts, bowel. A tube is a chain of tapered capsules in the world. */
import type { Canvas, Warp } from './canvas.ts';
import { catmullRom } from './contour.ts';
import type { Dimensions } from './dimensions.ts';
import type { LabelSet, TubeSegment } from './raster.ts';

/** A point of a tube's axis and its radius there: x, y, z, radius (mm, reference body; radii are not scaled). */
export type TubeNode = readonly [number, number, number, number];

/** The nodes in the world: scaled to the patient and bent like the organs around them. */
export function placeNodes(nodes: readonly TubeNode[], dimensions: Dimensions, warp: Warp): TubeNode[] {
  const { scaleX, scaleY, scaleZ } = dimensions;
  return nodes.map(([x, y, z, radius]) => [...warp.point([x * scaleX, y * scaleY, z * scaleZ]), radius]);
}

/** Smooths a chain: Catmull-Rom through the nodes, pieces of about `stepMm`. */
export function smoothNodes(nodes: readonly TubeNode[], stepMm: number): TubeNode[] {
  const out: TubeNode[] = [];
  for (let i = 0; i + 1 < nodes.length; i++) {
    const [b, c] = [nodes[i]!, nodes[i + 1]!];
    const [a, d] = [nodes[Math.max(0, i - 1)]!, nodes[Math.min(nodes.length - 1, i + 2)]!];
    const n = Math.max(1, Math.round(distance(b, c) / stepMm));
    for (let s = 0; s < n; s++) {
      const t = s / n;
      out.push([0, 1, 2, 3].map((k) => catmullRom(a[k]!, b[k]!, c[k]!, d[k]!, t)) as unknown as TubeNode);
    }
  }
  out.push(nodes.at(-1)!);
  return out;
}

export const distance = (p: readonly number[], q: readonly number[]): number =>
  Math.hypot(p[0]! - q[0]!, p[1]! - q[1]!, p[2]! - q[2]!);

/** The capsules of a chain; `grow` is added to every radius. */
export const chain = (nodes: readonly TubeNode[], grow = 0): TubeSegment[] =>
  nodes.slice(1).map((q, i) => segment(nodes[i]!, q, grow));

export function segment(p: TubeNode, q: TubeNode, grow = 0): TubeSegment {
  return {
    a: [p[0], p[1], p[2]],
    b: [q[0], q[1], q[2]],
    radiusA: Math.max(0.1, p[3] + grow),
    radiusB: Math.max(0.1, q[3] + grow),
  };
}

export function fillChain(
  canvas: Canvas,
  segments: readonly TubeSegment[],
  label: number,
  onto?: LabelSet,
): void {
  for (const piece of segments) canvas.fillTube(piece, label, onto);
}

/** A copy of the nodes, each moved by a normal draw of `sdMm` along every axis. */
export const jitterNodes = (
  nodes: readonly TubeNode[],
  sdMm: number,
  random: { normal(): number },
): TubeNode[] =>
  nodes.map(
    ([x, y, z, radius]): TubeNode => [
      x + sdMm * random.normal(),
      y + sdMm * random.normal(),
      z + sdMm * random.normal(),
      radius,
    ],
  );
