import { UnsupportedError } from '../../core/errors.ts';
import { type DataSet, type Element, findElement, itemRanges } from './data-set.ts';
import type { Keyword } from './dictionary.ts';
import { formatError } from './header.ts';
import type { PixelCodec, TransferSyntax } from './transfer-syntax.ts';
import { number, numbers, text } from './values.ts';

/** Where the pixels of a file lie and how one sample is stored, checked against the size of what is there. */
export interface PixelLayout {
  readonly codec: PixelCodec;
  readonly nRows: number;
  readonly nColumns: number;
  readonly nFrames: number;
  readonly samplesPerPixel: number;
  readonly photometricInterpretation: string;
  readonly sample: SampleFormat;
  readonly littleEndian: boolean;
  /** Stored values that mean "no pixel here" (PixelPaddingValue to PixelPaddingRangeLimit). */
  readonly padding: readonly [from: number, to: number] | undefined;
  /** Byte ranges of each frame's data: one for native pixels, one per fragment for encapsulated ones. */
  readonly frames: readonly (readonly ByteRange[])[];
}

export interface ByteRange {
  readonly start: number;
  readonly end: number;
}

export interface SampleFormat {
  readonly kind: 'integer' | 'float';
  readonly bitsAllocated: number;
  readonly bitsStored: number;
  readonly highBit: number;
  readonly signed: boolean;
}

/** 64 million pixels in one frame: far above MR, and still 256 MB as float32. */
const MAX_FRAME_PIXELS = 2 ** 26;
/** Sorting frames by place is quadratic in the worst case; scans of the liver have a few hundred. */
const MAX_FRAMES = 20_000;

const PIXEL_KEYWORDS = ['PixelData', 'FloatPixelData', 'DoubleFloatPixelData'] as const satisfies Keyword[];

/**
 * The pixel layout of a data set, or `undefined` where it has no pixels.
 * @throws FormatError where sizes are missing or do not fit the data; UnsupportedError for what no MR image needs.
 */
export function locatePixels(dataSet: DataSet, syntax: TransferSyntax): PixelLayout | undefined {
  const keyword = PIXEL_KEYWORDS.find((k) => findElement(dataSet, k));
  if (!keyword) return checkNoPixels(dataSet);
  const element = findElement(dataSet, keyword)!;
  const nRows = count(dataSet, 'Rows');
  const nColumns = count(dataSet, 'Columns');
  const nFrames = count(dataSet, 'NumberOfFrames', 1);
  const samplesPerPixel = count(dataSet, 'SamplesPerPixel', 1);
  if (nRows * nColumns > MAX_FRAME_PIXELS || nFrames > MAX_FRAMES)
    throw new UnsupportedError(
      'dicom/too-large',
      `${dataSet.encoding.name}: ${nFrames} frames of ${nRows}×${nColumns} pixels are not read.`,
    );
  const sample = sampleFormat(dataSet, keyword);
  const frameBits = nRows * nColumns * samplesPerPixel * sample.bitsAllocated;
  const encapsulated = element.undefinedLength;
  return {
    codec: encapsulated ? encapsulatedCodec(dataSet, syntax) : nativeCodec(dataSet, syntax),
    nRows,
    nColumns,
    nFrames,
    samplesPerPixel,
    photometricInterpretation: text(dataSet, 'PhotometricInterpretation') ?? 'MONOCHROME2',
    sample,
    littleEndian: dataSet.encoding.littleEndian,
    padding: paddingRange(dataSet, sample),
    frames: encapsulated
      ? frameFragments(dataSet, element, nFrames)
      : nativeFrames(dataSet, element, nFrames, frameBits),
  };
}

/** A file cut off before its pixels still says that it has an image. */
function checkNoPixels(dataSet: DataSet): undefined {
  if (number(dataSet, 'Rows') !== undefined && number(dataSet, 'BitsAllocated') !== undefined)
    throw formatError(
      dataSet.encoding,
      'dicom/no-pixels',
      'the header describes an image but the file ends before its pixels; copy it from the scanner again.',
    );
  return undefined;
}

function count(dataSet: DataSet, keyword: Keyword, absent?: number): number {
  const value = number(dataSet, keyword) ?? absent;
  if (value === undefined || !Number.isSafeInteger(value) || value < 1)
    throw formatError(
      dataSet.encoding,
      'dicom/bad-size',
      `${keyword} is ${value ?? 'missing'}; an image needs a positive whole number.`,
      {
        tag: findElement(dataSet, keyword)?.tag ?? 0,
      },
    );
  return value;
}

