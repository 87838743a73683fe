import { DataError, OptionError } from '../../core/errors.ts';
import type { FileSource } from '../../core/source.ts';
import type { WarningSink } from '../../core/warnings.ts';
import { isNiftiName, sidecarName } from '../../io/nifti/names.ts';
import {
  type Inventory,
  requestedTslMs,
  type SeriesCandidate,
  type SkippedFile,
  type TslRequest,
} from './candidate.ts';
import { dicomInventory } from './dicom.ts';
import { niftiInventory } from './nifti.ts';

/** Finds every series among the files, NIfTI or DICOM, and says of every other file why it is none. */
export async function takeInventory(
  sources: readonly FileSource[],
  warnings: WarningSink,
): Promise<Inventory> {
  const nifti = sources.filter(({ name }) => isNiftiName(name));
  const sidecarNames = new Set(nifti.map(({ name }) => sidecarName(name)));
  const sidecars = new Map(sources.filter(({ name }) => sidecarNames.has(name)).map((s) => [s.name, s]));
  const others = sources.filter(({ name }) => !isNiftiName(name) && !sidecarNames.has(name));
  const found = [await niftiInventory(nifti, sidecars, warnings), await dicomInventory(others, warnings)];
  return {
    candidates: found.flatMap(({ candidates }) => candidates),
    skipped: found.flatMap(({ skipped }) => skipped),
  };
}

/** What the user says about the series that is meant. */
export interface SeriesRequest extends TslRequest {
  /** As `rhomap inspect` counts, from 1; needed where several series could be fitted. */
  readonly number?: number;
}

/**
 * The one series that the user means: the one of that number, the only one that can be fitted, or the only one that
 * has a time for each image (a folder of maps or masks beside the images does no harm).
 * @throws DataError if there is none, OptionError if there are several or the number is wrong.
 */
export function chooseCandidate(inventory: Inventory, request: SeriesRequest = {}): SeriesCandidate {
  const { candidates, skipped } = inventory;
  const { number } = request;
  if (number !== undefined) {
    const chosen = candidates[number - 1];
    if (!chosen)
      throw new OptionError(
        'input/series',
        `There is no series ${number}; rhomap inspect lists ${candidates.length}.`,
      );
    if (chosen.problem)
      throw new DataError('input/unusable', `Series ${number} (${chosen.name}): ${chosen.problem}.`);
    return chosen;
  }
  const usable = candidates.filter((candidate) => !candidate.problem);
  const chosen = onlyOne(usable, request);
  if (chosen) {
    refuseRemainder(chosen, inventory);
    return chosen;
  }
  if (usable.length > 1)
    throw new OptionError(
      'input/several-series',
      `The input holds ${usable.length} series that could be fitted (${namesOf(usable)}); choose one with --series (rhomap inspect lists them).`,
    );
  const first = candidates[0];
  if (first)
    throw new DataError('input/unusable', `${first.name}: ${first.problem}${skippedWords(skipped)}.`);
  throw new DataError(
    'input/no-series',
    `No images were found among the input${skippedWords(skipped)}; rhomap inspect says what each file is.`,
  );
}

/** The only series, or the only one with a time for each image while the others are of another kind. */
function onlyOne(usable: readonly SeriesCandidate[], request: TslRequest): SeriesCandidate | undefined {
  if (usable.length === 1) return usable[0];
  const [only, ...more] = usable.filter((candidate) => hasTimes(candidate, request));
  if (!only || more.length > 0) return undefined;
  return usable.some((other) => other !== only && isAlike(other, only)) ? undefined : only;
}

const isAlike = (a: SeriesCandidate, b: SeriesCandidate): boolean =>
  a.format === b.format && a.kind === b.kind && a.nColumns === b.nColumns && a.nRows === b.nRows;

/** What is whole beside a damaged series may be the rest of the same scan: then a map of it would lack slices. */
function refuseRemainder(chosen: SeriesCandidate, { candidates }: Inventory): void {
  const damaged = candidates.find((c) => c.isDamaged && isAlike(c, chosen));
  if (damaged)
    throw new DataError(
      'input/damaged',
      `Series ${candidates.indexOf(damaged) + 1} (${damaged.name}): ${damaged.problem}; to fit what is whole, give --series ${candidates.indexOf(chosen) + 1}.`,
    );
}

/** More names would hide the sentence around them. */
const MAX_NAMES = 3;

function namesOf(candidates: readonly SeriesCandidate[]): string {
  const names = candidates.slice(0, MAX_NAMES).map(({ name, nImages }) => `${name}: ${nImages} images`);
  return [...names, ...(candidates.length > MAX_NAMES ? ['…'] : [])].join('; ');
}

/** The skipped file that most likely is the reason, a damaged image before one that is none. */
function skippedWords(skipped: readonly SkippedFile[]): string {
  const worst = skipped.find(({ code }) => code !== 'dicom/not-dicom') ?? skipped[0];
  if (!worst) return '';
  const more = skipped.length > 1 ? `; ${skipped.length - 1} more skipped` : '';
  return ` (skipped ${worst.name}: ${worst.reason}${more})`;
}

function hasTimes(candidate: SeriesCandidate, request: TslRequest): boolean {
  try {
    return requestedTslMs(candidate, request).length === candidate.nImages;
  } catch (error) {
    if (error instanceof OptionError) return false;
    throw error;
  }
}
