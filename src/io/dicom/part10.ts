import { Inflate } from 'fflate';
import type { WarningSink } from '../../core/warnings.ts';
import { type DataSet, readElements } from './data-set.ts';
import { tagOf } from './dictionary.ts';
import { type Encoding, formatError, isKnownVr } from './header.ts';
import {
  EXPLICIT_BIG_ENDIAN,
  EXPLICIT_LITTLE_ENDIAN,
  IMPLICIT_LITTLE_ENDIAN,
  type TransferSyntax,
  transferSyntaxOf,
} from './transfer-syntax.ts';
import { charsetOf, number, text } from './values.ts';

/**
 * A DICOM file (PS3.10): preamble, file meta information, data set. Tolerates a missing preamble, a missing meta
 * header, a wrong group length, and a data set that is not encoded as its transfer syntax says.
 */
export interface OpenedDicom {
  readonly syntax: TransferSyntax;
  /** Top-level elements up to and including the pixel data. */
  readonly dataSet: DataSet;
}

const PREAMBLE = 128;
/** A deflated header larger than this is no MR image's. */
const MAX_INFLATED_HEADER = 16 * 2 ** 20;
const LAST_META_TAG = 0x0002_ffff;

/**
 * @param lastTag the last tag wanted; all up to the pixel data where absent.
 * @throws FormatError `dicom/not-dicom`, `dicom/truncated`, `dicom/deflate` and those of `readElements`.
 */
export function openDicom(
  bytes: Uint8Array,
  name: string,
  warnings: WarningSink,
  lastTag?: number,
): OpenedDicom {
  const where = { name };
  if (bytes.length === 0) throw formatError(where, 'dicom/empty', 'the file is empty.');
  const prefixed = bytes.length >= PREAMBLE + 4 && latin1(bytes, PREAMBLE, 4) === 'DICM';
  const start = prefixed ? PREAMBLE + 4 : latin1(bytes, 0, 4) === 'DICM' ? 4 : 0;
  const encoding = (b: Uint8Array, s: TransferSyntax): Encoding => ({
    bytes: b,
    view: new DataView(b.buffer, b.byteOffset, b.byteLength),
    littleEndian: s.littleEndian,
    explicit: s.explicit,
    name,
    warnings,
  });
  if (start === 0) {
    if (!looksLikeDataSet(bytes)) throw formatError(where, 'dicom/not-dicom', 'this is not a DICOM file.');
    warnings.add('dicom/no-preamble', name, 'no DICOM preamble; read as a bare data set.');
  }
  const meta = readMeta(encoding(bytes, EXPLICIT_LITTLE_ENDIAN), start);
  const stated = meta.uid === undefined ? undefined : transferSyntaxOf(meta.uid);
  if (!stated && meta.next < bytes.length)
    warnings.add(
      'dicom/no-transfer-syntax',
      name,
      'no transfer syntax is given; the encoding is guessed from the first bytes.',
    );
  if (stated?.deflated) {
    const inflated = inflate(bytes.subarray(meta.next), encoding(bytes, stated));
    return { syntax: stated, dataSet: readDataSet(encoding(inflated, stated), 0, lastTag) };
  }
  const actual = checkEncoding(bytes, meta.next, stated, encoding(bytes, EXPLICIT_LITTLE_ENDIAN));
  const syntax = stated && stated.codec !== 'native' ? stated : actual;
  return { syntax, dataSet: readDataSet(encoding(bytes, actual), meta.next, lastTag) };
}

function readDataSet(encoding: Encoding, start: number, lastTag?: number): DataSet {
  const { elements } = readElements(encoding, start, encoding.bytes.length, lastTag);
  if (elements.size === 0)
    throw formatError(encoding, 'dicom/truncated', 'the file ends before its first element.');
  const bare: DataSet = { encoding, elements, charset: 'latin1' };
  return { ...bare, charset: charsetOf(bare) };
}

function latin1(bytes: Uint8Array, offset: number, length: number): string {
  return String.fromCharCode(...bytes.subarray(offset, offset + length));
}

