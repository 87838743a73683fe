/** Regions as NIfTI label images and DICOM segmentations, out and in. */
import {
  createWarningSink,
  DataError,
  type Grid,
  looksLikeDicom,
  type Mask,
  maskFromDicom,
  maskFromNifti,
  readNifti,
  segmentationFile,
  VERSION,
  writeNifti,
} from '../../../src/index.ts';
import { nextColour, type Region, type RoiState } from '../state/rois.svelte.ts';
import type { Study } from '../study/study.ts';

/** The labels as `roi.nii.gz`, which `rhomap fit --roi` takes. */
export const maskFile = ({ grid, orientation }: Study, labels: Uint16Array): Uint8Array<ArrayBuffer> =>
  writeNifti({ grid, values: labels, orientation, description: `rhomap ${VERSION} regions` });

/**
 * The regions as DICOM SEG, part of the images' own study.
 * @throws DataError `view/no-study` where the images are no DICOM files that were read in this session.
 */
export function segmentation({ source, main }: Study, mask: Mask): Promise<Uint8Array> {
  if (!source)
    throw new DataError(
      'view/no-study',
      'A DICOM segmentation belongs to a patient and a study: open the DICOM images and map them, then save it.',
    );
  return segmentationFile(source, mask, { name: 'rhomap view', title: main.name });
}

/**
 * Regions from a NIfTI label image, or from a DICOM segmentation or structure set; labels that are known keep their names
 * and colours.
 * @throws RhomapError for a file that holds no region of this grid.
 */
export async function readMask(file: File, grid: Grid, known: readonly Region[]): Promise<RoiState> {
  const bytes = new Uint8Array(await file.arrayBuffer());
  const { labels, names } = looksLikeDicom(bytes)
    ? maskFromDicom(bytes, file.name, grid, createWarningSink())
    : maskFromNifti(readNifti(bytes, file.name, createWarningSink()), { grid });
  const regions: Region[] = [];
  for (const label of [...new Set(labels)].filter((l) => l !== 0).sort((a, b) => a - b)) {
    const own = known.find((region) => region.label === label);
    const name = names?.get(label) ?? own?.name ?? `Region ${label}`;
    regions.push({ ...(own ?? { label, colour: nextColour(regions) }), name });
  }
  return { labels, regions: regions.length > 0 ? regions : known };
}
