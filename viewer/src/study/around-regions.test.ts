import fc from 'fast-check';
import { expect, it } from 'vitest';
import { createRandom, type ParametricMap, roiStatistics, voxelCount } from '../../../src/index.ts';
import { extentOf, partOfMap, partOfMask } from './around-regions.ts';

it('numbers of regions are those of the whole, whatever their shape and place', () => {
  const affine = [1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1];
  const size = fc.record({
    ...{ nColumns: fc.integer({ min: 1, max: 6 }), nRows: fc.integer({ min: 1, max: 6 }) },
    ...{
      nSlices: fc.integer({ min: 1, max: 4 }),
      seed: fc.nat(),
      share: fc.double({ min: 0, max: 0.5, noNaN: true }),
    },
  });
  fc.assert(
    fc.property(size, ({ seed, share, ...dimensions }) => {
      const grid = { ...dimensions, affine };
      const random = createRandom(seed);
      const n = voxelCount(grid);
      const labels = Uint16Array.from({ length: n }, () =>
        random.uniform() < share ? 1 + random.integer(2) : 0,
      );
      const map: ParametricMap = {
        ...{ grid, name: 'T1rho', unit: 'ms', status: new Uint8Array(n) },
        values: Float32Array.from({ length: n }, () =>
          random.uniform() < 0.2 ? Number.NaN : random.normal(),
        ),
      };
      const extent = extentOf(grid, labels);
      if (!extent) {
        expect(labels.every((label) => label === 0)).toBe(true);
        return;
      }
      const here = roiStatistics(partOfMap(map, extent), partOfMask({ grid, labels }, extent));
      const moved = here.map((row) =>
        row.slice === undefined ? row : { ...row, slice: row.slice + extent.slices[0] },
      );
      expect(moved).toEqual(roiStatistics(map, { grid, labels }));
    }),
  );
});