/** The file meta group, if there is one: always explicit little endian. Its group length is often wrong: not used. */
function readMeta(encoding: Encoding, start: number): { uid: string | undefined; next: number } {
  const { bytes } = encoding;
  if (start + 8 > bytes.length)
    throw formatError(encoding, 'dicom/truncated', 'the file ends inside its header.');
  if (bytes[start] !== 2 || bytes[start + 1] !== 0) return { uid: undefined, next: start };
  const { elements, next } = readElements(encoding, start, bytes.length, LAST_META_TAG);
  const meta: DataSet = { encoding, elements, charset: 'latin1' };
  return { uid: text(meta, 'TransferSyntaxUID'), next };
}

/** A bare data set begins with a low even group, in either byte order. */
function looksLikeDataSet(bytes: Uint8Array): boolean {
  if (bytes.length < 8) return false;
  const little = bytes[0]! + 256 * bytes[1]!;
  const big = 256 * bytes[0]! + bytes[1]!;
  const element = Math.min(bytes[2]! + 256 * bytes[3]!, 256 * bytes[2]! + bytes[3]!);
  return (little === 2 || little === 8 || big === 8) && element <= 0x20;
}

/** What the data set's first element says about its encoding, against what the file meta says. */
function checkEncoding(
  bytes: Uint8Array,
  offset: number,
  stated: TransferSyntax | undefined,
  where: Encoding,
): TransferSyntax {
  if (offset + 8 > bytes.length)
    throw formatError(where, 'dicom/truncated', 'the file ends before its data set.', { offset });
  const explicit = isKnownVr(latin1(bytes, offset + 4, 2));
  const littleEndian = bytes[offset]! !== 0 || bytes[offset + 1] === 0;
  if (stated && stated.explicit === explicit && stated.littleEndian === littleEndian) return stated;
  const actual = explicit
    ? littleEndian
      ? EXPLICIT_LITTLE_ENDIAN
      : EXPLICIT_BIG_ENDIAN
    : IMPLICIT_LITTLE_ENDIAN;
  if (stated)
    where.warnings.add(
      'dicom/wrong-encoding',
      where.name,
      `the header says ${stated.name}, but the data set is ${actual.name}; read as that.`,
    );
  return actual;
}

/**
 * Inflates until the pixel data that the header declares is complete, and not further: what swells beyond is refused.
 */
function inflate(deflated: Uint8Array, where: Encoding): Uint8Array {
  const header = inflateUpTo(deflated, MAX_INFLATED_HEADER, where);
  if (header.complete) return header.bytes;
  const limit = declaredEnd(header.bytes, where);
  const full = inflateUpTo(deflated, limit, where);
  return full.bytes;
}

const MAX_PIXEL_BYTES = 2 ** 29;

/** Byte offset at which the pixel data ends, from a header whose end may be missing. */
function declaredEnd(bytes: Uint8Array, where: Encoding): number {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const pixelTag = tagOf('PixelData');
  const { elements, next } = readElements({ ...where, bytes, view }, 0, bytes.length, pixelTag - 1);
  const dataSet: DataSet = { encoding: { ...where, bytes, view }, elements, charset: 'latin1' };
  const count =
    (number(dataSet, 'Rows') ?? 0) *
    (number(dataSet, 'Columns') ?? 0) *
    (number(dataSet, 'NumberOfFrames') ?? 1);
  const size = (count * (number(dataSet, 'BitsAllocated') ?? 0)) / 8;
  if (!(size > 0) || size > MAX_PIXEL_BYTES)
    throw formatError(
      where,
      'dicom/deflate',
      `the deflated data set swells beyond the ${size} bytes of pixels that it declares.`,
    );
  return next + 12 + size + 1;
}

function inflateUpTo(
  deflated: Uint8Array,
  limit: number,
  where: Encoding,
): { bytes: Uint8Array; complete: boolean } {
  const chunks: Uint8Array[] = [];
  let total = 0;
  let complete = false;
  const stream = new Inflate((chunk, final) => {
    chunks.push(chunk);
    total += chunk.length;
    complete = final;
  });
  // Small input steps, since one step may swell a thousandfold.
  const step = 16_384;
  try {
    for (let i = 0; i < deflated.length && total < limit; i += step)
      stream.push(deflated.subarray(i, i + step), i + step >= deflated.length);
  } catch {
    throw formatError(
      where,
      'dicom/deflate',
      'the deflated data set is damaged; copy the file from the scanner again.',
    );
  }
  const bytes = new Uint8Array(total);
  let offset = 0;
  for (const chunk of chunks) {
    bytes.set(chunk, offset);
    offset += chunk.length;
  }
  return { bytes, complete };
}
