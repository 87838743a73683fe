import type { Samples } from './codecs.ts';
import type { CodestreamSize } from './codestream.ts';

/**
 * JPEG lossless, Huffman (ISO 10918-1 annex H, process 14; DICOM .57 and .70), one component: predictors 1–7, point
 * transform, restart intervals. Written here because the libraries fill a stream that breaks off with zeros, which
 * would be fitted as if measured: here running out of data, or a code that does not exist, is an error.
 * Left out: several components (colour), arithmetic coding, hierarchical mode.
 */

/** Looks codes of up to 16 bits up at once: (length << 8 | category), 0 where no code begins so. */
type HuffmanTable = Uint16Array;

interface Scan {
  readonly table: HuffmanTable;
  readonly predictor: number;
  readonly pointTransform: number;
  readonly restartInterval: number;
  /** First entropy-coded byte. */
  readonly start: number;
}

/** @throws RangeError with a reason. */
export function decodeJpegLossless(data: Uint8Array, size: CodestreamSize): Samples {
  const scan = readSegments(data);
  const { nRows, nColumns, precisionBits } = size;
  const out = new Uint16Array(nRows * nColumns);
  const next = differences(data, scan);
  const start = 1 << (precisionBits - scan.pointTransform - 1);
  // A restart begins a row anew, as if it were the first (H.1.2.1).
  let firstRow = 0;
  let left = scan.restartInterval;
  for (let row = 0; row < nRows; row++) {
    for (let column = 0; column < nColumns; column++) {
      if (scan.restartInterval > 0 && left === 0) {
        if (column !== 0) throw new RangeError('a restart within a row');
        next.restart();
        left = scan.restartInterval;
        firstRow = row;
      }
      const at = row * nColumns + column;
      out[at] = predict(out, at, nColumns, column, row - firstRow, scan.predictor, start) + next.difference();
      left--;
    }
  }
  if (scan.pointTransform > 0) for (let i = 0; i < out.length; i++) out[i] = out[i]! << scan.pointTransform;
  return precisionBits <= 8
    ? { bytes: Uint8Array.from(out), bytesPerSample: 1 }
    : { bytes: new Uint8Array(out.buffer), bytesPerSample: 2 };
}

/** Table H.1; along the first row from the left, along the first column from above. */
function predict(
  out: Uint16Array,
  at: number,
  nColumns: number,
  column: number,
  row: number,
  predictor: number,
  start: number,
): number {
  if (row === 0) return column === 0 ? start : out[at - 1]!;
  const above = out[at - nColumns]!;
  if (column === 0) return above;
  const left = out[at - 1]!;
  const corner = out[at - nColumns - 1]!;
  switch (predictor) {
    case 1:
      return left;
    case 2:
      return above;
    case 3:
      return corner;
    case 4:
      return left + above - corner;
    case 5:
      return left + ((above - corner) >> 1);
    case 6:
      return above + ((left - corner) >> 1);
    default:
      return (left + above) >> 1;
  }
}

/** Marker segments up to the scan. */
function readSegments(data: Uint8Array): Scan {
  const tables: HuffmanTable[] = [];
  let restartInterval = 0;
  let at = 2;
  while (at + 4 <= data.length) {
    if (data[at] !== 0xff) break;
    const marker = data[at + 1]!;
    if (marker === 0xff) {
      at++;
      continue;
    }
    const body = at + 4;
    const end = at + 2 + data[at + 2]! * 256 + data[at + 3]!;
    if (end > data.length || end < body) break;
    if (marker === 0xc4) readHuffmanTables(data.subarray(body, end), tables);
    else if (marker === 0xdd) restartInterval = data[body]! * 256 + data[body + 1]!;
    else if (marker >= 0xc0 && marker <= 0xcf && marker !== 0xc3)
      throw new RangeError(`JPEG process ${marker - 0xc0}, not lossless Huffman coding`);
    else if (marker === 0xda) return readScan(data.subarray(body, end), tables, restartInterval, end);
    at = end;
  }
  throw new RangeError('no scan in the JPEG stream');
}

function readScan(header: Uint8Array, tables: HuffmanTable[], restartInterval: number, start: number): Scan {
  if (header[0] !== 1 || header.length < 6) throw new RangeError('the scan has not one component');
  const table = tables[header[2]! >> 4];
  const predictor = header[3]!;
  if (!table) throw new RangeError('the scan names a Huffman table that is not there');
  if (predictor < 1 || predictor > 7) throw new RangeError(`predictor ${predictor} does not exist`);
  return { table, predictor, pointTransform: header[5]! & 15, restartInterval, start };
}

function readHuffmanTables(segment: Uint8Array, tables: HuffmanTable[]): void {
  let at = 0;
  while (at + 17 <= segment.length) {
    const table = new Uint16Array(65_536);
    let code = 0;
    let symbol = at + 17;
    for (let length = 1; length <= 16; length++) {
      for (let n = segment[at + length]!; n > 0; n--) {
        if (symbol >= segment.length || code >= 1 << length)
          throw new RangeError('a Huffman table is damaged');
        const shift = 16 - length;
        table.fill((length << 8) | segment[symbol++]!, code << shift, (code + 1) << shift);
        code++;
      }
      code <<= 1;
    }
    tables[segment[at]! & 3] = table;
    at = symbol;
  }
}

interface Differences {
  /** The next difference between sample and prediction. */
  difference(): number;
  /** Passes over a restart marker. */
  restart(): void;
}

function differences(data: Uint8Array, { table, start }: Scan): Differences {
  let at = start;
  let buffer = 0;
  let available = 0;

  /** Fills up to 16 bits or more; past a marker zeros come, which `take` refuses to consume. */
  let past = 0;
  const fill = (): void => {
    while (available <= 16) {
      let byte = 0;
      if (at >= data.length || (data[at] === 0xff && data[at + 1] !== 0)) past += 8;
      else {
        byte = data[at]!;
        at += byte === 0xff ? 2 : 1;
      }
      buffer = ((buffer << 8) | byte) & 0xff_ffff;
      available += 8;
    }
  };
  const take = (bits: number): void => {
    available -= bits;
    if (available < past) throw new RangeError('the JPEG stream breaks off');
  };
  const peek = (bits: number): number => (buffer >>> (available - bits)) & ((1 << bits) - 1);

  return {
    difference: () => {
      fill();
      const entry = table[peek(16)]!;
      if (entry === 0) throw new RangeError('a Huffman code that does not exist');
      take(entry >> 8);
      const category = entry & 0xff;
      if (category === 0) return 0;
      if (category === 16) return 32_768;
      if (category > 16) throw new RangeError('a difference of more than 16 bits');
      fill();
      const value = peek(category);
      take(category);
      return value < 1 << (category - 1) ? value - (1 << category) + 1 : value;
    },
    restart: () => {
      buffer = 0;
      available = 0;
      past = 0;
      if (data[at] !== 0xff || (data[at + 1]! & 0xf8) !== 0xd0)
        throw new RangeError('a restart marker is missing');
      at += 2;
    },
  };
}
