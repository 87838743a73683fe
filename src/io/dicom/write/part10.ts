/**
 * Writes a DICOM Part 10 file, explicit VR little endian. The same data set gives the same bytes. Text is UTF-8 unless
 * the data set states another character set. Left out on purpose: compression, and any check that an object is complete
 * or allowed, because what real scanners write is neither.
 */
import { VERSION } from '../../../core/version.ts';
import { ATTRIBUTES, type Attributes, type DataSetToWrite, type WritableKeyword } from './attributes.ts';
import { decimalString } from './decimal-string.ts';
import { type TextEncoding, textEncoding } from './text-encoding.ts';
import { uidFrom } from './uid.ts';

const EXPLICIT_LITTLE_ENDIAN = '1.2.840.10008.1.2.1';
const UTF_8 = 'ISO_IR 192';
const PREAMBLE_BYTES = 128;
/** Longest value of the VR `SH`. */
const MAX_SHORT_STRING = 16;
/** Longest value whose length fits a short header. */
const MAX_SHORT_LENGTH = 0xfffe;

/** Who wrote a file, for its file meta information. */
export const IMPLEMENTATION: DataSetToWrite = {
  ImplementationClassUID: uidFrom('rhomap'),
  ImplementationVersionName: `RHOMAP ${VERSION}`.slice(0, MAX_SHORT_STRING),
};

/** A data set that says what it is. */
export type ObjectToWrite = Attributes & {
  readonly SOPClassUID: string;
  readonly SOPInstanceUID: string;
};

/** The bytes of the file; file meta information is added, and the character set where none is stated. */
export function writeDicom(object: ObjectToWrite): Uint8Array<ArrayBuffer> {
  const charset = object.SpecificCharacterSet ?? UTF_8;
  const toBytes = textEncoding(charset);
  const meta = encode(
    {
      FileMetaInformationVersion: Uint8Array.of(0, 1),
      MediaStorageSOPClassUID: object.SOPClassUID,
      MediaStorageSOPInstanceUID: object.SOPInstanceUID,
      TransferSyntaxUID: EXPLICIT_LITTLE_ENDIAN,
      ...IMPLEMENTATION,
    },
    utf8,
  );
  return concatenate([
    new Uint8Array(PREAMBLE_BYTES),
    utf8('DICM'),
    encode({ FileMetaInformationGroupLength: meta.length }, utf8),
    meta,
    encode({ ...object, SpecificCharacterSet: charset }, toBytes),
  ]);
}

type Value = NonNullable<DataSetToWrite[WritableKeyword]>;

function encode(dataSet: DataSetToWrite, toBytes: TextEncoding): Uint8Array<ArrayBuffer> {
  const elements = (Object.entries(dataSet) as [WritableKeyword, Value | undefined][])
    .map(([keyword, value]) => ({ tag: ATTRIBUTES[keyword][0], vr: ATTRIBUTES[keyword][1], value }))
    .sort((a, b) => a.tag - b.tag);
  return concatenate(
    elements.flatMap(({ tag, vr, value }) => {
      if (value === undefined) return [];
      const bytes = padded(valueBytes(vr, value, toBytes), vr);
      return [elementHeader(tag, vr, bytes.length), bytes];
    }),
  );
}

const LONG_VRS = new Set(['OB', 'OW', 'OF', 'SQ', 'UT']);

function elementHeader(tag: number, vr: string, length: number): Uint8Array {
  const isLong = LONG_VRS.has(vr);
  if (!isLong && length > MAX_SHORT_LENGTH)
    throw new RangeError(`A value of ${length} bytes does not fit the value representation ${vr}.`);
  const header = new Uint8Array(isLong ? 12 : 8);
  const view = new DataView(header.buffer);
  view.setUint16(0, tag >>> 16, true);
  view.setUint16(2, tag & 0xffff, true);
  header.set(utf8(vr), 4);
  if (isLong) view.setUint32(8, length, true);
  else view.setUint16(6, length, true);
  return header;
}

const BINARY: Readonly<
  Record<string, readonly [size: number, write: (v: DataView, at: number, x: number) => void]>
> = {
  US: [2, (v, at, x) => v.setUint16(at, x, true)],
  OW: [2, (v, at, x) => v.setUint16(at, x, true)],
  SS: [2, (v, at, x) => v.setInt16(at, x, true)],
  UL: [4, (v, at, x) => v.setUint32(at, x, true)],
  FL: [4, (v, at, x) => v.setFloat32(at, x, true)],
  OF: [4, (v, at, x) => v.setFloat32(at, x, true)],
  FD: [8, (v, at, x) => v.setFloat64(at, x, true)],
  AT: [4, writeTag],
};

/** A tag is two 16-bit numbers, the group first. */
function writeTag(view: DataView, at: number, tag: number): void {
  view.setUint16(at, tag >>> 16, true);
  view.setUint16(at + 2, tag & 0xffff, true);
}

function valueBytes(vr: string, value: Value, toBytes: TextEncoding): Uint8Array {
  if (value instanceof Uint8Array) return value;
  if (vr === 'SQ')
    return concatenate((value as readonly DataSetToWrite[]).flatMap((item) => itemBytes(item, toBytes)));
  const values = (typeof value === 'string' || typeof value === 'number' ? [value] : value) as ArrayLike<
    string | number
  >;
  const binary = BINARY[vr];
  if (binary === undefined) {
    const texts = Array.from(values, (v) =>
      typeof v === 'string' ? v : vr === 'DS' ? decimalString(v) : String(v),
    );
    return toBytes(texts.join('\\'));
  }
  const [size, write] = binary;
  const bytes = new Uint8Array(size * values.length);
  const view = new DataView(bytes.buffer);
  // Numbers alone come here: `DataSetToWrite` takes no text for a binary VR.
  for (let i = 0; i < values.length; i++) write(view, size * i, values[i] as number);
  return bytes;
}

/** Items of known length: no delimiters. */
function itemBytes(item: DataSetToWrite, toBytes: TextEncoding): Uint8Array[] {
  const bytes = encode(item, toBytes);
  const header = new Uint8Array(8);
  const view = new DataView(header.buffer);
  view.setUint16(0, 0xfffe, true);
  view.setUint16(2, 0xe000, true);
  view.setUint32(4, bytes.length, true);
  return [header, bytes];
}

/** Of even length: UIDs and bytes end in a null, text in a space. */
function padded(bytes: Uint8Array, vr: string): Uint8Array {
  if (bytes.length % 2 === 0) return bytes;
  return concatenate([bytes, Uint8Array.of(vr === 'UI' || vr === 'OB' || vr === 'OW' ? 0 : 0x20)]);
}

const utf8 = (text: string): Uint8Array => new TextEncoder().encode(text);

function concatenate(parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const out = new Uint8Array(parts.reduce((n, part) => n + part.length, 0));
  let at = 0;
  for (const part of parts) {
    out.set(part, at);
    at += part.length;
  }
  return out;
}
