import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  type Affine,
  applyAffine,
  determinant,
  invertAffine,
  multiplyAffine,
  voxelSizeMm,
} from './affine.ts';

const entry = fc.double({ min: -3, max: 3, noNaN: true });
const affine = fc
  .array(entry, { minLength: 12, maxLength: 12 })
  .map((m): Affine => [...m, 0, 0, 0, 1])
  .filter((a) => Math.abs(determinant(a)) > 0.1);

describe('affine', () => {
  it('inverse undoes the affine', () => {
    fc.assert(
      fc.property(affine, fc.tuple(entry, entry, entry), (a, p) => {
        const back = applyAffine(invertAffine(a), applyAffine(a, p));
        for (let d = 0; d < 3; d++) expect(back[d]).toBeCloseTo(p[d]!, 8);
      }),
    );
  });

  it('product is composition', () => {
    fc.assert(
      fc.property(affine, affine, fc.tuple(entry, entry, entry), (a, b, p) => {
        const composed = applyAffine(multiplyAffine(a, b), p);
        const stepwise = applyAffine(a, applyAffine(b, p));
        for (let d = 0; d < 3; d++) expect(composed[d]).toBeCloseTo(stepwise[d]!, 8);
      }),
    );
  });

  it('voxel sizes are column lengths', () => {
    expect(voxelSizeMm([0, -2, 0, 5, 3, 0, 0, 5, 0, 0, 7, 5, 0, 0, 0, 1])).toEqual([3, 2, 7]);
  });
});
