/** Regions drawn elsewhere: DICOM segmentations and structure sets, and NIfTI masks on other grids, on the images' grid. */
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { applyAffine, multiplyAffine } from '../src/core/affine.ts';
import { type Grid, voxelCount } from '../src/core/grid.ts';
import type { Mask } from '../src/core/volume.ts';
import { createWarningSink } from '../src/core/warnings.ts';
import { maskFromDicom } from '../src/io/dicom/regions/regions.ts';
import { writeDicom } from '../src/io/dicom/write/part10.ts';
import { writeNifti } from '../src/io/nifti/write.ts';
import { rhomap } from './support/cli.ts';
import { OBLIQUE_GRID as grid, writeSpinLockSeries } from './support/spin-lock-dicom.ts';

const folder = mkdtempSync(join(tmpdir(), 'rhomap-roi-in-'));
afterAll(() => rmSync(folder, { recursive: true }));
const at = (...path: string[]): string => join(folder, ...path);

const mapSeries = (output: string, roi: string, ...more: string[]): ReturnType<typeof rhomap> =>
  rhomap('fit', at('scan'), '--tsl', '0,10,30,50', '-o', at(output), '--roi', at(roi), ...more);

const place = (voxel: number, { nColumns, nRows }: Grid): [number, number, number] => [
  voxel % nColumns,
  Math.floor(voxel / nColumns) % nRows,
  Math.floor(voxel / (nColumns * nRows)),
];

/** Two regions of odd outlines in two of the slices. */
const labels = Uint16Array.from({ length: voxelCount(grid) }, (_, voxel) => {
  const [i, j, k] = place(voxel, grid);
  return k === 1 && Math.hypot(i - 8, j - 6) < 4.3 ? 1 : k > 0 && i > 14 && j % 3 > 0 ? 2 : 0;
});

beforeAll(async () => {
  mkdirSync(at('scan'));
  writeSpinLockSeries(at('scan'));
  writeFileSync(
    at('roi.nii.gz'),
    writeNifti({ grid, values: labels, orientation: 'scanner', description: '' }),
  );
  expect(await mapSeries('maps', 'roi.nii.gz', '--to', 'dicom')).toMatchObject({ code: 0 });
});

