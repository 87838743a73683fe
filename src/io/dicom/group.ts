import type { Finding, PlacedFrame, SkippedFile, SpinLockCandidate } from './candidate.ts';
import { candidateOf } from './findings.ts';
import { planeDifference, planeOf, SAME_POSITION_MM } from './geometry.ts';
import type { DicomImage } from './image.ts';
import { imageKind } from './image-kind.ts';
import { compareFrames, compareText, groupBy, largest } from './order.ts';

/**
 * Sorts images into candidates by what they say of themselves, never by file name or order:
 * 1. frames of one series, kind and plane orientation form a stack (slices × times);
 * 2. stacks with several times that cover other slices of the same scan are joined (one series per slice);
 *    a slice that comes again starts a new candidate (a repeated scan);
 * 3. stacks with one time each of the same scan are joined along time (one series per spin-lock time).
 * "The same scan": same study, kind, geometry, sequence, and description but for its numbers.
 */
export interface DicomGroups {
  readonly candidates: readonly SpinLockCandidate[];
  readonly skipped: readonly SkippedFile[];
}

export interface GroupOptions {
  /** Only these series numbers. */
  readonly series?: readonly number[];
  /** Files that could not be parsed. A candidate that one of them belongs to cannot be fitted. */
  readonly damaged?: readonly SkippedFile[];
}

export function groupDicomSeries(images: readonly DicomImage[], options: GroupOptions = {}): DicomGroups {
  const skipped: SkippedFile[] = [...(options.damaged ?? [])];
  const placed = place(images, options, skipped);
  const stacks = buildStacks(placed, skipped);
  // A damaged copy of an image that is there whole is no loss.
  const whole = new Set(images.map((image) => image.sopInstanceUid));
  const lost = (options.damaged ?? []).filter((d) => !whole.has(d.sopInstanceUid ?? ''));
  const candidates = join(stacks).map((frames) => candidateOf(frames, lost));
  candidates.sort((a, b) => compareFrames(a.frames[0]![0]!, b.frames[0]![0]!) || compareText(a.kind, b.kind));
  skipped.sort((a, b) => compareText(a.name, b.name));
  return { candidates, skipped };
}

/** Frames with a place; the rest is skipped with a reason. */
function place(images: readonly DicomImage[], options: GroupOptions, skipped: SkippedFile[]): PlacedFrame[] {
  const seen = new Map<string, string>();
  const placed: PlacedFrame[] = [];
  for (const image of [...images].sort((a, b) => compareText(a.name, b.name))) {
    const skip = (code: string, reason: string): void =>
      void skipped.push({ name: image.name, code, reason });
    if (options.series && !options.series.includes(image.seriesNumber ?? Number.NaN)) continue;
    const reason = notAnMrImage(image);
    if (reason) {
      skip(reason.code, reason.message);
      continue;
    }
    const twin = seen.get(image.sopInstanceUid);
    if (twin !== undefined && image.sopInstanceUid !== '') {
      skip('dicom/duplicate-file', `the same image as ${twin}`);
      continue;
    }
    seen.set(image.sopInstanceUid, image.name);
    const planes = image.frames.map((frame) => planeOf(frame, image.pixels!));
    const lost = planes.find((p) => typeof p === 'string');
    if (typeof lost === 'string') skip('dicom/no-geometry', `an image with ${lost}`);
    else
      image.frames.forEach((frame, i) => {
        placed.push({
          image,
          frame,
          kind: imageKind(frame),
          plane: planes[i] as Exclude<(typeof planes)[number], string>,
        });
      });
  }
  return placed.sort(compareFrames);
}

function notAnMrImage(image: DicomImage): Finding | undefined {
  if (image.modality !== 'MR' && image.modality !== '')
    return { code: 'dicom/not-mr', message: `Modality ${image.modality}, not MR` };
  if (!image.pixels) return { code: 'dicom/not-an-image', message: 'a DICOM object without pixels' };
  if (image.pixels.samplesPerPixel !== 1)
    return { code: 'dicom/colour', message: `a colour image (${image.pixels.photometricInterpretation})` };
  return undefined;
}

