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

/** A file that can be read: once to sort, and once more for its pixels. A few at a time are held, never all. */
export interface DicomSource {
  /** Unique, for messages: a path relative to what the user named. */
  readonly name: string;
  /** Size, where known: large files are not read ahead. */
  readonly bytes?: number;
  read(): Promise<Uint8Array>;
}

/** Reading ahead hides the latency of small files; more than this is not held at once. */
const READ_AHEAD_FILES = 8;
const READ_AHEAD_BYTES = 32 * 2 ** 20;
/** What JavaScript runtimes read into one array. */
const MAX_FILE_BYTES = 2 ** 31 - 1;

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
  const readable: DicomSource[] = [];
  for (const source of sources) {
    if ((source.bytes ?? 0) <= MAX_FILE_BYTES) readable.push(source);
    else damaged.push({ name: source.name, code: 'dicom/too-large', reason: 'larger than 2 GB' });
  }
  for await (const { source, bytes } of readAhead(readable)) {
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

/** The files in order with their bytes, the next ones being read meanwhile. */
async function* readAhead(
  sources: readonly DicomSource[],
): AsyncGenerator<{ source: DicomSource; bytes: Uint8Array }> {
  const pending: { source: DicomSource; bytes: Promise<Uint8Array> }[] = [];
  let pendingBytes = 0;
  let next = 0;
  while (next < sources.length || pending.length > 0) {
    while (next < sources.length && pending.length < READ_AHEAD_FILES) {
      const source = sources[next]!;
      if (pending.length > 0 && pendingBytes + (source.bytes ?? 0) > READ_AHEAD_BYTES) break;
      const bytes = source.read();
      // Awaited in its turn below; without this, a failure before that would count as unhandled.
      bytes.catch(() => {});
      pending.push({ source, bytes });
      pendingBytes += source.bytes ?? 0;
      next++;
    }
    const { source, bytes } = pending.shift()!;
    yield { source, bytes: await bytes };
    pendingBytes -= source.bytes ?? 0;
  }
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
  options: Pick<DecodeOptions, 'codecs'> = {},
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
  const targets = framesByFile(candidate);
  const sources = [...targets].map(([name, [first]]) => ({
    name,
    bytes: first!.image.fileBytes,
    read: () => read(name),
  }));
  for await (const { source, bytes } of readAhead(sources)) {
    for (const { image, index, time, slice } of targets.get(source.name)!) {
      const start = order.indexOf(time) * voxelCount(grid) + slice * sliceSize(grid);
      await decodeFrame(image, bytes, index, {
        ...decoding,
        into: signal.subarray(start, start + sliceSize(grid)),
      });
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
