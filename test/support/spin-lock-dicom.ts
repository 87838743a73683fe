import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Grid } from '../../src/core/grid.ts';
import type { DataSetToWrite } from '../../src/io/dicom/write/attributes.ts';
import { writeDicom } from '../../src/io/dicom/write/part10.ts';
import { planeAttributes } from '../../src/io/dicom/write/plane.ts';

/** Oblique, left-handed steps of no round length: what a sloppy geometry would get wrong. */
export const OBLIQUE_GRID: Grid = (() => {
  const [a, b] = [0.3, -0.2];
  const [ca, sa, cb, sb] = [Math.cos(a), Math.sin(a), Math.cos(b), Math.sin(b)];
  const [column, row, slice] = [1.5, 1.75, 8];
  const normal = [-sa * cb, sb, ca * cb];
  // Columns, rows and normal of a rotation about two axes.
  const [x, y] = [
    [ca, 0, sa],
    [sa * sb, cb, -ca * sb],
  ];
  const line = (r: number, at: number): number[] => [-column * x[r]!, -row * y[r]!, slice * normal[r]!, at];
  const affine = [...line(0, 101.3), ...line(1, 87.1), ...line(2, -34.6), 0, 0, 0, 1];
  return { nColumns: 20, nRows: 14, nSlices: 3, affine };
})();

export const TSL_MS: readonly number[] = [0, 10, 30, 50];

/** Air, tissue of 40 ms, tissue of 50 ms, in stripes of columns, a little different in each slice. */
export function stripes(grid: Grid, tslMs: number, slice: number): Uint16Array {
  const values = new Uint16Array(grid.nColumns * grid.nRows);
  for (let i = 0; i < values.length; i++) {
    const column = i % grid.nColumns;
    const time = column < 4 ? 0 : (column < 12 ? 40 : 50) + slice;
    values[i] = time === 0 ? 0 : Math.round(2000 * Math.exp(-tslMs / time) + ((i * 7919) % 23));
  }
  return values;
}

/** A folder of classic MR images, one per slice and time; returns their paths. */
export function writeSpinLockSeries(
  folder: string,
  attributes: DataSetToWrite = {},
  grid: Grid = OBLIQUE_GRID,
  instanceRoot: string = '1.2.826.0.1.3680043.10.1.4',
): string[] {
  return TSL_MS.flatMap((tslMs, t) =>
    Array.from({ length: grid.nSlices }, (_, k) => {
      const path = join(folder, `im-${t}-${k}.dcm`);
      const file = writeDicom({
        PatientName: 'Test^Patient',
        PatientID: 'T1',
        PatientBirthDate: '19700101',
        PatientSex: 'O',
        StudyDate: '20260102',
        StudyTime: '101112',
        StudyID: '7',
        AccessionNumber: 'A1',
        ReferringPhysicianName: '',
        StudyInstanceUID: '1.2.826.0.1.3680043.10.1.1',
        SeriesInstanceUID: '1.2.826.0.1.3680043.10.1.2',
        FrameOfReferenceUID: '1.2.826.0.1.3680043.10.1.3',
        SeriesNumber: 5,
        SeriesDescription: 'T1rho',
        Modality: 'MR',
        Manufacturer: 'Test',
        ManufacturerModelName: 'Model',
        ImageType: ['ORIGINAL', 'PRIMARY', 'M', 'SE'],
        AcquisitionDate: '20260102',
        AcquisitionTime: '101500',
        TemporalPositionIdentifier: t + 1,
        InstanceNumber: t * grid.nSlices + k + 1,
        SliceThickness: 7,
        ...planeAttributes(grid, k),
        SamplesPerPixel: 1,
        PhotometricInterpretation: 'MONOCHROME2',
        BitsAllocated: 16,
        BitsStored: 16,
        HighBit: 15,
        PixelRepresentation: 0,
        PixelData: stripes(grid, tslMs, k),
        ...attributes,
        SOPClassUID: '1.2.840.10008.5.1.4.1.1.4',
        SOPInstanceUID: `${instanceRoot}.${t}.${k}`,
      });
      writeFileSync(path, file);
      return path;
    }),
  );
}
