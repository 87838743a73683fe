import { describe, expect, it } from 'vitest';
import { createRandom } from '../../core/random.ts';
import { quantileOfSorted } from '../../core/statistics.ts';
import { B1_BIN } from '../content-measures.ts';
import type { SliceMeasures } from '../patient-measures.ts';
import { PROPERTIES } from './properties.ts';
import { pooledB1Percentile } from './statistics.ts';
import { type RealismRow, realismMarkdown, realismTable } from './table.ts';

/** Slices that know only what a test gives them. */
const slices = (n: number, of: (i: number) => Partial<SliceMeasures>): SliceMeasures[] =>
  Array.from(
    { length: n },
    (_, i) => ({ differenceSums: [0, 0, 0, 0, 0], percentilesMs: [], ...of(i) }) as unknown as SliceMeasures,
  );

const rescanned = (nPatients: number): RealismRow[] => {
  const random = createRandom('rescan');
  return realismTable(
    slices(3 * nPatients, (i) => ({
      ...{ participant: `sub-${Math.floor(i / 3)}`, meanMs: 43, biasMs: 1, coarsePercent: 4.88 },
      rescan: { coarseMs: 44 + random.normal(), targetMs: 43 + random.normal() },
    })),
  );
};
const row = (rows: readonly RealismRow[], name: RegExp): RealismRow =>
  rows.find(({ property }) => name.test(property))!;

describe('realism table', () => {
  it('names every property once, with an interval that ascends and a source', () => {
    const names = PROPERTIES.map(({ name }) => name);
    expect(new Set(names).size).toBe(names.length);
    for (const { name, real, source } of PROPERTIES) {
      expect(real[0], name).toBeLessThan(real[1]);
      expect(source, name).not.toBe('');
    }
  });

  it('judges scan and rescan on nineteen patients or more, and says so where there are fewer', () => {
    const limits = /scan–rescan of a patient/;
    const [few, enough] = [rescanned(18), rescanned(19)];
    expect(row(few, limits).inside).toBeUndefined();
    expect(realismMarkdown([row(few, limits)])).toContain('| too few patients |');
    // Means of three slices with SD 1: limits of 1.96/√3 = 1.13 ms.
    expect(row(enough, limits).simulated).toBeCloseTo(1.13, 0);
    expect(row(enough, limits).inside).toBe(true);
    expect(row(few, /^coarse RMRE, mean/).inside).toBe(true);
  });

  it('leaves out what was not measured', () => {
    expect(row(rescanned(2), /^ΔB0/)).toBeUndefined();
    expect(row(rescanned(2), /^BM3D/)).toBeUndefined();
  });

  it('takes percentiles of b1 over the pixels of all bodies, not over slices', () => {
    const random = createRandom('b1');
    const bodies = [0.8, 1, 1.2].map((centre, i) =>
      Float64Array.from({ length: 4000 * (i + 1) }, () => centre + 0.06 * random.normal()),
    );
    const measured = slices(3, (i) => {
      const b1Counts = new Array<number>(250).fill(0);
      for (const v of bodies[i]!) b1Counts[Math.floor(v / B1_BIN)]!++;
      return { contents: { b1Counts } as unknown as NonNullable<SliceMeasures['contents']> };
    });
    const all = Float64Array.from(bodies.flatMap((values) => [...values])).sort();
    for (const p of [0.01, 0.5, 0.99])
      expect(Math.abs(pooledB1Percentile(p)(measured) - quantileOfSorted(all, p))).toBeLessThan(0.5 * B1_BIN);
    expect(pooledB1Percentile(0.5)(slices(1, () => ({})))).toBeNaN();
  });
});
