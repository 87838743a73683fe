import type { FormatError } from '../../core/errors.ts';
import { DICTIONARY, formatTag, type Keyword, tagOf } from './dictionary.ts';
import {
  asImplicit,
  type Encoding,
  formatError,
  type Header,
  readHeader,
  readTag,
  UNDEFINED_LENGTH,
} from './header.ts';

/**
 * Reads the elements of a DICOM data set (PS3.5 §7): tag, VR, where the value lies. Values are decoded only when asked
 * for (`values.ts`), and sequences are entered only when asked for: an undefined length is skipped by a loop with its
 * own stack, so neither depth nor size of what we do not need costs anything. Reading stops at the pixel data.
 */
export interface Element {
  readonly tag: number;
  /** Two letters; empty where the encoding is implicit. */
  readonly vr: string;
  /** Byte offset of the value. */
  readonly offset: number;
  /** Bytes of the value; for an undefined length up to, not including, its delimiter. */
  readonly length: number;
  readonly undefinedLength: boolean;
}

export interface DataSet {
  readonly encoding: Encoding;
  readonly elements: ReadonlyMap<number, Element>;
  /** `TextDecoder` label of the text in this data set. */
  readonly charset: string;
}

const ITEM = 0xfffe_e000;
const ITEM_END = 0xfffe_e00d;
const SEQUENCE_END = 0xfffe_e0dd;
const FIRST_PIXEL_TAG = tagOf('FloatPixelData');
const LAST_PIXEL_TAG = tagOf('PixelData');

/** More elements than this in one data set are no image header (real ones hold a few hundred). */
const MAX_ELEMENTS = 100_000;
/** More items than this in one sequence are not read; a large multi-frame object has a few thousand frames. */
const MAX_ITEMS = 100_000;

/**
 * Elements from a byte offset on, up to `end`, to the pixel data, or to the first tag above `lastTag`.
 * @returns the elements, and the offset after the last one.
 * @throws FormatError `dicom/truncated`, `dicom/bad-length`, `dicom/bad-tag` or `dicom/too-many-elements`.
 */
export function readElements(
  encoding: Encoding,
  start: number,
  end: number,
  lastTag: number = LAST_PIXEL_TAG,
): { elements: Map<number, Element>; next: number } {
  const elements = new Map<number, Element>();
  let offset = start;
  let previous = 0;
  while (offset < end) {
    if (isPadding(encoding, offset, end)) break;
    if (offset + 4 <= end && readTag(encoding, offset) > lastTag) break;
    const header = readHeader(encoding, offset, end);
    if (header.tag === ITEM_END || header.tag === SEQUENCE_END) {
      offset = header.offset;
      continue;
    }
    if (header.tag < previous)
      encoding.warnings.add(
        'dicom/unordered-tags',
        encoding.name,
        `${formatTag(header.tag)} stands after a higher tag; read all the same.`,
      );
    previous = header.tag;
    if (elements.size >= MAX_ELEMENTS)
      throw formatError(
        encoding,
        'dicom/too-many-elements',
        `more than ${MAX_ELEMENTS} elements in one data set.`,
      );
    const element = complete(encoding, header, end);
    elements.set(element.tag, element);
    offset = nextOffset(element);
    if (element.tag >= FIRST_PIXEL_TAG) break;
  }
  return { elements, next: offset };
}

/** Group 0000 exists only in network messages: in a file it is padding (tolerated at the end) or damage. */
function isPadding(encoding: Encoding, offset: number, end: number): boolean {
  const { bytes } = encoding;
  if (bytes[offset] !== 0 || bytes[offset + 1] !== 0) return false;
  for (let i = offset; i < end; i++)
    if (bytes[i] !== 0)
      throw formatError(encoding, 'dicom/bad-tag', 'the file is damaged: a tag of group 0000.', { offset });
  encoding.warnings.add(
    'dicom/trailing-zeros',
    encoding.name,
    `${end - offset} zero bytes at the end ignored.`,
  );
  return true;
}

const nextOffset = (e: Element): number => e.offset + e.length + (e.undefinedLength ? 8 : 0);

/** Checks a header's length, or finds the end where it is undefined. */
function complete(encoding: Encoding, header: Header, end: number): Element {
  if (header.length !== UNDEFINED_LENGTH) {
    if (header.offset + header.length > end) throw overrun(encoding, header, end);
    return { ...header, undefinedLength: false };
  }
  const implicit = !encoding.explicit || header.vr === 'UN';
  const inner: Encoding = implicit ? asImplicit(encoding, header.vr === 'UN') : encoding;
  const length = findSequenceEnd(inner, header, end) - header.offset;
  return { ...header, length, undefinedLength: true };
}

