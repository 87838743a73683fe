/** Elements in the encoding of the file that they come from, so that values are copied and never converted. */
import type { Encoding } from '../../io/dicom/header.ts';
import type { TransferSyntax } from '../../io/dicom/transfer-syntax.ts';
import { IMPLEMENTATION } from '../../io/dicom/write/part10.ts';

type Layout = Pick<Encoding, 'explicit' | 'littleEndian'>;

const LONG_VRS = new Set(['OB', 'OD', 'OF', 'OL', 'OV', 'OW', 'SQ', 'SV', 'UC', 'UN', 'UR', 'UT', 'UV']);
const ITEM = 0xfffe_e000;
const SEQUENCE_END = 0xfffe_e0dd;

/** @param isUndefined the length is not known, as of compressed pixels: a delimiter ends the value. */
export function encodeElement(
  layout: Layout,
  tag: number,
  vr: string,
  value: string | Uint8Array,
  isUndefined = false,
): Uint8Array {
  const raw = typeof value === 'string' ? Buffer.from(value, 'latin1') : value;
  const filler = vr === 'UI' || vr.startsWith('O') ? 0 : 0x20;
  const body = raw.length % 2 === 1 ? Buffer.concat([raw, Uint8Array.of(filler)]) : raw;
  const length = isUndefined ? 0xffff_ffff : body.length;
  const isLong = !layout.explicit || tag >= ITEM || LONG_VRS.has(vr);
  const hasVr = layout.explicit && tag < ITEM;
  const header = new Uint8Array(hasVr && isLong ? 12 : 8);
  const view = new DataView(header.buffer);
  view.setUint16(0, tag >>> 16, layout.littleEndian);
  view.setUint16(2, tag & 0xffff, layout.littleEndian);
  if (hasVr) header.set(Buffer.from(vr, 'latin1'), 4);
  if (isLong) view.setUint32(hasVr ? 8 : 4, length, layout.littleEndian);
  else view.setUint16(6, length, layout.littleEndian);
  const end = isUndefined ? [encodeElement(layout, SEQUENCE_END, '', '')] : [];
  return Buffer.concat([header, body, ...end]);
}

export const encodeSequence = (
  layout: Layout,
  tag: number,
  items: readonly (readonly Uint8Array[])[],
): Uint8Array =>
  encodeElement(
    layout,
    tag,
    'SQ',
    Buffer.concat(items.map((item) => encodeElement(layout, ITEM, '', Buffer.concat(item)))),
  );

export interface FileParts {
  /** Elements in ascending order. */
  readonly body: readonly Uint8Array[];
  readonly pseudonym: string;
  readonly sopClassUid: string;
  readonly sopInstanceUid: string;
  readonly method: {
    readonly text: string;
    readonly dates: string;
    /** Value and meaning, scheme DCM. */
    readonly codes: readonly (readonly [value: string, meaning: string])[];
  };
}

/** The whole file, with new file meta information and a record of what was done. */
export function encodeFile(encoding: Encoding, syntax: TransferSyntax, parts: FileParts): Uint8Array {
  const { explicit, littleEndian } = encoding;
  const layout = { explicit, littleEndian };
  const { method } = parts;
  const added = [
    encodeElement(layout, 0x0012_0062, 'CS', 'YES'),
    encodeElement(layout, 0x0012_0063, 'LO', method.text),
    encodeSequence(
      layout,
      0x0012_0064,
      method.codes.map(([value, meaning]) => [
        encodeElement(layout, 0x0008_0100, 'SH', value),
        encodeElement(layout, 0x0008_0102, 'SH', 'DCM'),
        encodeElement(layout, 0x0008_0104, 'LO', meaning),
      ]),
    ),
    encodeElement(layout, 0x0028_0303, 'CS', method.dates),
  ];
  // A deflated file is written plain: its bytes were inflated to be read.
  const uid = syntax.deflated ? '1.2.840.10008.1.2.1' : syntax.uid;
  const tagOf = (element: Uint8Array): number => {
    const view = new DataView(element.buffer, element.byteOffset);
    return view.getUint16(0, littleEndian) * 0x1_0000 + view.getUint16(2, littleEndian);
  };
  const sorted = [...parts.body, ...added]
    .filter(({ length }) => length > 0)
    .sort((a, b) => tagOf(a) - tagOf(b));
  return Buffer.concat([fileMetaBytes(parts.sopClassUid, parts.sopInstanceUid, uid), ...sorted]);
}

/** What a file begins with: preamble and file meta information (PS3.10, 7.1). */
export function fileMetaBytes(
  sopClassUid: string,
  sopInstanceUid: string,
  transferSyntaxUid: string,
): Buffer {
  const layout = { explicit: true, littleEndian: true };
  const elements = Buffer.concat([
    encodeElement(layout, 0x0002_0001, 'OB', Uint8Array.of(0, 1)),
    encodeElement(layout, 0x0002_0002, 'UI', sopClassUid),
    encodeElement(layout, 0x0002_0003, 'UI', sopInstanceUid),
    encodeElement(layout, 0x0002_0010, 'UI', transferSyntaxUid),
    encodeElement(layout, 0x0002_0012, 'UI', String(IMPLEMENTATION.ImplementationClassUID)),
  ]);
  const length = Buffer.alloc(4);
  length.writeUInt32LE(elements.length);
  return Buffer.concat([
    new Uint8Array(128),
    Buffer.from('DICM'),
    encodeElement(layout, 0x0002_0000, 'UL', length),
    elements,
  ]);
}