describe('regions from DICOM', () => {
  it('a segmentation gives the numbers of the mask that it was made of', async () => {
    const { code, error } = await mapSeries('again', 'maps/dicom/roi-drawn.dcm');
    expect(code, error).toBe(0);
    const rows = (output: string): string[] =>
      readFileSync(at(output, 'roi.csv'), 'utf8')
        .split('\n')
        .map((line) => line.replace(/region \d/, ''));
    expect(rows('again')).toEqual(rows('maps'));
    const mask = maskFromDicom(
      readFileSync(at('maps/dicom/roi-drawn.dcm')),
      'seg',
      grid,
      createWarningSink(),
    );
    expect(mask.labels).toEqual(labels);
  });

  it('a segmentation lies in the patient: on a grid turned by an axis and shifted by a slice it is the same tissue', () => {
    // Columns run the other way, and slice 0 of the new grid is slice 1 of the old one.
    const flip = [-1, 0, 0, grid.nColumns - 1, 0, 1, 0, 0, 0, 0, 1, 1, 0, 0, 0, 1];
    const other: Grid = { ...grid, nSlices: 2, affine: multiplyAffine(grid.affine, flip) };
    const mask = maskFromDicom(
      readFileSync(at('maps/dicom/roi-drawn.dcm')),
      'seg',
      other,
      createWarningSink(),
    );
    const expected = Uint16Array.from({ length: voxelCount(other) }, (_, voxel) => {
      const [i, j, k] = place(voxel, other);
      return labels[((k + 1) * grid.nRows + j) * grid.nColumns + (grid.nColumns - 1 - i)]!;
    });
    expect(mask.labels).toEqual(expected);
  });

  /** A ring of radii 2.5 and 5 voxels in slice 2, and a region without a contour. */
  const structureSet = (
    turn: (p: readonly [number, number, number]) => readonly number[] = (p) => p,
  ): Uint8Array => {
    const circle = (radius: number) => ({
      ContourGeometricType: 'CLOSED_PLANAR',
      ContourData: Array.from({ length: 180 }, (_, p) => {
        const angle = (2 * Math.PI * p) / 180;
        const [x, y, z] = applyAffine(
          grid.affine,
          turn([9.37 + radius * Math.cos(angle), 6.41 + radius * Math.sin(angle), 2]) as [
            number,
            number,
            number,
          ],
        );
        return [-x, -y, z];
      }).flat(),
    });
    return writeDicom({
      SOPClassUID: '1.2.840.10008.5.1.4.1.1.481.3',
      SOPInstanceUID: '1.2.3',
      Modality: 'RTSTRUCT',
      StructureSetROISequence: [
        { ROINumber: 7, ROIName: 'Leber' },
        { ROINumber: 9, ROIName: 'nothing' },
      ],
      ROIContourSequence: [{ ReferencedROINumber: 7, ContourSequence: [circle(5), circle(2.5)] }],
    });
  };

  it('a structure set fills its contours, holes left out, in the slice where they lie', () => {
    const warnings = createWarningSink();
    const mask: Mask = maskFromDicom(structureSet(), 'rt', grid, warnings);
    expect([...mask.names!]).toEqual([
      [7, 'Leber'],
      [9, 'nothing'],
    ]);
    expect(warnings.warnings).toEqual([]);
    for (let voxel = 0; voxel < mask.labels.length; voxel++) {
      const [i, j, k] = place(voxel, grid);
      const distance = Math.hypot(i - 9.37, j - 6.41);
      // A polygon of 180 corners is 0.001 voxels inside its circle.
      if (Math.abs(distance - 5) < 2e-3 || Math.abs(distance - 2.5) < 2e-3) continue;
      expect(mask.labels[voxel], `${i},${j},${k}`).toBe(k === 2 && distance < 5 && distance > 2.5 ? 7 : 0);
    }
  });

  it('what cannot be brought onto the images is refused with the reason', async () => {
    const read =
      (bytes: Uint8Array, on: Grid = grid): (() => Mask) =>
      () =>
        maskFromDicom(bytes, 'x.dcm', on, createWarningSink());
    expect(read(structureSet(([x, y]) => [x, y, x / 4]))).toThrow(/contour of Leber cuts through the slices/);
    const away: Grid = { ...grid, affine: grid.affine.map((v, i) => (i === 11 ? v + 500 : v)) };
    expect(read(structureSet(), away)).toThrow(/none of its 2 regions holds a voxel of the images/);
    expect(read(readFileSync(at('scan/im-0-0.dcm')))).toThrow(/modality MR; regions come from/);
    writeFileSync(at('cut.dcm'), readFileSync(at('maps/dicom/roi-drawn.dcm')).subarray(0, 2500));
    expect(await mapSeries('no', 'cut.dcm')).toMatchObject({
      code: 1,
      error: expect.stringContaining('cut.dcm'),
    });
  });
});

describe('a NIfTI mask on another grid', () => {
  it('gives each voxel the label at its centre, and says so', async () => {
    // Twice as fine in the slices, one slice more on either side.
    const finer = [0.5, 0, 0, -0.25, 0, 0.5, 0, -0.25, 0, 0, 1, -1, 0, 0, 0, 1];
    const fine: Grid = {
      ...{ nColumns: 2 * grid.nColumns, nRows: 2 * grid.nRows, nSlices: grid.nSlices + 2 },
      affine: multiplyAffine(grid.affine, finer),
    };
    const values = Uint16Array.from({ length: voxelCount(fine) }, (_, voxel) => {
      const [i, j, k] = place(voxel, fine);
      if (k < 1 || k > grid.nSlices) return 1;
      return labels[((k - 1) * grid.nRows + Math.floor(j / 2)) * grid.nColumns + Math.floor(i / 2)]!;
    });
    writeFileSync(
      at('fine.nii.gz'),
      writeNifti({ grid: fine, values, orientation: 'scanner', description: '' }),
    );
    const { code, error } = await mapSeries('fine', 'fine.nii.gz');
    expect(code, error).toBe(0);
    expect(error).toMatch(/mask lies on another grid than the images/);
    expect(readFileSync(at('fine/roi.csv'), 'utf8')).toBe(readFileSync(at('maps/roi.csv'), 'utf8'));
  });

  it('is refused where it does not meet the images', async () => {
    const affine = grid.affine.map((v, i) => (i === 3 ? v + 900 : v));
    writeFileSync(
      at('away.nii.gz'),
      writeNifti({ grid: { ...grid, affine }, values: labels, orientation: 'scanner', description: '' }),
    );
    expect(await mapSeries('no', 'away.nii.gz')).toMatchObject({
      code: 1,
      error: expect.stringContaining('another scan'),
    });
  });
});
