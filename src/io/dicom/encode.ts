/**
 * A DICOM Part 10 file, explicit VR little endian, from elements. Only what a flat image needs: no sequences, no
 * compression, no check that an object is complete. It writes what it is given, also values that break the standard,
 * because real scanners do too.
 */
export interface DicomElement {
  /** Group and element, e.g. 0x0028_0010. */
  readonly tag: number;
  readonly vr: string;
  /** Text (several values joined by a backslash), unsigned 16-bit numbers, or bytes as they are. */
  readonly value: string | readonly number[] | Uint8Array;
}

/** Value representations with a 32-bit length. */
const LONG = new Set(['OB', 'OW', 'OF', 'UN', 'UT', 'SQ', 'UC', 'UR']);
const EXPLICIT_LITTLE_ENDIAN = '1.2.840.10008.1.2.1';
const IMPLEMENTATION_UID = '2.25.325066172949107953284915307166413812213';

/** The file: preamble, meta information, and the elements in rising order of tags. */
export function encodeDicom(
  sopClassUid: string,
  sopInstanceUid: string,
  elements: readonly DicomElement[],
): Uint8Array<ArrayBuffer> {
  const meta = encodeElements([
    { tag: 0x0002_0001, vr: 'OB', value: Uint8Array.of(0, 1) },
    { tag: 0x0002_0002, vr: 'UI', value: sopClassUid },
    { tag: 0x0002_0003, vr: 'UI', value: sopInstanceUid },
    { tag: 0x0002_0010, vr: 'UI', value: EXPLICIT_LITTLE_ENDIAN },
    { tag: 0x0002_0012, vr: 'UI', value: IMPLEMENTATION_UID },
  ]);
  const length = new Uint8Array(4);
  new DataView(length.buffer).setUint32(0, meta.length, true);
  const parts = [
    new Uint8Array(128),
    new TextEncoder().encode('DICM'),
    encodeElements([{ tag: 0x0002_0000, vr: 'UL', value: length }]),
    meta,
    encodeElements([
      ...elements,
      { tag: 0x0008_0016, vr: 'UI', value: sopClassUid },
      { tag: 0x0008_0018, vr: 'UI', value: sopInstanceUid },
    ]),
  ];
  return concatenate(parts);
}

function encodeElements(elements: readonly DicomElement[]): Uint8Array<ArrayBuffer> {
  const sorted = [...elements].sort((a, b) => a.tag - b.tag);
  return concatenate(
    sorted.flatMap(({ tag, vr, value }) => {
      const bytes = valueBytes(vr, value);
      const header = new Uint8Array(LONG.has(vr) ? 12 : 8);
      const view = new DataView(header.buffer);
      view.setUint16(0, tag >>> 16, true);
      view.setUint16(2, tag & 0xffff, true);
      header.set([vr.charCodeAt(0), vr.charCodeAt(1)], 4);
      if (LONG.has(vr)) view.setUint32(8, bytes.length, true);
      else view.setUint16(6, bytes.length, true);
      return [header, bytes];
    }),
  );
}

/** Values of even length: text is padded by a space, UIDs and bytes by a null. */
function valueBytes(vr: string, value: DicomElement['value']): Uint8Array {
  if (typeof value === 'string') {
    const padding = value.length % 2 === 0 ? '' : vr === 'UI' ? '\0' : ' ';
    return new TextEncoder().encode(value + padding);
  }
  if (value instanceof Uint8Array) return value.length % 2 === 0 ? value : Uint8Array.of(...value, 0);
  const bytes = new Uint8Array(2 * value.length);
  const view = new DataView(bytes.buffer);
  for (const [i, v] of value.entries()) view.setUint16(2 * i, v, true);
  return bytes;
}

function concatenate(parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const out = new Uint8Array(parts.reduce((n, part) => n + part.length, 0));
  let at = 0;
  for (const part of parts) {
    out.set(part, at);
    at += part.length;
  }
  return out;
}
