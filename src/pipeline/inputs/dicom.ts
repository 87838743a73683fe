import { voxelSizeMm } from '../../core/affine.ts';
import { EnvironmentError, type RhomapError } from '../../core/errors.ts';
import type { FileSource } from '../../core/source.ts';
import type { WarningSink } from '../../core/warnings.ts';
import { describeCandidate, type SpinLockCandidate } from '../../io/dicom/candidate.ts';
import { loadSeries, scanDicom } from '../../io/dicom/load.ts';
import { readSourceStudy } from '../../io/dicom/results/study.ts';
import { type Inventory, requestedTslMs, type SeriesCandidate } from './candidate.ts';

/** Candidates among DICOM files; what is no DICOM, damaged or unreadable is skipped with its reason. */
export async function dicomInventory(
  sources: readonly FileSource[],
  warnings: WarningSink,
): Promise<Inventory> {
  const byName = new Map(sources.map((source) => [source.name, source]));
  const read = (name: string): Promise<Uint8Array> => byName.get(name)!.read();
  const unreadable = new Map<string, RhomapError>();
  const { candidates, skipped } = await scanDicom(
    sources.map((source) => ({ ...source, read: () => readOrNote(source, unreadable) })),
    warnings,
  );
  return {
    candidates: candidates.map((candidate) => seriesCandidate(candidate, read)),
    skipped: skipped.map(({ name, code, reason }) => {
      const error = unreadable.get(name);
      return error
        ? { name, code: error.code, reason: withoutStop(error.message) }
        : { name, code, reason: reasonOf(code, reason) };
    }),
  };
}

/** The bytes; of a file that cannot be read none, and the error goes into `unreadable`. */
async function readOrNote(source: FileSource, unreadable: Map<string, RhomapError>): Promise<Uint8Array> {
  try {
    return await source.read();
  } catch (error) {
    if (!(error instanceof EnvironmentError)) throw error;
    unreadable.set(source.name, error);
    return new Uint8Array();
  }
}

/** This reader is the last one to be asked. */
const reasonOf = (code: string, reason: string): string =>
  code === 'dicom/not-dicom' ? 'neither NIfTI nor DICOM' : withoutStop(reason);

const withoutStop = (sentence: string): string => sentence.replace(/\.$/, '');

function seriesCandidate(
  candidate: SpinLockCandidate,
  read: (name: string) => Promise<Uint8Array>,
): SeriesCandidate {
  const problem = candidate.problems[0]?.message.replace(/\.$/, '');
  const self: SeriesCandidate = {
    format: 'DICOM',
    name: candidate.title,
    kind: candidate.kind,
    nColumns: candidate.grid.nColumns,
    nRows: candidate.grid.nRows,
    nSlices: candidate.grid.nSlices,
    voxelSizeMm: voxelSizeMm(candidate.grid.affine),
    nImages: candidate.nTimes,
    offeredTslMs: Object.fromEntries(candidate.proposals.map(({ source, tslMs }) => [source, tslMs])),
    ...(problem !== undefined && { problem }),
    isDamaged: candidate.problems.some(({ code }) => code === 'dicom/damaged-image'),
    notes: candidate.notes,
    images: candidate.frames[0]!.map(({ image, frame }) =>
      image.frames.length > 1 ? `${image.name} frame ${frame.index + 1}` : image.name,
    ),
    files: [...new Set(candidate.frames.flat().map(({ image }) => image.name))],
    details: describeCandidate(candidate),
    readStudy: () => readSourceStudy(candidate, read),
    load: (request) => loadSeries(candidate, requestedTslMs(self, request), read),
  };
  return self;
}