/** Slices of one orientation. */
interface Stack {
  readonly first: PlacedFrame;
  /** Images by place along the normal, in steps of `SAME_POSITION_MM`. */
  readonly slices: Map<number, PlacedFrame[]>;
  /** No series in it has two images of one slice: it may be one of several series along time. */
  readonly oneTimeEach: boolean;
}

/** A localizer has a few orientations; comparing each frame with thousands of others would take minutes. */
const MAX_ORIENTATIONS = 100;

function buildStacks(placed: readonly PlacedFrame[], skipped: SkippedFile[]): Stack[] {
  const bySeries = groupBy(placed, ({ image, kind }) =>
    [image.studyInstanceUid, image.seriesInstanceUid, kind].join('|'),
  );
  return [...bySeries.values()].flatMap((frames) => {
    const stacks: Stack[] = [];
    for (const frame of frames) {
      const stack = stacks.find((s) => fits(s, frame));
      if (stack) addTo(stack, frame);
      else if (stacks.length < MAX_ORIENTATIONS) stacks.push(newStack(frame));
      else if (skipped.at(-1)?.name !== frame.image.name)
        skipped.push({ name: frame.image.name, ...TOO_MANY });
    }
    return stacks.map((s) => ({ ...s, oneTimeEach: nTimes(s) === 1 }));
  });
}

const TOO_MANY: Omit<SkippedFile, 'name'> = {
  code: 'dicom/too-many-orientations',
  reason: `frames in more than ${MAX_ORIENTATIONS} orientations`,
};

function newStack(first: PlacedFrame): Stack {
  const stack: Stack = { first, slices: new Map(), oneTimeEach: true };
  addTo(stack, first);
  return stack;
}

const fits = ({ first }: Stack, { frame, plane }: PlacedFrame): boolean =>
  planeDifference(first.plane, plane) === undefined &&
  first.frame.frameOfReferenceUid === frame.frameOfReferenceUid;

const stepOf = ({ plane }: PlacedFrame): number => Math.round(plane.alongMm / SAME_POSITION_MM);

/** The slice at a frame's place: in its own step or, rounded to the other side, in a neighbouring one. */
function sliceAt({ slices }: Stack, frame: PlacedFrame): PlacedFrame[] | undefined {
  const step = stepOf(frame);
  return [step, step - 1, step + 1]
    .map((k) => slices.get(k))
    .find((s) => s && Math.abs(s[0]!.plane.alongMm - frame.plane.alongMm) <= SAME_POSITION_MM);
}

function addTo(stack: Stack, frame: PlacedFrame): void {
  const slice = sliceAt(stack, frame);
  if (slice) slice.push(frame);
  else stack.slices.set(stepOf(frame), [frame]);
}

/** What stacks of one scan share besides their geometry. */
function scanKey({ image, kind }: PlacedFrame): string {
  const words = (image.seriesDescription ?? image.protocolName ?? '').toLowerCase().replace(/[\d.]+/g, '#');
  return [image.studyInstanceUid, kind, image.scanningSequence, image.flipAngleDegrees, words].join('|');
}

/** Stacks of one scan made one; each is the images by slice. */
function join(stacks: readonly Stack[]): PlacedFrame[][][] {
  const byScan = groupBy(stacks, (stack) => scanKey(stack.first));
  const joined = [...byScan.values()].flatMap((ofScan) => {
    const whole: Stack[] = [];
    for (const stack of ofScan) {
      const partner = whole.find((other) => belongTogether(other, stack));
      if (partner) for (const frame of [...stack.slices.values()].flat()) addTo(partner, frame);
      else whole.push(stack);
    }
    return whole;
  });
  return joined.map(({ slices }) => [...slices.values()]);
}

const nTimes = ({ slices }: Stack): number => largest([...slices.values()].map((slice) => slice.length));

function belongTogether(other: Stack, stack: Stack): boolean {
  if (!fits(other, stack.first)) return false;
  // One series per spin-lock time, in any mixture with one series per slice.
  if (stack.oneTimeEach && other.oneTimeEach) return true;
  if (stack.oneTimeEach || other.oneTimeEach || nTimes(stack) !== nTimes(other)) return false;
  return [...stack.slices.values()].every((slice) => !sliceAt(other, slice[0]!));
}
