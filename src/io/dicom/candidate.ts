import type { Grid } from '../../core/grid.ts';
import type { DicomFrame } from './frames.ts';
import type { Plane } from './geometry.ts';
import type { DicomImage } from './image.ts';
import type { ImageKind } from './image-kind.ts';
import type { Scaling } from './pixels.ts';
import type { TslProposal } from './tsl-proposal.ts';

/** One frame with what it shows and where. */
export interface PlacedFrame {
  readonly image: DicomImage;
  readonly frame: DicomFrame;
  readonly kind: ImageKind;
  readonly plane: Plane;
}

/** A reason with a stable code. */
export interface Finding {
  readonly code: string;
  readonly message: string;
}

/** Images of one anatomy and kind that belong together: what `inspect` lists, and `loadSeries` makes a series of. */
export interface SpinLockCandidate {
  /** For people: description and series numbers. */
  readonly title: string;
  readonly kind: ImageKind;
  readonly seriesInstanceUids: readonly string[];
  readonly seriesNumbers: readonly number[];
  readonly descriptions: readonly string[];
  /** Images per slice: as many spin-lock times are needed. The largest number where slices differ. */
  readonly nTimes: number;
  readonly grid: Grid;
  /** Positions along the slice normal, mm, ascending. */
  readonly slicePositionsMm: readonly number[];
  /** `[slice][time]`, in fitting order: temporal position, series number, time, instance number. */
  readonly frames: readonly (readonly PlacedFrame[])[];
  readonly scaling: Scaling;
  /** Spin-lock times that the files offer; never used unless the user asks for one. */
  readonly proposals: readonly TslProposal[];
  /** Why it cannot be fitted; empty where it can. */
  readonly problems: readonly Finding[];
  /** What a user should know although it can be fitted. */
  readonly notes: readonly Finding[];
}

/** A file or frame that is in no candidate. */
export interface SkippedFile {
  readonly name: string;
  readonly code: string;
  readonly reason: string;
  /** Of a damaged file, where its header still says so. */
  readonly seriesInstanceUid?: string;
  readonly sopInstanceUid?: string;
}

/** The candidate as plain JSON, for `inspect --json`: no pixels, no patient data. */
export function describeCandidate(c: SpinLockCandidate): Record<string, unknown> {
  const first = c.frames[0]![0]!;
  return {
    title: c.title,
    kind: c.kind,
    seriesNumbers: c.seriesNumbers,
    seriesInstanceUids: c.seriesInstanceUids,
    descriptions: c.descriptions,
    manufacturer: first.image.manufacturer ?? null,
    magneticFieldT: first.image.magneticFieldT ?? null,
    transferSyntaxes: [...new Set(c.frames.flat().map((f) => f.image.syntax.name))].sort(),
    nTimes: c.nTimes,
    nSlices: c.grid.nSlices,
    nRows: c.grid.nRows,
    nColumns: c.grid.nColumns,
    affine: c.grid.affine,
    slicePositionsMm: c.slicePositionsMm,
    scaling: c.scaling,
    times: c.frames[0]!.map(({ image, frame }) => ({
      temporalPosition: frame.temporalPosition ?? null,
      instanceNumber: image.instanceNumber ?? null,
      frame: frame.index + 1,
      echoTimeMs: frame.echoTimeMs ?? null,
      triggerTimeMs: frame.triggerTimeMs ?? null,
      description: image.seriesDescription ?? null,
    })),
    proposals: c.proposals,
    fittable: c.problems.length === 0,
    problems: c.problems,
    notes: c.notes,
    files: [...new Set(c.frames.flat().map((f) => f.image.name))],
  };
}
