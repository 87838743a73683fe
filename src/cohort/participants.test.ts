import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createRandom } from '../core/random.ts';
import { drawParticipants, PAPER_COMPOSITION } from './participants.ts';

const count = <T>(values: readonly T[], wanted: T): number => values.filter((v) => v === wanted).length;

describe('participants', () => {
  it('have the paper’s composition at 51', () => {
    const people = drawParticipants(51, PAPER_COMPOSITION, createRandom(1));
    const stages = people.map((p) => p.stage);
    const sexes = people.map((p) => p.sex);
    expect([0, 1, 2, 3, 4].map((s) => count<number>(stages, s))).toEqual([25, 13, 13, 0, 0]);
    expect([count(sexes, 'M'), count(sexes, 'F')]).toEqual([27, 24]);
    expect(people.map((p) => p.id).slice(0, 2)).toEqual(['sub-001', 'sub-002']);
  });

  it('have the ages of Table 1', () => {
    const people = drawParticipants(4000, PAPER_COMPOSITION, createRandom(2));
    const ages = (sex: string): number[] => people.filter((p) => p.sex === sex).map((p) => p.ageYears);
    const mean = (v: number[]): number => v.reduce((a, b) => a + b, 0) / v.length;
    expect(Math.abs(mean(ages('M')) - 54.79)).toBeLessThan(0.8);
    expect(Math.abs(mean(ages('F')) - 60.29)).toBeLessThan(0.9);
  });

  it('keep to any composition to within one, and to plausible values', () => {
    const weight = fc.double({ min: 0, max: 5, noNaN: true });
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 60 }),
        fc.tuple(weight, weight, weight, weight, weight),
        fc.integer(),
        (n, stages, seed) => {
          const total = stages.reduce((a, b) => a + b, 0);
          fc.pre(total > 1e-6);
          const people = drawParticipants(n, { sex: { M: 1, F: 2 }, stages }, createRandom(seed));
          expect(people).toHaveLength(n);
          stages.forEach((w, s) => {
            const got = count<number>(
              people.map((p) => p.stage),
              s,
            );
            expect(Math.abs(got - (n * w) / total)).toBeLessThan(1);
          });
          for (const p of people) {
            expect(p.ageYears).toBeGreaterThanOrEqual(25);
            expect(p.bmi).toBeGreaterThan(18);
            expect(p.liverFatFraction).toBeGreaterThanOrEqual(0);
            expect(p.liverFatFraction).toBeLessThanOrEqual(0.4);
          }
        },
      ),
    );
  });

  it('refuse nonsense', () => {
    expect(() => drawParticipants(0, PAPER_COMPOSITION, createRandom(1))).toThrow(/positive whole/);
    expect(() => drawParticipants(5, { ...PAPER_COMPOSITION, sex: { M: 0, F: 0 } }, createRandom(1))).toThrow(
      /not all zero/,
    );
    expect(() =>
      drawParticipants(5, { ...PAPER_COMPOSITION, stages: [1, -1, 0, 0, 0] }, createRandom(1)),
    ).toThrow(/zero or more/);
  });
});
