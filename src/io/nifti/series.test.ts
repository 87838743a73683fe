import { describe, expect, it } from 'vitest';
import { createWarningSink } from '../../core/warnings.ts';
import { maskFromNifti } from './mask.ts';
import { type NiftiImage, readNifti } from './read.ts';
import { assembleNiftiSeries } from './series.ts';
import { parseNiftiSidecar } from './sidecar.ts';
import { writeNifti } from './write.ts';

const affineAt = (z: number, x: number = 0): number[] => [
  -1.5,
  0,
  0,
  x,
  0,
  1.5,
  0,
  0,
  0,
  0,
  7,
  z,
  0,
  0,
  0,
  1,
];

/** An image of 2×2 voxels a slice whose values are all `value`, plus the volume's number. */
function image(
  name: string,
  value: number,
  z: number,
  nVolumes: number = 1,
  nSlices: number = 1,
  x: number = 0,
): NiftiImage {
  const grid = { nColumns: 2, nRows: 2, nSlices, affine: affineAt(z, x) };
  const n = 4 * nSlices;
  const values = Float32Array.from({ length: n * nVolumes }, (_, i) => value + Math.floor(i / n));
  return readNifti(writeNifti({ grid, values, nVolumes }), name, createWarningSink());
}
const sidecar = (json: object) => parseNiftiSidecar(JSON.stringify(json), 'side.json');
/** First voxel of each image, `[tsl][slice]`. */
const firstVoxels = (series: ReturnType<typeof assembleNiftiSeries>): number[] =>
  [...series.signal].filter((_, i) => i % 4 === 0);

describe('assembleNiftiSeries', () => {
  it('takes one 4-D file, with times from the caller or its sidecar', () => {
    const file = image('a.nii', 10, 0, 3, 2);
    const series = assembleNiftiSeries([{ image: file }], { tslMs: [0, 10, 50] });
    expect([series.tslMs, firstVoxels(series)]).toEqual([
      [0, 10, 50],
      [10, 10, 11, 11, 12, 12],
    ]);
    const withSidecar = [{ image: file, sidecar: sidecar({ SpinLockTime: [0, 0.0128, 0.05] }) }];
    expect(assembleNiftiSeries(withSidecar).tslMs).toEqual([0, 12.8, 50]);
  });

  it('takes a 3-D file per time in the order given', () => {
    const files = [image('b', 50, 0, 1, 2), image('a', 10, 0, 1, 2)].map((i) => ({ image: i }));
    expect(firstVoxels(assembleNiftiSeries(files, { tslMs: [50, 0] }))).toEqual([50, 50, 10, 10]);
  });

  it('stacks a file per slice by position, whatever the order of the files', () => {
    const files = [image('top', 30, 14, 2), image('bottom', 10, 0, 2), image('middle', 20, 7, 2)].map(
      (i) => ({ image: i }),
    );
    const series = assembleNiftiSeries(files, { tslMs: [0, 50] });
    expect(firstVoxels(series)).toEqual([10, 20, 30, 11, 21, 31]);
  });

  it('stacks a file per slice and time, slices first or times first', () => {
    const at = (tsl: number, z: number) => ({ image: image(`${tsl}-${z}`, 100 * tsl + z, z) });
    const bySlice = [at(1, 0), at(2, 0), at(1, 7), at(2, 7)];
    const byTime = [at(1, 0), at(1, 7), at(2, 0), at(2, 7)];
    const a = assembleNiftiSeries(bySlice, { tslMs: [0, 50] });
    const b = assembleNiftiSeries(byTime, { tslMs: [0, 50] });
    expect(a).toEqual(b);
    expect(a.grid.nSlices).toBe(2);
    // Each slice's values are where its affine says they are.
    const z = (k: number): number => a.grid.affine[10]! * k + a.grid.affine[11]!;
    expect(firstVoxels(a)).toEqual([100 + z(0), 100 + z(1), 200 + z(0), 200 + z(1)]);
  });

  it('lets sidecars say which file is which', () => {
    const at = (ms: number, z: number) => ({
      image: image(`${ms}-${z}`, ms, z),
      sidecar: sidecar({ SpinLockTime: ms / 1000 }),
    });
    const series = assembleNiftiSeries([at(50, 0), at(0, 0), at(0, 7), at(50, 7)]);
    expect([series.tslMs, firstVoxels(series)]).toEqual([
      [50, 0],
      [50, 50, 0, 0],
    ]);
  });

  it('uses echo times only where asked', () => {
    const files = [{ image: image('a', 0, 0, 2), sidecar: sidecar({ EchoTime: [0.01, 0.02] }) }];
    expect(() => assembleNiftiSeries(files)).toThrow(/not known; give them with --tsl/);
    expect(assembleNiftiSeries(files, { tslFrom: 'echo-time' }).tslMs).toEqual([10, 20]);
  });

  const one = { image: image('one.nii', 0, 0, 2, 2) };
  it.each([
    ['no files', [], [], /No images/],
    ['too many times', [one], [0, 10, 50], /3 spin-lock times were given for 2 images of 2×2×2/],
    [
      'another size',
      [one, { image: image('two.nii', 0, 0, 2, 3) }],
      [0, 50],
      /two.nii.*another grid than one.nii.*2×2×2 against 2×2×3/,
    ],
    ['moved', [one, { image: image('two.nii', 0, 1, 2, 2) }], [0, 50], /corners up to 1.00 mm apart/],
    [
      'a slice without one image',
      [0, 0, 7].map((z) => ({ image: image(`z${z}`, 0, z) })),
      [0, 50],
      /2 images lie where z0 is, but 1 where z7 is/,
    ],
    [
      'a missing slice',
      [0, 7, 21].map((z) => ({ image: image(`z${z}`, 0, z, 2) })),
      [0, 50],
      /is a slice missing/,
    ],
    [
      'slices side by side',
      [0, 9].map((x) => ({ image: image(`x${x}`, 0, 0, 2, 1, x) })),
      [0, 50],
      /not slices of one stack/,
    ],
  ])('says what is wrong: %s', (_, files, tslMs, message) => {
    expect(() => assembleNiftiSeries(files, { tslMs })).toThrow(message);
  });
});

describe('parseNiftiSidecar', () => {
  it.each([
    ['{', /not valid JSON/],
    ['[]', /must be a JSON object/],
    ['{"SpinLockTime": "50"}', /number of seconds/],
    ['{"SpinLockTime": [0, 50]}', /given in milliseconds\? Write 0.05/],
    ['{"SpinLockTime": -1}', /number of seconds/],
  ])('%s', (text, message) => expect(() => parseNiftiSidecar(text, 's.json')).toThrow(message));
});

describe('maskFromNifti', () => {
  const grid = { nColumns: 2, nRows: 2, nSlices: 1, affine: affineAt(0) };
  it('reads labels', () => {
    expect([...maskFromNifti(image('m', 2, 0), { grid }).labels]).toEqual([2, 2, 2, 2]);
  });
  it('says both grids where they differ', () => {
    const other = { ...grid, nColumns: 3 };
    expect(() => maskFromNifti(image('m.nii', 1, 0), { grid: other, gridName: 'a.nii' })).toThrow(
      /m.nii does not lie on the grid of a.nii: size 2×2×1 against 3×2×1/,
    );
  });
  it.each([0.5, -1, Number.NaN, 70000])('refuses %d as a label', (value) => {
    expect(() => maskFromNifti(image('m.nii', value, 0), { grid })).toThrow(/whole labels/);
  });
});
