import { voxelSizeMm } from '../../core/affine.ts';
import type { FileSource } from '../../core/source.ts';
import type { WarningSink } from '../../core/warnings.ts';
import { describeCandidate, type SpinLockCandidate } from '../../io/dicom/candidate.ts';
import { loadSeries, scanDicom } from '../../io/dicom/load.ts';
import { type Inventory, requestedTslMs, type SeriesCandidate } from './candidate.ts';

/** Candidates among DICOM files; what is no DICOM, or damaged, is skipped with its reason. */
export async function dicomInventory(
  sources: readonly FileSource[],
  warnings: WarningSink,
): Promise<Inventory> {
  const byName = new Map(sources.map((source) => [source.name, source]));
  const read = (name: string): Promise<Uint8Array> => byName.get(name)!.read();
  const { candidates, skipped } = await scanDicom(sources, warnings);
  return {
    candidates: candidates.map((candidate) => seriesCandidate(candidate, read)),
    skipped: skipped.map(({ name, code, reason }) => ({ name, code, reason: reasonOf(code, reason) })),
  };
}

/** This reader is the last one to be asked. */
const reasonOf = (code: string, reason: string): string =>
  code === 'dicom/not-dicom' ? 'neither NIfTI nor DICOM' : reason.replace(/\.$/, '');

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
    load: (request) => loadSeries(candidate, requestedTslMs(self, request), read),
  };
  return self;
}
