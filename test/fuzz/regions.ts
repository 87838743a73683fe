/** Mutations of a segmentation and of a structure set: read as regions or refused with a typed error. A target of `support/fuzz.ts`. */
import { applyAffine } from '../../src/core/affine.ts';
import { RhomapError } from '../../src/core/errors.ts';
import { voxelCount } from '../../src/core/grid.ts';
import { createRandom } from '../../src/core/random.ts';
import { createWarningSink } from '../../src/core/warnings.ts';
import { maskFromDicom } from '../../src/io/dicom/regions/regions.ts';
import { writeDicom } from '../../src/io/dicom/write/part10.ts';
import { segmentationFile } from '../../src/pipeline/dicom-results.ts';
import { OBLIQUE_GRID as grid } from '../support/spin-lock-dicom.ts';
import { MUTATIONS } from './mutate-dicom.ts';

const mask = {
  grid,
  labels: Uint16Array.from({ length: voxelCount(grid) }, (_, i) => (i % 7 < 4 ? 0 : (i % 3) + 1)),
};
const image = { sopClassUid: '1.2.840.10008.5.1.4.1.1.4', seriesInstanceUid: '1.2.4' };
const segmentation = await segmentationFile(
  {
    ...{ studyInstanceUid: '1.2.3', attributes: { StudyInstanceUID: '1.2.3', FrameOfReferenceUID: '1.2.5' } },
    ...{ content: { ContentDate: '20260102', ContentTime: '101112' }, equipment: {} },
    ...{ bodyPart: undefined, seriesNumber: 5 },
    images: Array.from({ length: grid.nSlices }, (_, k) => [{ ...image, sopInstanceUid: `1.2.6.${k}` }]),
  },
  mask,
  { name: 'fuzz', title: 'fuzz' },
);

const contour = (radius: number, slice: number) => ({
  ContourGeometricType: 'CLOSED_PLANAR',
  ContourData: Array.from({ length: 24 }, (_, p) => {
    const angle = (2 * Math.PI * p) / 24;
    const at = [9.4 + radius * Math.cos(angle), 6.4 + radius * Math.sin(angle), slice] as const;
    const [x, y, z] = applyAffine(grid.affine, [...at]);
    return [-x, -y, z].map((mm) => Math.round(100 * mm) / 100);
  }).flat(),
});
const structureSet = writeDicom({
  SOPClassUID: '1.2.840.10008.5.1.4.1.1.481.3',
  SOPInstanceUID: '1.2.7',
  Modality: 'RTSTRUCT',
  StructureSetROISequence: [
    { ROINumber: 7, ROIName: 'Leber' },
    { ROINumber: 9, ROIName: 'Milz' },
  ],
  ROIContourSequence: [
    { ReferencedROINumber: 7, ContourSequence: [contour(5, 1), contour(2.5, 1)] },
    { ReferencedROINumber: 9, ContourSequence: [contour(3, 2)] },
  ],
});

/** Reads mutated file number `i`: even ones are segmentations, odd ones structure sets. */
export function tryCase(i: number): string {
  const draw = createRandom(20261125).fork(i);
  const kind = i % 2 === 0 ? 'SEG' : 'RTSTRUCT';
  let bytes: Uint8Array = Uint8Array.from(kind === 'SEG' ? segmentation : structureSet);
  for (let k = 1 + draw.integer(3); k > 0 && bytes.length > 4; k--)
    bytes = MUTATIONS[draw.integer(MUTATIONS.length)]!(bytes, draw);
  try {
    const { labels } = maskFromDicom(bytes, `run ${i}`, grid, createWarningSink());
    if (labels.length !== voxelCount(grid)) throw new Error('The mask is not whole.');
    return `read ${kind}`;
  } catch (error) {
    if (error instanceof RhomapError) return `${kind} ${error.code}`;
    throw error;
  }
}
