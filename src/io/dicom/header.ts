import { FormatError } from '../../core/errors.ts';
import type { WarningSink } from '../../core/warnings.ts';
import { formatTag } from './dictionary.ts';

/**
 * The header of one element (PS3.5 §7.1): tag, value representation and length, in any encoding, and what to make of
 * a value representation that the standard does not know.
 */
export const UNDEFINED_LENGTH = 0xffff_ffff;

/** Where and how elements are encoded. */
export interface Encoding {
  readonly bytes: Uint8Array;
  readonly view: DataView;
  readonly littleEndian: boolean;
  readonly explicit: boolean;
  /** File name, for messages. */
  readonly name: string;
  readonly warnings: WarningSink;
}

/** VRs whose explicit header has two reserved bytes and a length of four (PS3.5 table 7.1-1). */
const LONG_VRS = new Set(['OB', 'OD', 'OF', 'OL', 'OV', 'OW', 'SQ', 'SV', 'UC', 'UN', 'UR', 'UT', 'UV']);
const SHORT_VRS = new Set('AE AS AT CS DA DS DT FD FL IS LO LT PN SH SL SS ST TM UI UL US'.split(' '));

export const isKnownVr = (vr: string): boolean => LONG_VRS.has(vr) || SHORT_VRS.has(vr);

/** `FormatError` that names file, tag and byte offset. */
export function formatError(
  encoding: Pick<Encoding, 'name'>,
  code: string,
  message: string,
  at?: { tag?: number; offset?: number },
): FormatError {
  const tag = at?.tag === undefined ? '' : ` ${formatTag(at.tag)}`;
  const offset = at?.offset === undefined ? '' : ` at byte ${at.offset}`;
  return new FormatError(code, `${encoding.name}${tag}${offset}`, message);
}

export interface Header {
  readonly tag: number;
  /** Two letters; empty where the encoding is implicit. */
  readonly vr: string;
  /** Byte offset of the value. */
  readonly offset: number;
  /** As stored; `UNDEFINED_LENGTH` where only a delimiter ends the value. */
  readonly length: number;
}

export function readTag(encoding: Encoding, offset: number): number {
  const { view, littleEndian } = encoding;
  return view.getUint16(offset, littleEndian) * 0x1_0000 + view.getUint16(offset + 2, littleEndian);
}

/** Tag, VR and length at `offset`; the value's offset follows from them. */
export function readHeader(encoding: Encoding, offset: number, end: number): Header {
  const { view, littleEndian } = encoding;
  if (offset + 8 > end)
    throw formatError(encoding, 'dicom/truncated', 'the data set breaks off inside an element.', { offset });
  const tag = readTag(encoding, offset);
  // Items and delimiters have no VR in any encoding.
  if (!encoding.explicit || tag >= 0xfffe_0000)
    return { tag, vr: '', offset: offset + 8, length: view.getUint32(offset + 4, littleEndian) };
  const vr = String.fromCharCode(view.getUint8(offset + 4), view.getUint8(offset + 5));
  if (SHORT_VRS.has(vr))
    return { tag, vr, offset: offset + 8, length: view.getUint16(offset + 6, littleEndian) };
  const long = (): Header => {
    if (offset + 12 > end)
      throw formatError(encoding, 'dicom/truncated', 'the data set breaks off inside an element.', {
        tag,
        offset,
      });
    return { tag, vr, offset: offset + 12, length: view.getUint32(offset + 8, littleEndian) };
  };
  return LONG_VRS.has(vr) ? long() : readOddHeader(encoding, offset, end, tag, vr);
}

/**
 * A VR that the standard does not know. Seen: a future VR (long header), a misspelt one (short header), an element
 * written without VR in an explicit file. The reading after which a sensible tag follows is taken.
 */
function readOddHeader(encoding: Encoding, offset: number, end: number, tag: number, vr: string): Header {
  const { view, littleEndian } = encoding;
  const candidates: Header[] = [
    { tag, vr: 'UN', offset: offset + 8, length: view.getUint16(offset + 6, littleEndian) },
  ];
  if (offset + 12 <= end)
    candidates.unshift({
      tag,
      vr: 'UN',
      offset: offset + 12,
      length: view.getUint32(offset + 8, littleEndian),
    });
  candidates.push({ tag, vr: '', offset: offset + 8, length: view.getUint32(offset + 4, littleEndian) });
  const follows = (h: Header): boolean => {
    const next = h.offset + h.length;
    if (next === end) return true;
    if (next + 8 > end) return false;
    const nextTag = readTag(encoding, next);
    const group = nextTag >>> 16;
    return nextTag > tag && (group === tag >>> 16 || group % 2 === 0 || group > 8);
  };
  const chosen = candidates.find(follows);
  const printable = /^[\x20-\x7e]{2}$/.test(vr) ? `"${vr}"` : 'unreadable';
  if (!chosen)
    throw formatError(
      encoding,
      'dicom/unknown-vr',
      `the value representation is ${printable}, not one of DICOM's.`,
      {
        tag,
        offset,
      },
    );
  encoding.warnings.add(
    'dicom/unknown-vr',
    encoding.name,
    `${formatTag(tag)} has the unknown value representation ${printable}; its value is passed over unless needed.`,
  );
  return chosen;
}

/** Private data of unknown VR and undefined length are implicit, little endian, whatever surrounds them (CP-246). */
export const asImplicit = (encoding: Encoding, littleEndian: boolean): Encoding => ({
  ...encoding,
  explicit: false,
  littleEndian: littleEndian || encoding.littleEndian,
});
