/** Writes small DICOM files for tests, valid or deliberately not: elements as `[tag, VR, value]`. */
export type Value = string | number | readonly number[] | Uint8Array | readonly Item[];
export type Item = readonly Entry[];
export type Entry = readonly [tag: number, vr: string, value: Value];

const LONG = new Set(['OB', 'OD', 'OF', 'OL', 'OV', 'OW', 'SQ', 'SV', 'UC', 'UN', 'UR', 'UT', 'UV']);
const BINARY: Record<string, [number, (v: DataView, o: number, x: number) => void]> = {
  US: [2, (v, o, x) => v.setUint16(o, x, true)],
  SS: [2, (v, o, x) => v.setInt16(o, x, true)],
  UL: [4, (v, o, x) => v.setUint32(o, x, true)],
  FL: [4, (v, o, x) => v.setFloat32(o, x, true)],
  FD: [8, (v, o, x) => v.setFloat64(o, x, true)],
  UV: [8, (v, o, x) => v.setBigUint64(o, BigInt(x), true)],
  SV: [8, (v, o, x) => v.setBigInt64(o, BigInt(x), true)],
};

export function concat(parts: readonly Uint8Array[]): Uint8Array {
  const out = new Uint8Array(parts.reduce((n, p) => n + p.length, 0));
  let at = 0;
  for (const part of parts) {
    out.set(part, at);
    at += part.length;
  }
  return out;
}

export const ascii = (text: string): Uint8Array => Uint8Array.from(text, (c) => c.charCodeAt(0));

function uint(value: number, size: 2 | 4): Uint8Array {
  const out = new Uint8Array(size);
  for (let i = 0; i < size; i++) out[i] = Math.floor(value / 256 ** i) & 0xff;
  return out;
}

export const tagBytes = (tag: number): Uint8Array =>
  concat([uint(Math.floor(tag / 65536), 2), uint(tag % 65536, 2)]);

function valueBytes(vr: string, value: Value): Uint8Array {
  if (value instanceof Uint8Array) return value;
  if (typeof value === 'string') return ascii(value.length % 2 ? value + (vr === 'UI' ? '\0' : ' ') : value);
  if (vr === 'SQ') return concat((value as readonly Item[]).map((item) => itemBytes(item)));
  const numbers = typeof value === 'number' ? [value] : (value as readonly number[]);
  const [size, write] = BINARY[vr]!;
  const out = new Uint8Array(numbers.length * size);
  numbers.forEach((x, i) => {
    write(new DataView(out.buffer), i * size, x);
  });
  return out;
}

function itemBytes(item: Item): Uint8Array {
  const body = elements(item);
  return concat([tagBytes(0xfffe_e000), uint(body.length, 4), body]);
}

/** One element, explicit little endian; `length` overrides the true one. */
export function element([tag, vr, value]: Entry, length?: number): Uint8Array {
  const body = valueBytes(vr, value);
  const size = length ?? body.length;
  const header = LONG.has(vr) ? [ascii(vr), new Uint8Array(2), uint(size, 4)] : [ascii(vr), uint(size, 2)];
  return concat([tagBytes(tag), ...header, body]);
}

export const elements = (entries: readonly Entry[]): Uint8Array => concat(entries.map((e) => element(e)));

/** A file: preamble, meta with the transfer syntax, and whatever bytes follow. */
export function part10(body: Uint8Array, syntax = '1.2.840.10008.1.2.1'): Uint8Array {
  const meta = element([0x0002_0010, 'UI', syntax]);
  return concat([new Uint8Array(128), ascii('DICM'), element([0x0002_0000, 'UL', meta.length]), meta, body]);
}

/** The elements of a 2×2 MR image; entries given replace or add. */
export function mrImage(...changes: readonly Entry[]): Entry[] {
  const base: Entry[] = [
    [0x0008_0008, 'CS', 'ORIGINAL\\PRIMARY\\M\\FFE'],
    [0x0008_0016, 'UI', '1.2.840.10008.5.1.4.1.1.4'],
    [0x0008_0018, 'UI', '1.2.3.1'],
    [0x0008_0060, 'CS', 'MR'],
    [0x0020_000d, 'UI', '1.2.3'],
    [0x0020_000e, 'UI', '1.2.3.4'],
    [0x0020_0011, 'IS', '5'],
    [0x0020_0013, 'IS', '1'],
    [0x0020_0032, 'DS', '0\\0\\0'],
    [0x0020_0037, 'DS', '1\\0\\0\\0\\1\\0'],
    [0x0028_0002, 'US', 1],
    [0x0028_0004, 'CS', 'MONOCHROME2'],
    [0x0028_0010, 'US', 2],
    [0x0028_0011, 'US', 2],
    [0x0028_0030, 'DS', '1.5\\1.5'],
    [0x0028_0100, 'US', 16],
    [0x0028_0101, 'US', 12],
    [0x0028_0102, 'US', 11],
    [0x0028_0103, 'US', 0],
    [0x7fe0_0010, 'OW', Uint8Array.of(1, 0, 2, 0, 3, 0, 4, 0)],
  ];
  const byTag = new Map([...base, ...changes].map((e) => [e[0], e]));
  return [...byTag.values()].sort((a, b) => a[0] - b[0]);
}
