import { describe, expect, it } from 'vitest';
import { createRandom } from '../../core/random.ts';
import type { LiverMask } from './liver-mask.ts';
import { growTree } from './vessel-tree.ts';

/** A ball of radius 60 mm. */
const ball: LiverMask = {
  depthMm: (x, y, z) => Math.max(0, 60 - Math.hypot(x, y, z)),
  points: Array.from({ length: 4000 }, (_, i) => {
    const u = createRandom(i);
    return [120 * u.uniform() - 60, 120 * u.uniform() - 60, 120 * u.uniform() - 60] as const;
  }).filter((p) => Math.hypot(...p) < 60),
};
const trunk = [
  [-60, 0, 0, 5],
  [-40, 0, 0, 5],
  [-20, 0, 0, 4],
] as const;

describe('vessel trees', () => {
  const tree = growTree([trunk], ball, { nTips: 150, tipRadiusMm: 0.5, marginMm: 5 }, createRandom('tree'));

  it('stay within the liver, below its surface', () => {
    const grown = tree.filter((s) => s.branch > 0);
    expect(grown.length).toBeGreaterThan(300);
    expect(grown.every((s) => ball.depthMm(...s.b) > 0)).toBe(true);
  });

  it('narrow from trunk to tip and join without gaps', () => {
    expect(tree.every((s) => s.radiusA >= s.radiusB - 1e-9)).toBe(true);
    expect(Math.min(...tree.map((s) => s.radiusB))).toBeCloseTo(0.5, 6);
    const ends = new Set(tree.map((s) => s.b.join()));
    const starts = tree.filter((s) => !ends.has(s.a.join()));
    expect(starts.map((s) => s.a[0])).toEqual([-60]);
  });

  it('are conserved by Murray’s law at every grown fork', () => {
    const children = new Map<string, number>();
    for (const s of tree) children.set(s.a.join(), (children.get(s.a.join()) ?? 0) + s.radiusB ** 2.7);
    for (const s of tree) {
      const sum = children.get(s.b.join());
      if (s.branch > 0 && sum !== undefined) expect(s.radiusB ** 2.7).toBeCloseTo(sum, 6);
    }
  });

  it('grow nothing in an empty liver', () => {
    const none: LiverMask = { depthMm: () => 0, points: [] };
    const options = { nTips: 10, tipRadiusMm: 0.5, marginMm: 5 };
    expect(growTree([trunk], none, options, createRandom(1)).every((s) => s.branch === 0)).toBe(true);
  });
});