function sampleFormat(dataSet: DataSet, keyword: (typeof PIXEL_KEYWORDS)[number]): SampleFormat {
  if (keyword !== 'PixelData') {
    const bits = keyword === 'FloatPixelData' ? 32 : 64;
    return { kind: 'float', bitsAllocated: bits, bitsStored: bits, highBit: bits - 1, signed: true };
  }
  const bitsAllocated = count(dataSet, 'BitsAllocated');
  let bitsStored = number(dataSet, 'BitsStored') ?? bitsAllocated;
  let highBit = number(dataSet, 'HighBit') ?? bitsStored - 1;
  if (
    !(bitsStored >= 1 && bitsStored <= bitsAllocated && highBit < bitsAllocated && highBit >= bitsStored - 1)
  ) {
    const { warnings, name } = dataSet.encoding;
    warnings.add(
      'dicom/bad-bits',
      name,
      `BitsStored ${bitsStored} and HighBit ${highBit} do not fit ${bitsAllocated} bits; all bits are used.`,
    );
    bitsStored = bitsAllocated;
    highBit = bitsAllocated - 1;
  }
  const signed = number(dataSet, 'PixelRepresentation') === 1;
  return { kind: 'integer', bitsAllocated, bitsStored, highBit, signed };
}

function paddingRange(dataSet: DataSet, sample: SampleFormat): [number, number] | undefined {
  const value = number(dataSet, 'PixelPaddingValue');
  if (value === undefined || sample.kind === 'float') return undefined;
  const limit = number(dataSet, 'PixelPaddingRangeLimit') ?? value;
  // Both are US or SS by PixelRepresentation; implicit VR does not say which, so the sign is restored here.
  const signed = (v: number): number => (sample.signed && v > 0x7fff ? v - 0x1_0000 : v);
  const [a, b] = [signed(value), signed(limit)];
  return [Math.min(a, b), Math.max(a, b)];
}

function nativeCodec(dataSet: DataSet, syntax: TransferSyntax): PixelCodec {
  if (syntax.codec !== 'native') {
    const { warnings, name } = dataSet.encoding;
    warnings.add(
      'dicom/not-compressed',
      name,
      `the header says ${syntax.name}, but the pixels are not compressed; read as they are.`,
    );
  }
  return 'native';
}

function encapsulatedCodec(dataSet: DataSet, syntax: TransferSyntax): PixelCodec {
  if (syntax.codec === 'native')
    throw formatError(
      dataSet.encoding,
      'dicom/wrong-syntax',
      `the pixels are compressed, but the header says ${syntax.name}.`,
    );
  return syntax.codec;
}

function nativeFrames(dataSet: DataSet, element: Element, nFrames: number, frameBits: number): ByteRange[][] {
  const frameBytes = frameBits / 8;
  const expected = Math.ceil(frameBytes * nFrames);
  const surplus = element.length - expected;
  if (surplus < 0)
    throw formatError(
      dataSet.encoding,
      'dicom/pixel-length',
      `rows × columns × frames need ${expected} bytes of pixels, the file has ${element.length}; copy it from the scanner again.`,
      element,
    );
  if (surplus > 1)
    dataSet.encoding.warnings.add(
      'dicom/pixel-padding',
      dataSet.encoding.name,
      `${surplus} bytes after the last pixel ignored.`,
    );
  // Whole bytes per frame hold for all that can be decoded; one-bit frames are refused on decoding.
  return Array.from({ length: nFrames }, (_, i) => {
    const start = element.offset + Math.floor(i * frameBytes);
    return [{ start, end: start + Math.ceil(frameBytes) }];
  });
}

/**
 * Which fragments make up which frame: one each, all for one frame, by the offset tables, or where a fragment begins
 * with an image's start marker.
 */
function frameFragments(dataSet: DataSet, element: Element, nFrames: number): ByteRange[][] {
  const { encoding } = dataSet;
  const [table, ...fragments] = itemRanges(encoding, element);
  if (!table || fragments.length < nFrames)
    throw formatError(
      encoding,
      'dicom/pixel-length',
      `${nFrames} frames need as many fragments, the file has ${fragments.length}.`,
      element,
    );
  if (nFrames === 1) return [fragments];
  if (fragments.length === nFrames) return fragments.map((f) => [f]);
  const starts = frameStarts(dataSet, table, fragments, nFrames);
  const indices = starts.map((s) => fragments.findIndex((f) => f.start - 8 === s));
  const ordered = indices.every((at, i) => at >= 0 && (i === 0 ? at === 0 : at > indices[i - 1]!));
  if (!ordered || indices.length !== nFrames)
    throw formatError(
      encoding,
      'dicom/pixel-length',
      `${fragments.length} fragments cannot be told apart into ${nFrames} frames.`,
      element,
    );
  return indices.map((at, i) => fragments.slice(at, indices[i + 1]));
}

/** Byte offsets of the first fragment's item tag of each frame. */
function frameStarts(
  dataSet: DataSet,
  table: ByteRange,
  fragments: readonly ByteRange[],
  nFrames: number,
): number[] {
  const { bytes, view } = dataSet.encoding;
  const first = fragments[0]!.start - 8;
  const extended = numbers(dataSet, 'ExtendedOffsetTable');
  if (extended.length === nFrames) return extended.map((o) => first + o);
  if (table.end - table.start === 4 * nFrames)
    return Array.from({ length: nFrames }, (_, i) => first + view.getUint32(table.start + 4 * i, true));
  const startsImage = ({ start }: ByteRange): boolean =>
    bytes[start] === 0xff && (bytes[start + 1] === 0xd8 || bytes[start + 1] === 0x4f);
  return fragments.filter(startsImage).map((f) => f.start - 8);
}
