/**
 * Writes a DICOM Part 10 file, explicit VR little endian, text in UTF-8. The same data set gives the same bytes. Left
 * out on purpose: sequences, compression, and any check that an object is complete or allowed, because what real
 * scanners write is neither.
 */
import { VERSION } from '../../../core/version.ts';
import { ATTRIBUTES, type DataSetToWrite, type WritableKeyword } from './attributes.ts';
import { decimalString } from './decimal-string.ts';
import { uidFrom } from './uid.ts';

const EXPLICIT_LITTLE_ENDIAN = '1.2.840.10008.1.2.1';
const UTF_8 = 'ISO_IR 192';
const PREAMBLE_BYTES = 128;
/** Longest value of the VR `SH`. */
const MAX_SHORT_STRING = 16;

/** A data set that says what it is. */
export type ObjectToWrite = DataSetToWrite & {
  readonly SOPClassUID: string;
  readonly SOPInstanceUID: string;
};

/** The bytes of the file; file meta information and character set are added. */
export function writeDicom(object: ObjectToWrite): Uint8Array<ArrayBuffer> {
  const meta = encode({
    FileMetaInformationVersion: Uint8Array.of(0, 1),
    MediaStorageSOPClassUID: object.SOPClassUID,
    MediaStorageSOPInstanceUID: object.SOPInstanceUID,
    TransferSyntaxUID: EXPLICIT_LITTLE_ENDIAN,
    ImplementationClassUID: uidFrom('rhomap'),
    ImplementationVersionName: `RHOMAP ${VERSION}`.slice(0, MAX_SHORT_STRING),
  });
  return concatenate([
    new Uint8Array(PREAMBLE_BYTES),
    utf8('DICM'),
    encode({ FileMetaInformationGroupLength: meta.length }),
    meta,
    encode({ ...object, SpecificCharacterSet: UTF_8 }),
  ]);
}

type Value = NonNullable<DataSetToWrite[WritableKeyword]>;

function encode(dataSet: DataSetToWrite): Uint8Array<ArrayBuffer> {
  const elements = (Object.entries(dataSet) as [WritableKeyword, Value][])
    .map(([keyword, value]) => ({ tag: ATTRIBUTES[keyword][0], vr: ATTRIBUTES[keyword][1], value }))
    .sort((a, b) => a.tag - b.tag);
  return concatenate(
    elements.flatMap(({ tag, vr, value }) => {
      const bytes = padded(valueBytes(vr, value), vr);
      return [elementHeader(tag, vr, bytes.length), bytes];
    }),
  );
}

function elementHeader(tag: number, vr: string, length: number): Uint8Array {
  const isLong = vr === 'OB' || vr === 'OW';
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
  FD: [8, (v, at, x) => v.setFloat64(at, x, true)],
};

function valueBytes(vr: string, value: Value): Uint8Array {
  if (value instanceof Uint8Array) return value;
  const values = typeof value === 'string' || typeof value === 'number' ? [value] : value;
  const binary = BINARY[vr];
  if (binary === undefined) {
    const texts = Array.from(values, (v) =>
      typeof v === 'string' ? v : vr === 'DS' ? decimalString(v) : String(v),
    );
    return utf8(texts.join('\\'));
  }
  const [size, write] = binary;
  const bytes = new Uint8Array(size * values.length);
  const view = new DataView(bytes.buffer);
  // Numbers alone come here: `DataSetToWrite` takes no text for a binary VR.
  for (let i = 0; i < values.length; i++) write(view, size * i, values[i] as number);
  return bytes;
}

/** Of even length: UIDs and bytes end in a null, text in a space. */
function padded(bytes: Uint8Array, vr: string): Uint8Array {
  if (bytes.length % 2 === 0) return bytes;
  return concatenate([bytes, Uint8Array.of(vr === 'UI' || vr === 'OB' ? 0 : 0x20)]);
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
