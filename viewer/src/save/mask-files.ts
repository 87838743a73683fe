/** Regions as NIfTI label images, out and in. */
import {
  createWarningSink,
  type Grid,
  maskFromNifti,
  readNifti,
  VERSION,
  writeNifti,
} from '../../../src/index.ts';
import { nextColour, type Region, type RoiState } from '../state/rois.svelte.ts';
import type { Study } from '../study/study.ts';

/** The labels as `roi.nii.gz`, which `rhomap fit --roi` takes. */
export const maskFile = ({ grid, orientation }: Study, labels: Uint16Array): Uint8Array<ArrayBuffer> =>
  writeNifti({ grid, values: labels, orientation, description: `rhomap ${VERSION} regions` });

/**
 * Regions from a NIfTI label image; labels that are known keep their names and colours.
 * @throws RhomapError for a file that is no mask on this grid.
 */
export async function readMask(file: File, grid: Grid, known: readonly Region[]): Promise<RoiState> {
  const bytes = new Uint8Array(await file.arrayBuffer());
  const image = readNifti(bytes, file.name, createWarningSink());
  const { labels } = maskFromNifti(image, { grid });
  const regions: Region[] = [];
  for (const label of [...new Set(labels)].filter((l) => l !== 0).sort((a, b) => a - b))
    regions.push(
      known.find((region) => region.label === label) ?? {
        label,
        name: `Region ${label}`,
        colour: nextColour(regions),
      },
    );
  return { labels, regions: regions.length > 0 ? regions : known };
}
