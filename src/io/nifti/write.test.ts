import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Affine } from '../../core/affine.ts';
import { gridDifference } from '../../core/grid.ts';
import { createWarningSink } from '../../core/warnings.ts';
import { readNifti } from './read.ts';
import { type NiftiToWrite, writeNifti } from './write.ts';

const grid = {
  nColumns: 3,
  nRows: 2,
  nSlices: 2,
  affine: [-1.5, 0, 0, 9, 0, 1.5, 0, -7, 0, 0, 7, 3, 0, 0, 0, 1],
};
const reread = (image: NiftiToWrite, gzip: boolean = true) =>
  readNifti(writeNifti(image, { gzip }), 'x.nii', createWarningSink());

/** Rotation of a random unit quaternion, scaled, perhaps mirrored, perhaps sheared, at a random place. */
const affines = fc
  .record({
    quaternion: fc.array(fc.double({ min: -1, max: 1, noNaN: true }), { minLength: 4, maxLength: 4 }),
    size: fc.array(fc.double({ min: 0.1, max: 20, noNaN: true }), { minLength: 3, maxLength: 3 }),
    origin: fc.array(fc.double({ min: -500, max: 500, noNaN: true }), { minLength: 3, maxLength: 3 }),
    isMirrored: fc.boolean(),
    shear: fc.constantFrom(0, 0, 0.2),
  })
  .filter(({ quaternion }) => Math.hypot(...quaternion) > 0.01)
  .map(({ quaternion, size, origin, isMirrored, shear }): Affine => {
    const norm = Math.hypot(...quaternion);
    const [a, b, c, d] = quaternion.map((q) => q / norm) as [number, number, number, number];
    const rows = [
      [a * a + b * b - c * c - d * d, 2 * (b * c - a * d), 2 * (b * d + a * c)],
      [2 * (b * c + a * d), a * a + c * c - b * b - d * d, 2 * (c * d - a * b)],
      [2 * (b * d - a * c), 2 * (c * d + a * b), a * a + d * d - c * c - b * b],
    ];
    const [x, y, z] = size as [number, number, number];
    return rows
      .flatMap(([u, v, w], r) => [u! * x, (v! + shear * u!) * y, w! * z * (isMirrored ? -1 : 1), origin[r]!])
      .concat(0, 0, 0, 1);
  });

const arrays = {
  float32: (v: number[]) => Float32Array.from(v),
  uint8: (v: number[]) => Uint8Array.from(v),
  uint16: (v: number[]) => Uint16Array.from(v),
  int16: (v: number[]) => Int16Array.from(v),
} as const;

describe('writeNifti', () => {
  it('returns what was written: values, type, size, and the corners to 0.01 mm', () => {
    const cases = fc.record({
      affine: affines,
      sizes: fc.array(fc.integer({ min: 1, max: 5 }), { minLength: 4, maxLength: 4 }),
      type: fc.constantFrom('float32' as const, 'uint8' as const, 'uint16' as const, 'int16' as const),
      seedValues: fc.array(fc.double({ min: -40000, max: 70000, noNaN: true }), {
        minLength: 1,
        maxLength: 9,
      }),
      gzip: fc.boolean(),
    });
    fc.assert(
      fc.property(cases, ({ affine, sizes, type, seedValues, gzip }) => {
        const [nColumns, nRows, nSlices, nVolumes] = sizes as [number, number, number, number];
        const n = nColumns * nRows * nSlices * nVolumes;
        const values = arrays[type](Array.from({ length: n }, (_, i) => seedValues[i % seedValues.length]!));
        const image = reread({ grid: { nColumns, nRows, nSlices, affine }, values, nVolumes }, gzip);
        expect([...image.values]).toEqual([...Float32Array.from(values)]);
        expect([image.header.type, image.nVolumes]).toEqual([type, nVolumes]);
        expect(gridDifference(image.grid, { nColumns, nRows, nSlices, affine })).toBeUndefined();
        // A quaternion in float32 moves corners of these small grids by less than 0.05 mm.
        if (image.qform)
          expect(
            gridDifference({ nColumns, nRows, nSlices, affine: image.qform }, image.grid, 0.05),
          ).toBeUndefined();
      }),
      { numRuns: 300, seed: 1 },
    );
  });

  it('keeps NaN and infinity, applies slope and intercept on reading', () => {
    const values = Float32Array.of(
      Number.NaN,
      Number.POSITIVE_INFINITY,
      -0,
      1e-40,
      3e38,
      5,
      6,
      7,
      8,
      9,
      10,
      11,
    );
    expect([...reread({ grid, values }).values]).toEqual([...values]);
    const scaled = reread({
      grid,
      values: Int16Array.from(values, (_, i) => i - 6),
      slope: 0.25,
      intercept: 40,
    });
    expect(scaled.values[0]).toBe(38.5);
  });

  it('leaves qform out where the axes are sheared, and both where the orientation is unknown', () => {
    const sheared = [...grid.affine];
    sheared[1] = 0.5;
    const image = reread({ grid: { ...grid, affine: sheared }, values: new Float32Array(12) });
    expect([image.orientation, image.qform]).toEqual(['sform', undefined]);
    expect(reread({ grid, values: new Float32Array(12), orientation: 'none' }).orientation).toBe('none');
  });

  it('gives the same bytes twice, without a date', () => {
    const bytes = writeNifti({ grid, values: new Float32Array(12), description: 'rhomap 1.2.3' });
    expect(bytes).toEqual(writeNifti({ grid, values: new Float32Array(12), description: 'rhomap 1.2.3' }));
    expect([...bytes.subarray(4, 8)]).toEqual([0, 0, 0, 0]);
  });

  it('refuses values that do not fill the grid', () => {
    expect(() => writeNifti({ grid, values: new Float32Array(11) })).toThrow(/needs 12 values, got 11/);
  });
});
