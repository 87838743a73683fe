import type { Vector3 } from '../../core/affine.ts';
import { OptionError } from '../../core/errors.ts';
import type { SpinLockSeries } from '../../core/volume.ts';
import type { SourceStudy } from '../../io/dicom/results/study.ts';

/** Where times that the user did not give may come from; nothing is taken from a file unless it is asked for. */
export const TSL_SOURCES = ['sidecar', 'echo-time', 'description'] as const;
export type TslSource = (typeof TSL_SOURCES)[number];

/** How the user tells the spin-lock (or echo) times. */
export interface TslRequest {
  /** Times in ms, in the order of the images. */
  readonly tslMs?: readonly number[];
  /** Where to read them instead. */
  readonly tslFrom?: TslSource;
}

/** Images among the inputs that look like one series, before any pixel is used. */
export interface SeriesCandidate {
  readonly format: 'NIfTI' | 'DICOM';
  /** File or series it was found in. */
  readonly name: string;
  /** What it shows, as far as the files tell: `magnitude`, `4-D image`. */
  readonly kind: string;
  readonly nColumns: number;
  readonly nRows: number;
  readonly nSlices: number;
  readonly voxelSizeMm: Vector3;
  /** Images per slice, which should be as many as there are spin-lock times. */
  readonly nImages: number;
  /** Times that the files offer, by where they stand; offered, never assumed. */
  readonly offeredTslMs: Partial<Readonly<Record<TslSource, readonly number[]>>>;
  /** Why this cannot be fitted, in one sentence; absent where it can. */
  readonly problem?: string;
  /** One of its files is there but cannot be read. */
  readonly isDamaged?: boolean;
  /** What a user should know although it can be fitted. */
  readonly notes: readonly { readonly code: string; readonly message: string }[];
  /** All there is to say about it, as plain JSON without patient data; for `inspect --json`. */
  readonly details?: Readonly<Record<string, unknown>>;
  /** What stands for each time, in the order in which times are given: file names, or places in a file. */
  readonly images: readonly string[];
  /** Names of the files it consists of. */
  readonly files: readonly string[];
  /** Reads whom and what the images belong to, for results in DICOM; absent where files do not tell. */
  readonly readStudy?: () => Promise<SourceStudy>;
  /** Reads the pixels. */
  load(request: TslRequest): Promise<SpinLockSeries>;
}

/** A file that is no part of any series, and why. */
export interface SkippedFile {
  readonly name: string;
  readonly code: string;
  /** Words without the file's name or a full stop. */
  readonly reason: string;
}

export interface Inventory {
  readonly candidates: readonly SeriesCandidate[];
  readonly skipped: readonly SkippedFile[];
}

/** Many numbers or names in few words. */
export const shortList = (items: readonly (number | string)[]): string =>
  items.length <= 6
    ? items.join(', ')
    : `${items.slice(0, 3).join(', ')}, … ${items.at(-1)} (${items.length})`;

/**
 * The times a request means for a candidate: the user's own, else those of the named source. A sidecar's
 * `SpinLockTime` says what it is and is taken without asking.
 * @throws OptionError `tsl/unknown` with what the files would offer.
 */
export function requestedTslMs(
  candidate: SeriesCandidate,
  { tslMs, tslFrom }: TslRequest,
): readonly number[] {
  if (tslMs) return tslMs;
  const found = candidate.offeredTslMs[tslFrom ?? 'sidecar'];
  if (found) return found;
  const offers = Object.entries(candidate.offeredTslMs).map(
    ([source, times]) => `--tsl-from ${source} would give ${shortList(times)} ms`,
  );
  const asked = tslFrom ? ` in its ${tslFrom.replace('-', ' ')}` : '';
  throw new OptionError(
    'tsl/unknown',
    `${candidate.name} does not tell its times${asked}; give them in ms, e.g. --tsl 0,10,30,50` +
      `${offers.length > 0 ? ` (${offers.join('; ')})` : ''}.`,
  );
}