function overrun(encoding: Encoding, header: Header, end: number): FormatError {
  const has = Math.max(0, end - header.offset);
  const what = end === encoding.bytes.length ? 'the file ends' : 'the sequence that holds it ends';
  return formatError(
    encoding,
    end === encoding.bytes.length ? 'dicom/truncated' : 'dicom/bad-length',
    `the value needs ${header.length} bytes but ${what} after ${has}; copy the file from the scanner again.`,
    header,
  );
}

/**
 * Offset of the delimiter that ends a sequence of undefined length. One loop with an explicit stack of what is open:
 * nesting 10,000 deep is no deeper than 1. A missing last delimiter is tolerated at the end of the file.
 */
function findSequenceEnd(start: Encoding, header: Header, end: number): number {
  // What is open, innermost last: an item, or a sequence (or encapsulated pixel data: also items, of known length).
  const open: { item: boolean; encoding: Encoding }[] = [{ item: header.tag === ITEM, encoding: start }];
  let offset = header.offset;
  while (offset < end) {
    const top = open[open.length - 1]!;
    const h = readHeader(top.encoding, offset, end);
    if (h.tag === SEQUENCE_END || h.tag === ITEM_END) {
      // An item may have forgotten its own delimiter before the sequence's: then this closes both.
      if (h.tag === SEQUENCE_END && top.item) open.pop();
      if (open.length <= 1) return offset;
      open.pop();
      offset = h.offset;
    } else if (h.length === UNDEFINED_LENGTH) {
      const un = h.vr === 'UN' && top.encoding.explicit;
      open.push({ item: h.tag === ITEM, encoding: un ? asImplicit(top.encoding, true) : top.encoding });
      offset = h.offset;
    } else {
      if (h.offset + h.length > end) throw overrun(start, h, end);
      if (!top.item && h.tag !== ITEM)
        throw formatError(start, 'dicom/bad-sequence', `an item was expected, ${formatTag(h.tag)} came.`, {
          tag: header.tag,
          offset,
        });
      offset = h.offset + h.length;
    }
  }
  if (open.length > 1 || end !== start.bytes.length)
    throw formatError(
      start,
      'dicom/truncated',
      'the sequence has no end; copy the file from the scanner again.',
      header,
    );
  start.warnings.add(
    'dicom/missing-delimiter',
    start.name,
    `${formatTag(header.tag)} has no end mark; read to the end of the file.`,
  );
  return end;
}

/** Where the items of a sequence or of encapsulated pixel data lie: all, or the first few. */
export function itemRanges(
  encoding: Encoding,
  element: Element,
  atMost: number = Number.POSITIVE_INFINITY,
): { start: number; end: number }[] {
  const ranges: { start: number; end: number }[] = [];
  const end = element.offset + element.length;
  let offset = element.offset;
  while (offset < end && ranges.length < atMost) {
    const item = complete(encoding, readHeader(encoding, offset, end), end);
    if (item.tag === SEQUENCE_END || item.tag === ITEM_END) break;
    if (item.tag !== ITEM)
      throw formatError(
        encoding,
        'dicom/bad-sequence',
        `an item was expected, ${formatTag(item.tag)} came.`,
        {
          tag: element.tag,
          offset,
        },
      );
    if (ranges.length >= MAX_ITEMS)
      throw formatError(
        encoding,
        'dicom/too-many-items',
        `more than ${MAX_ITEMS} items in one sequence.`,
        element,
      );
    ranges.push({ start: item.offset, end: item.offset + item.length });
    offset = nextOffset(item);
  }
  return ranges;
}

/** The items of a sequence as data sets; none where it is absent or empty. */
export function items(dataSet: DataSet, keyword: Keyword, atMost?: number): DataSet[] {
  const element = dataSet.elements.get(tagOf(keyword));
  if (!element || element.length === 0) return [];
  if (element.vr !== '' && element.vr !== 'SQ' && element.vr !== 'UN') return [];
  const { encoding } = dataSet;
  const inner = element.vr === 'UN' ? asImplicit(encoding, true) : encoding;
  return itemRanges(inner, element, atMost).map(({ start, end }) => ({
    encoding: inner,
    elements: readElements(inner, start, end).elements,
    charset: dataSet.charset,
  }));
}

/** The first item of a sequence; what follows it is not read. */
export const firstItem = (dataSet: DataSet, keyword: Keyword): DataSet | undefined =>
  items(dataSet, keyword, 1)[0];

/** The element of a keyword, with the VR to decode it by. */
export function findElement(dataSet: DataSet, keyword: Keyword): Element | undefined {
  const [tag, vr] = DICTIONARY[keyword];
  const element = dataSet.elements.get(tag);
  if (!element) return undefined;
  return element.vr === '' || element.vr === 'UN' ? { ...element, vr } : element;
}
