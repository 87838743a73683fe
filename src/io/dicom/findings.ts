import type { Finding, PlacedFrame, SkippedFile, SpinLockCandidate } from './candidate.ts';
import { spacingProblem, stackGrid } from './geometry.ts';
import { isFittable } from './image-kind.ts';
import { compareFrames, compareTimes, groupBy, largest, smallest } from './order.ts';
import type { Scaling } from './pixels.ts';
import { proposeTsl } from './tsl-proposal.ts';

/** Builds a candidate from frames grouped by slice: sorts them, and says what is wrong or worth knowing. */
export function candidateOf(
  unsorted: readonly (readonly PlacedFrame[])[],
  damaged: readonly SkippedFile[],
): SpinLockCandidate {
  const frames = unsorted
    .map((slice) => [...slice].sort(compareTimes))
    .sort((a, b) => a[0]!.plane.alongMm - b[0]!.plane.alongMm);
  const all = frames.flat();
  const first = frames[0]![0]!;
  const bySeries = groupBy([...all].sort(compareFrames), (f) => f.image.seriesInstanceUid);
  const series = [...bySeries.values()].map((group) => group[0]!.image);
  const numbers = series.map((s) => s.seriesNumber).filter((n) => n !== undefined);
  const descriptions = [...new Set(series.map((s) => s.seriesDescription ?? s.protocolName ?? ''))];
  const nTimes = largest(frames.map((slice) => slice.length));
  const complete = frames.every((slice) => slice.length === nTimes);
  const thickness = first.frame.sliceThicknessMm ?? first.frame.spacingBetweenSlicesMm;
  return {
    title: `${commonName(descriptions)} (series ${listNumbers(numbers)}, ${first.kind})`,
    kind: first.kind,
    seriesInstanceUids: series.map((s) => s.seriesInstanceUid),
    seriesNumbers: numbers,
    descriptions,
    nTimes,
    grid: stackGrid(
      frames.map((slice) => slice[0]!.plane),
      thickness !== undefined && thickness > 0 ? thickness : 1,
    ),
    slicePositionsMm: frames.map((slice) => slice[0]!.plane.alongMm),
    frames,
    scaling: scalingOf(all),
    proposals: complete ? proposeTsl(frames) : [],
    problems: problemsOf(frames, nTimes, damaged),
    notes: notesOf(frames, thickness),
  };
}

/** What several descriptions begin with alike: `T1rho slice …` for `T1rho slice 1`, `T1rho slice 2`. */
function commonName(descriptions: readonly string[]): string {
  const [first, ...others] = descriptions as [string, ...string[]];
  if (others.length === 0) return first || 'unnamed';
  let n = 0;
  while (n < first.length && others.every((d) => d[n] === first[n])) n++;
  return `${first.slice(0, n)}…`;
}

function listNumbers(numbers: readonly number[]): string {
  if (numbers.length === 0) return 'without number';
  return numbers.length <= 4
    ? numbers.join(', ')
    : `${numbers[0]}–${numbers.at(-1)}, ${numbers.length} in all`;
}

function problemsOf(
  frames: readonly (readonly PlacedFrame[])[],
  nTimes: number,
  damaged: readonly SkippedFile[],
): Finding[] {
  const problems: Finding[] = [];
  const add = (code: string, message: string): void => void problems.push({ code, message });
  const all = frames.flat();
  const { kind, image } = all[0]!;
  const where = (slice: readonly PlacedFrame[]): string =>
    `the slice at ${slice[0]!.plane.alongMm.toFixed(1)} mm`;

  if (!isFittable(kind))
    add('dicom/not-magnitude', `These are ${kind} images; only magnitude images are fitted.`);
  const uids = new Set(all.map((f) => f.image.seriesInstanceUid));
  const lost = damaged.filter((d) => d.seriesInstanceUid !== undefined && uids.has(d.seriesInstanceUid));
  if (lost.length > 0)
    add(
      'dicom/damaged-image',
      `${lost.map((d) => d.name).join(', ')} belongs to this series and cannot be read; copy it from the scanner again.`,
    );
  if (isFittable(kind) && nTimes < 2)
    add('dicom/one-time', 'There is one image per slice; a fit needs images at two spin-lock times or more.');
  const short = frames.find((slice) => slice.length !== nTimes);
  if (short)
    add(
      'dicom/missing-image',
      `${capital(where(short))} has ${short.length} of ${nTimes} images; find the missing ones, or put the complete series into a folder of their own.`,
    );
  const twice = frames.map(repeatedTime).find((t) => t !== undefined);
  if (twice !== undefined)
    add(
      'dicom/duplicate-time',
      `${twice.n} images of ${where(twice.slice)} have temporal position ${twice.position}; keep one of them.`,
    );
  const oneSeries = uids.size === 1;
  const gap = oneSeries ? statedGapMm(all[0]!) : undefined;
  const spacing = spacingProblem(
    frames.map((slice) => slice[0]!.plane.alongMm),
    gap,
  );
  if (spacing)
    add(
      'dicom/slice-spacing',
      `${capital(spacing)}; ${oneSeries ? 'find what is missing' : 'put the series to fit into a folder of their own'}.`,
    );
  if (all.some((f) => f.image.pixels!.codec === 'unsupported'))
    add(
      'dicom/transfer-syntax',
      `The pixels are stored as ${image.syntax.name}, which cannot be decoded; export them uncompressed.`,
    );
  return problems;
}

