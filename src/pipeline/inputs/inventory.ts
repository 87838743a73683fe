import { DataError, OptionError } from '../../core/errors.ts';
import type { FileSource } from '../../core/source.ts';
import type { WarningSink } from '../../core/warnings.ts';
import { isNiftiName, sidecarName } from '../../io/nifti/names.ts';
import type { Inventory, SeriesCandidate } from './candidate.ts';
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

/**
 * The one series that the user means.
 * @param number as `rhomap inspect` counts, from 1; needed where several could be fitted.
 * @throws DataError if there is none, OptionError if there are several or the number is wrong.
 */
export function chooseCandidate(inventory: Inventory, number?: number): SeriesCandidate {
  const { candidates, skipped } = inventory;
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
  if (usable.length === 1) return usable[0]!;
  if (usable.length > 1)
    throw new OptionError(
      'input/several-series',
      `The input holds ${usable.length} series that could be fitted; choose one with --series (rhomap inspect lists them).`,
    );
  const first = candidates[0];
  if (first) throw new DataError('input/unusable', `${first.name}: ${first.problem}.`);
  const reason = skipped[0] ? ` (${skipped[0].reason.replace(/\.$/, '')})` : '';
  throw new DataError(
    'input/no-series',
    `No images were found among the input${reason}; rhomap inspect says what each file is.`,
  );
}
