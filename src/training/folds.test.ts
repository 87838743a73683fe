import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { makeFolds, type Stratified } from './folds.ts';

const cohort = (counts: Readonly<Record<string, number>>): Stratified[] =>
  Object.entries(counts).flatMap(([stratum, n]) =>
    Array.from({ length: n }, (_, i) => ({ id: `${stratum}-${i}`, stratum })),
  );

describe('makeFolds', () => {
  it("gives the paper's three folds: 17 test, 30 training, 4 validation", () => {
    const folds = makeFolds(cohort({ F0: 25, F1: 13, F2: 13 }), { nFolds: 3, nValidation: 4, seed: 1 });
    for (const fold of folds) {
      expect([fold.test.length, fold.train.length, fold.validation.length]).toEqual([17, 30, 4]);
      const f0 = fold.test.filter((id) => id.startsWith('F0')).length;
      expect(f0).toBeGreaterThanOrEqual(8);
      expect(f0).toBeLessThanOrEqual(9);
      expect(new Set(fold.validation.map((id) => id.slice(0, 2))).size).toBe(3);
    }
  });

  it('tests every patient once and never mixes the parts of a fold', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 9, max: 80 }),
        fc.integer({ min: 2, max: 5 }),
        fc.integer(),
        (n, nFolds, seed) => {
          const patients = cohort({ a: Math.ceil(n / 2), b: Math.floor(n / 2) });
          const folds = makeFolds(patients, { nFolds, nValidation: 2, seed });
          expect(folds.flatMap((fold) => fold.test).sort()).toEqual(patients.map(({ id }) => id).sort());
          for (const { train, validation, test } of folds)
            expect(new Set([...train, ...validation, ...test]).size).toBe(n);
        },
      ),
    );
  });

  it('does not depend on the order in which patients are listed', () => {
    const patients = cohort({ F0: 9, F1: 6 });
    const options = { nFolds: 3, nValidation: 2, seed: 4 };
    expect(makeFolds([...patients].reverse(), options)).toEqual(makeFolds(patients, options));
    expect(makeFolds(patients, { ...options, seed: 5 })).not.toEqual(makeFolds(patients, options));
  });

  it('refuses two patients of one name, and too few', () => {
    const patients = cohort({ F0: 6 });
    const options = { nFolds: 3, nValidation: 1, seed: 1 };
    expect(() => makeFolds([...patients, patients[0]!], options)).toThrow(/Two patients are called F0-0/);
    expect(() => makeFolds(patients.slice(0, 2), options)).toThrow(/too few/);
  });
});
