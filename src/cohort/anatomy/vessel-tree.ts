/**
 * Trees of vessels grown into the liver from given trunks. Points of supply are taken in random order; each is joined
 * to the tree by a curved branch from the node that reaches it best (near, and without turning back), so early branches
 * become the large ones. Radii follow Murray's law from the tips. Idea: constructive optimisation, Schreiner & Buxbaum
 * 1993 (doi:10.1109/10.243413), without its optimisation step.
 */
import type { Random } from '../../core/random.ts';
import type { LiverMask } from './liver-mask.ts';
import type { TubeSegment } from './raster.ts';
import { distance, type TubeNode } from './tubes.ts';

/** A vessel segment with the number of the branch it belongs to. */
export interface TreeSegment extends TubeSegment {
  readonly branch: number;
}

export interface TreeOptions {
  readonly nTips: number;
  /** Radius of the tips, mm. */
  readonly tipRadiusMm: number;
  /** Tips end this far below the liver's surface. */
  readonly marginMm: number;
}

interface Tree {
  readonly nodes: [number, number, number][];
  readonly parent: number[];
  readonly branch: number[];
  /** Least radius (the trunk's own), 0 for grown nodes. */
  readonly least: number[];
}

/** Exponent of Murray's law as measured in livers, a little under the ideal 3. */
const MURRAY = 2.7;
const STEP_MM = 4.5;

/**
 * @param trunks chains of nodes in the world; the first node of each but the first trunk lies on an earlier one.
 */
export function growTree(
  trunks: readonly (readonly TubeNode[])[],
  mask: LiverMask,
  options: TreeOptions,
  random: Random,
): TreeSegment[] {
  const tree: Tree = { nodes: [], parent: [], branch: [], least: [] };
  trunks.forEach((trunk, branch) => {
    addTrunk(tree, trunk, branch);
  });
  let branch = trunks.length;
  let tips = 0;
  for (let tries = 0; tips < options.nTips && tries < 3 * options.nTips; tries++) {
    const target = mask.points[random.integer(mask.points.length)];
    if (target === undefined) break;
    const [x, y, z] = target.map((v) => v + 4 * (random.uniform() - 0.5)) as [number, number, number];
    if (mask.depthMm(x, y, z) <= options.marginMm) continue;
    if (growBranch(tree, [x, y, z], branch, mask, random)) {
      branch++;
      tips++;
    }
  }
  return toSegments(tree, options.tipRadiusMm);
}

function addTrunk(tree: Tree, trunk: readonly TubeNode[], branch: number): void {
  let parent = branch === 0 ? -1 : nearestNode(tree, trunk[0]!);
  trunk.forEach(([x, y, z, radius], i) => {
    if (branch > 0 && i === 0) return;
    parent = push(tree, [x, y, z], parent, branch, radius);
  });
}

function push(
  tree: Tree,
  node: [number, number, number],
  parent: number,
  branch: number,
  least: number,
): number {
  tree.nodes.push(node);
  tree.parent.push(parent);
  tree.branch.push(branch);
  tree.least.push(least);
  return tree.nodes.length - 1;
}

function nearestNode(tree: Tree, to: readonly number[]): number {
  let best = 0;
  for (let i = 1; i < tree.nodes.length; i++)
    if (distance(tree.nodes[i]!, to) < distance(tree.nodes[best]!, to)) best = i;
  return best;
}

/** Joins `target` to the tree; false where no way within the liver leads there. */
function growBranch(
  tree: Tree,
  target: [number, number, number],
  branch: number,
  mask: LiverMask,
  random: Random,
): boolean {
  const from = bestNode(tree, target);
  if (from < 0) return false;
  const start = tree.nodes[from]!;
  const length = distance(start, target);
  if (length < 3) return false;
  const ahead = direction(tree, from);
  // A quadratic Bézier curve that leaves along the parent's direction, with a random sway.
  const lead = 0.4 * length;
  const control = start.map((v, k) => v + lead * ahead[k]! + 0.1 * length * random.normal());
  const n = Math.max(1, Math.round(length / STEP_MM));
  const path: [number, number, number][] = [];
  for (let s = 1; s <= n; s++) {
    const t = s / n;
    const point = start.map(
      (v, k) => (1 - t) ** 2 * v + 2 * t * (1 - t) * control[k]! + t * t * target[k]!,
    ) as [number, number, number];
    if (s > 1 && mask.depthMm(...point) === 0) return false;
    path.push(point);
  }
  let parent = from;
  for (const point of path) parent = push(tree, point, parent, branch, 0);
  return true;
}

/** The node from which the target is reached best: distance, dearer for turns against the flow. */
function bestNode(tree: Tree, [x, y, z]: readonly [number, number, number]): number {
  let best = -1;
  let bestCost = Infinity;
  for (let i = 0; i < tree.nodes.length; i++) {
    const p = tree.parent[i]!;
    if (p < 0) continue;
    const [node, before] = [tree.nodes[i]!, tree.nodes[p]!];
    const [dx, dy, dz] = [x - node[0], y - node[1], z - node[2]];
    const d2 = dx * dx + dy * dy + dz * dz;
    if (d2 >= bestCost * bestCost) continue;
    const [ax, ay, az] = [node[0] - before[0], node[1] - before[1], node[2] - before[2]];
    const d = Math.sqrt(d2);
    const cosine = (dx * ax + dy * ay + dz * az) / (d * Math.sqrt(ax * ax + ay * ay + az * az) || 1);
    const cost = d * (1 + 0.9 * (1 - cosine));
    if (cost < bestCost) [best, bestCost] = [i, cost];
  }
  return best;
}

function direction(tree: Tree, node: number): [number, number, number] {
  const parent = tree.parent[node]!;
  if (parent < 0) return [0, 0, 0];
  const [p, q] = [tree.nodes[parent]!, tree.nodes[node]!];
  const d = distance(p, q) || 1;
  return [(q[0] - p[0]) / d, (q[1] - p[1]) / d, (q[2] - p[2]) / d];
}

/** Radii by Murray's law, from the tips (last nodes) to the trunks, never below a trunk's own. */
function toSegments(tree: Tree, tipRadiusMm: number): TreeSegment[] {
  const n = tree.nodes.length;
  const flow = new Float64Array(n);
  const radius = new Float64Array(n);
  for (let i = n - 1; i >= 0; i--) {
    if (flow[i] === 0) flow[i] = tipRadiusMm ** MURRAY;
    radius[i] = Math.max(tree.least[i]!, flow[i]! ** (1 / MURRAY));
    const parent = tree.parent[i]!;
    if (parent >= 0) flow[parent]! += flow[i]!;
  }
  const out: TreeSegment[] = [];
  for (let i = 0; i < n; i++) {
    const parent = tree.parent[i]!;
    if (parent < 0) continue;
    const isRoot = tree.branch[parent] !== tree.branch[i];
    // A branch starts with its own width, not its parent's.
    const radiusA = isRoot ? Math.min(radius[parent]!, 1.15 * radius[i]!) : radius[parent]!;
    out.push({
      a: tree.nodes[parent]!,
      b: tree.nodes[i]!,
      radiusA,
      radiusB: radius[i]!,
      branch: tree.branch[i]!,
    });
  }
  return out;
}
