import { DataError, OptionError, RhomapError } from '../../core/errors.ts';
import { sliceSize, voxelCount } from '../../core/grid.ts';
import { createSpinLockSeries, type SpinLockSeries } from '../../core/volume.ts';
import type { WarningSink } from '../../core/warnings.ts';
import type { SkippedFile, SpinLockCandidate } from './candidate.ts';
import { createCodecs } from './codecs/codecs.ts';
import { type DicomGroups, type GroupOptions, groupDicomSeries } from './group.ts';
import { type DicomImage, parseDicom, peekUids } from './image.ts';
import { groupBy } from './order.ts';
import { type DecodeOptions, decodeFrame } from './pixels.ts';

/** A file that can be read, once to sort and once more for its pixels; never two at a time are held. */
export interface DicomSource {
  /** Unique, for messages: a path relative to what the user named. */
  readonly name: string;
  read(): Promise<Uint8Array>;
}

/**
 * Reads the headers of files and sorts them. What is not DICOM or is damaged is skipped with its reason.
 * @throws nothing of its own; what `read` throws passes through.
 */
export async function scanDicom(
  sources: Iterable<DicomSource>,
  warnings: WarningSink,
  options: GroupOptions = {},
): Promise<DicomGroups> {
  const images: DicomImage[] = [];
  const damaged: SkippedFile[] = [];
  for (const source of sources) {
    const bytes = await source.read();
    try {
      images.push(parseDicom(bytes, source.name, warnings));
    } catch (error) {
      if (!(error instanceof RhomapError)) throw error;
      const reason = error.message.slice(error.message.indexOf(': ') + 2);
      damaged.push({ name: source.name, code: error.code, reason, ...peekUids(bytes, source.name) });
    }
  }
  return groupDicomSeries(images, { ...options, damaged });
}

/**
 * Decodes a candidate's pixels into a series `[tsl, slice, row, column]`, its images sorted by spin-lock time (a
 * protocol may acquire them in any order).
 *
 * @param tslMs spin-lock times in the candidate's order of images, ms.
 * @param read gives a file's bytes by the name it was scanned under.
 * @throws DataError with the candidate's first problem, if it has one; OptionError `dicom/tsl-count` if there are not
 *   as many times as images; FormatError or UnsupportedError if pixels cannot be decoded.
 */
export async function loadSeries(
  candidate: SpinLockCandidate,
  tslMs: readonly number[],
  read: (name: string) => Promise<Uint8Array>,
  options: DecodeOptions = {},
): Promise<SpinLockSeries> {
  const { grid, nTimes, problems } = candidate;
  if (problems[0]) throw new DataError(problems[0].code, `${candidate.title}: ${problems[0].message}`);
  if (tslMs.length !== nTimes)
    throw new OptionError(
      'dicom/tsl-count',
      `${candidate.title} has ${nTimes} images per slice, but ${tslMs.length} spin-lock times were given; give one for each image.`,
    );
  const order = tslMs.map((_, time) => time).sort((a, b) => tslMs[a]! - tslMs[b]! || a - b);
  const signal = new Float32Array(nTimes * voxelCount(grid));
  const decoding = { codecs: createCodecs(), scaling: candidate.scaling, ...options };
  for (const [name, frames] of framesByFile(candidate)) {
    const bytes = await read(name);
    for (const { image, index, time, slice } of frames) {
      const values = await decodeFrame(image, bytes, index, decoding);
      signal.set(values, order.indexOf(time) * voxelCount(grid) + slice * sliceSize(grid));
    }
  }
  return createSpinLockSeries(
    grid,
    order.map((time) => tslMs[time]!),
    signal,
  );
}

interface Target {
  readonly image: DicomImage;
  readonly index: number;
  readonly time: number;
  readonly slice: number;
}

function framesByFile(candidate: SpinLockCandidate): Map<string, Target[]> {
  const targets = candidate.frames.flatMap((times, slice) =>
    times.map(({ image, frame }, time): Target => ({ image, index: frame.index, time, slice })),
  );
  return groupBy(targets, (t) => t.image.name);
}
