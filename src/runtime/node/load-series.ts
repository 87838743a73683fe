/** From files or folders as the user names them to a series, its study and its mask; commands and jobs read alike. */
import { resolve } from 'node:path';
import { OptionError, ShapeError } from '../../core/errors.ts';
import type { Grid } from '../../core/grid.ts';
import type { FileSource } from '../../core/source.ts';
import type { InputRecord } from '../../core/summary.ts';
import type { Mask, SpinLockSeries } from '../../core/volume.ts';
import type { WarningSink } from '../../core/warnings.ts';
import { looksLikeDicom, maskFromDicom } from '../../io/dicom/regions/regions.ts';
import type { SourceStudy } from '../../io/dicom/results/study.ts';
import { maskFromNifti } from '../../io/nifti/mask.ts';
import { type NiftiImage, readNifti } from '../../io/nifti/read.ts';
import { resampleMask } from '../../io/nifti/resample-mask.ts';
import type { TslRequest, TslSource } from '../../pipeline/inputs/candidate.ts';
import { chooseCandidate, takeInventory } from '../../pipeline/inputs/inventory.ts';
import { readSeries } from '../../pipeline/inputs/read-series.ts';
import type { ParameterName } from '../../signal/parameters.ts';
import { findSources, inputRecord } from './sources.ts';

/** How the user names a series and its times. */
export interface SeriesFlags {
  readonly tsl?: readonly number[];
  readonly tslFrom?: TslSource;
  /** As `rhomap inspect` counts, from 1. */
  readonly series?: number;
}

/** A series ready to be mapped, and what it was read from. */
export interface LoadedSeries {
  readonly series: SpinLockSeries;
  readonly name: string;
  readonly inputs: readonly InputRecord[];
  /** Whom and what the images belong to; absent for NIfTI, which does not tell. */
  readonly readStudy?: () => Promise<SourceStudy>;
}

/**
 * Reads the one series that the inputs and flags mean. A mask among the inputs is no image of the series.
 * @throws OptionError, DataError, FormatError in the words of whatever does not fit.
 */
export async function loadSeries(
  paths: readonly string[],
  flags: SeriesFlags & { readonly roi?: string },
  parameter: ParameterName,
  warnings: WarningSink,
): Promise<LoadedSeries> {
  const roi = flags.roi !== undefined && flags.series === undefined ? resolve(flags.roi) : undefined;
  const found = await findSources(paths);
  const sources = found.filter(({ name }) => resolve(name) !== roi);
  const inventory = await takeInventory(sources, warnings);
  if (inventory.candidates.length === 0 && sources.length < found.length)
    throw new OptionError(
      'roi/is-input',
      `${flags.roi} is the only image of the input, and cannot be its mask too; give the mask's own file with --roi.`,
    );
  for (const { name, code, reason } of inventory.skipped) warnings.add(code, name, `skipped: ${reason}`);
  const request: TslRequest = {
    ...(flags.tsl && { tslMs: flags.tsl }),
    ...(flags.tslFrom && { tslFrom: flags.tslFrom }),
  };
  const candidate = chooseCandidate(inventory, { ...request, ...(flags.series && { number: flags.series }) });
  const series = await readSeries(candidate, request, parameter, warnings);
  const used = new Set(candidate.files);
  const inputs = [];
  for (const source of sources) if (used.has(source.name)) inputs.push(await inputRecord(source));
  const { name, readStudy } = candidate;
  return { series, name, inputs, ...(readStudy && { readStudy }) };
}

/**
 * The study that DICOM results join.
 * @throws OptionError `to/no-study` for images that belong to none.
 */
export function studyFor({ name, readStudy }: LoadedSeries): Promise<SourceStudy> {
  if (readStudy) return readStudy();
  throw new OptionError(
    'to/no-study',
    `--to dicom needs DICOM images, whose patient and study the results join; ${name} is NIfTI.`,
  );
}

/** What a mask is for: the grid of a series or map, and whether it knows where the patient's left is. */
export interface MaskTarget {
  readonly grid: Grid;
  readonly orientation?: string;
}

/** Where left and right are unknown, of the mask or of the images, nothing relates the two but a common grid. */
function niftiMask(image: NiftiImage, { grid, orientation }: MaskTarget, warnings: WarningSink): Mask {
  if (image.orientation === 'none' || orientation === 'none') return maskFromNifti(image, { grid });
  return resampleMask(maskFromNifti(image, { grid: image.grid }), grid, image.name, warnings);
}

function dicomMask(bytes: Uint8Array, name: string, target: MaskTarget, warnings: WarningSink): Mask {
  if (target.orientation === 'none')
    throw new ShapeError(
      'mask/grid',
      `${name}: regions of DICOM lie in the patient, but the images do not say which side is left; give a NIfTI mask on their grid.`,
    );
  return maskFromDicom(bytes, name, target.grid, warnings);
}

/**
 * Reads a mask on the grid of a series or a map: a DICOM segmentation or structure set, or a NIfTI image of labels.
 * What lies on another grid is brought onto this one, with a warning.
 * @throws DataError `mask/empty` for a mask that does not meet the images; ShapeError `mask/grid` for one that nothing
 *   relates to them: on another grid where it or the images do not know where left is, or with the header of another matrix.
 */
export async function loadMask(
  path: string,
  target: MaskTarget,
  warnings: WarningSink,
): Promise<{ mask: Mask; input: InputRecord }> {
  const [source] = (await findSources([path])) as [FileSource];
  if (source.name !== path)
    throw new OptionError('input/not-a-file', `${path} is a folder; give the file of the mask with --roi.`);
  const bytes = await source.read();
  const mask = looksLikeDicom(bytes)
    ? dicomMask(bytes, source.name, target, warnings)
    : niftiMask(readNifti(bytes, source.name, warnings), target, warnings);
  return { mask, input: await inputRecord(source) };
}
