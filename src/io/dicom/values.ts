import { type DataSet, type Element, findElement } from './data-set.ts';
import type { Keyword } from './dictionary.ts';

/** Values of elements, decoded on demand. An absent, empty or unreadable value is `undefined`, never 0. */

/** No text that rhomap reads is longer; what a damaged length would add is cut. */
const MAX_TEXT_BYTES = 65_536;

/** `TextDecoder` labels of SpecificCharacterSet's defined terms (PS3.3 C.12.1.1.2). */
const CHARSETS: Readonly<Record<string, string>> = {
  'ISO_IR 100': 'latin1',
  'ISO_IR 101': 'iso-8859-2',
  'ISO_IR 109': 'iso-8859-3',
  'ISO_IR 110': 'iso-8859-4',
  'ISO_IR 144': 'iso-8859-5',
  'ISO_IR 127': 'iso-8859-6',
  'ISO_IR 126': 'iso-8859-7',
  'ISO_IR 138': 'iso-8859-8',
  'ISO_IR 148': 'iso-8859-9',
  'ISO_IR 13': 'shift_jis',
  'ISO_IR 166': 'windows-874',
  'ISO_IR 192': 'utf-8',
  'ISO 2022 IR 87': 'iso-2022-jp',
  'ISO 2022 IR 149': 'euc-kr',
  'ISO 2022 IR 58': 'gb18030',
  GB18030: 'gb18030',
  GBK: 'gbk',
};

/** The label for a data set's SpecificCharacterSet; of several, the last known one (it extends the first). */
export function charsetOf(dataSet: DataSet): string {
  const terms = texts(dataSet, 'SpecificCharacterSet');
  const known = terms.map((t) => CHARSETS[t] ?? CHARSETS[t.replace('ISO 2022 IR', 'ISO_IR')]);
  return known.findLast((label) => label !== undefined) ?? 'latin1';
}

/** The whole text of an element, without padding. */
export function text(dataSet: DataSet, keyword: Keyword): string | undefined {
  const element = findElement(dataSet, keyword);
  if (!element || element.length === 0) return undefined;
  const end = element.offset + Math.min(element.length, MAX_TEXT_BYTES);
  const value = decode(dataSet.encoding.bytes.subarray(element.offset, end), dataSet.charset)
    // Control characters would reach a terminal through `inspect`.
    // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is removed
    .replace(/[\u0000-\u001f\u007f-\u009f]+/g, ' ')
    .trim();
  return value === '' ? undefined : value;
}

function decode(bytes: Uint8Array, charset: string): string {
  if (bytes.length < 128 && bytes.every((b) => b < 0x80)) return String.fromCharCode(...bytes);
  return new TextDecoder(charset).decode(bytes);
}

/** The backslash-separated values of a text element. */
export const texts = (dataSet: DataSet, keyword: Keyword): string[] =>
  text(dataSet, keyword)
    ?.split('\\')
    .map((part) => part.trim()) ?? [];

const BINARY: Readonly<
  Record<string, readonly [size: number, read: (v: DataView, o: number, le: boolean) => number]>
> = {
  US: [2, (v, o, le) => v.getUint16(o, le)],
  SS: [2, (v, o, le) => v.getInt16(o, le)],
  UL: [4, (v, o, le) => v.getUint32(o, le)],
  SL: [4, (v, o, le) => v.getInt32(o, le)],
  FL: [4, (v, o, le) => v.getFloat32(o, le)],
  FD: [8, (v, o, le) => v.getFloat64(o, le)],
  UV: [8, (v, o, le) => Number(v.getBigUint64(o, le))],
  SV: [8, (v, o, le) => Number(v.getBigInt64(o, le))],
  OV: [8, (v, o, le) => Number(v.getBigUint64(o, le))],
};

/** Numbers of a binary or text (DS, IS) element. Empty where any value is unreadable: half a position is none. */
export function numbers(dataSet: DataSet, keyword: Keyword): number[] {
  const element = findElement(dataSet, keyword);
  if (!element) return [];
  const binary = BINARY[element.vr];
  const values = binary ? binaryNumbers(dataSet, element, binary) : textNumbers(dataSet, keyword);
  return values.every(Number.isFinite) ? values : [];
}

function binaryNumbers(dataSet: DataSet, element: Element, [size, read]: (typeof BINARY)[string]): number[] {
  const { view, littleEndian } = dataSet.encoding;
  const n = Math.min(Math.floor(element.length / size), MAX_TEXT_BYTES);
  return Array.from({ length: n }, (_, i) => read(view, element.offset + i * size, littleEndian));
}

function textNumbers(dataSet: DataSet, keyword: Keyword): number[] {
  const parts = texts(dataSet, keyword);
  if (parts.every((part) => part === '')) return [];
  return parts.map((part) => {
    if (part === '') return Number.NaN;
    const value = Number(part);
    if (Number.isFinite(value)) return value;
    // Scanners set to a continental locale write a decimal comma.
    const repaired = Number(part.replace(',', '.'));
    if (Number.isFinite(repaired))
      dataSet.encoding.warnings.add(
        'dicom/decimal-comma',
        dataSet.encoding.name,
        `${keyword} has a decimal comma: "${part}".`,
      );
    return repaired;
  });
}

/** The first number of an element. */
export const number = (dataSet: DataSet, keyword: Keyword): number | undefined =>
  numbers(dataSet, keyword)[0];