/** SpacingBetweenSlices, but where it is less than a slice is thick: some scanners write the free gap there. */
function statedGapMm({ frame }: PlacedFrame): number | undefined {
  const { spacingBetweenSlicesMm: gap, sliceThicknessMm: thickness } = frame;
  return gap !== undefined && gap > 0 && gap >= 0.95 * (thickness ?? 0) ? gap : undefined;
}

const capital = (s: string): string => s[0]!.toUpperCase() + s.slice(1);

/** A temporal position that comes twice within one series and slice, where positions tell times apart at all. */
function repeatedTime(
  slice: readonly PlacedFrame[],
): { slice: readonly PlacedFrame[]; position: number; n: number } | undefined {
  const known = slice.filter((f) => f.frame.temporalPosition !== undefined);
  if (new Set(known.map((f) => f.frame.temporalPosition)).size < 2) return undefined;
  const groups = groupBy(known, ({ image, frame }) =>
    [image.seriesInstanceUid, frame.temporalPosition, frame.echoTimeMs].join('|'),
  );
  const twice = [...groups.values()].find((g) => g.length > 1);
  return twice && { slice, position: twice[0]!.frame.temporalPosition!, n: twice.length };
}

function notesOf(frames: readonly (readonly PlacedFrame[])[], thicknessMm: number | undefined): Finding[] {
  const notes: Finding[] = [];
  const all = frames.flat();
  if (all[0]!.kind === 'unspecified')
    notes.push({
      code: 'dicom/assumed-magnitude',
      message: `ImageType ${all[0]!.frame.imageType.join('\\') || 'is missing and'} does not say what the images show; they are taken for magnitude.`,
    });
  if (frames.length === 1 && !(thicknessMm !== undefined && thicknessMm > 0))
    notes.push({ code: 'dicom/no-thickness', message: 'SliceThickness is missing; 1 mm is used.' });
  if (scalingOf(all) === 'philips-float')
    notes.push({
      code: 'dicom/philips-scaling',
      message:
        'The display scale differs between images; Philips’ private scale slope is used, which is the same for all.',
    });
  else if (new Set(all.map(scaleKey)).size > 1)
    notes.push({
      code: 'dicom/mixed-scaling',
      message: 'Rescale slope or intercept differs between images; each is applied to its own.',
    });
  return notes;
}

const scaleKey = ({ frame }: PlacedFrame): string =>
  `${frame.rescale?.slope ?? 1}|${frame.rescale?.intercept ?? 0}`;

/**
 * Philips sets RescaleSlope for display, per scan: values of two scans compare only after division by
 * RescaleSlope × scale slope (Chenevert 2014, doi:10.1593/tlo.13811). Needed only where that product differs.
 */
function scalingOf(all: readonly PlacedFrame[]): Scaling {
  const products = all.map(({ frame }) => frame.scaleSlope && frame.scaleSlope * (frame.rescale?.slope ?? 1));
  if (products.some((p) => p === undefined)) return 'rescale';
  const [low, high] = [smallest(products as number[]), largest(products as number[])];
  return high - low > 1e-6 * high ? 'philips-float' : 'rescale';
}
