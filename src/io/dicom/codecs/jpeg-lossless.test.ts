import fc from 'fast-check';
import { expect, it } from 'vitest';
import { decodeJpegLossless } from './jpeg-lossless.ts';

/** An encoder as simple as the standard allows: every category has a code of five bits. */
interface Image {
  readonly nRows: number;
  readonly nColumns: number;
  readonly precisionBits: number;
  readonly predictor: number;
  readonly pointTransform: number;
  /** Rows between restart markers; 0 for none. */
  readonly restartRows: number;
  readonly samples: readonly number[];
}

const segment = (marker: number, body: readonly number[]): number[] => [
  0xff,
  marker,
  (body.length + 2) >> 8,
  (body.length + 2) & 255,
  ...body,
];

function predicted(
  image: Image,
  s: readonly number[],
  row: number,
  column: number,
  firstRow: number,
): number {
  const at = (r: number, c: number): number => s[r * image.nColumns + c]!;
  if (row === firstRow)
    return column === 0 ? 1 << (image.precisionBits - image.pointTransform - 1) : at(row, column - 1);
  if (column === 0) return at(row - 1, column);
  const [a, b, c] = [at(row, column - 1), at(row - 1, column), at(row - 1, column - 1)];
  return [a, b, c, a + b - c, a + ((b - c) >> 1), b + ((a - c) >> 1), (a + b) >> 1][image.predictor - 1]!;
}

function encode(image: Image): Uint8Array {
  const { nRows, nColumns, precisionBits, predictor, pointTransform, restartRows } = image;
  const out = [0xff, 0xd8];
  out.push(
    ...segment(0xc3, [precisionBits, nRows >> 8, nRows & 255, nColumns >> 8, nColumns & 255, 1, 1, 0x11, 0]),
  );
  const counts = Array.from({ length: 16 }, (_, i) => (i === 4 ? 17 : 0));
  out.push(...segment(0xc4, [0, ...counts, ...Array.from({ length: 17 }, (_, i) => i)]));
  const interval = restartRows * nColumns;
  if (interval > 0) out.push(...segment(0xdd, [interval >> 8, interval & 255]));
  out.push(...segment(0xda, [1, 1, 0, predictor, 0, pointTransform]));
  let bits = '';
  const flush = (): void => {
    bits = bits.padEnd(Math.ceil(bits.length / 8) * 8, '1');
    for (let i = 0; i < bits.length; i += 8) {
      const byte = Number.parseInt(bits.slice(i, i + 8), 2);
      out.push(byte, ...(byte === 0xff ? [0] : []));
    }
    bits = '';
  };
  const s = image.samples.map((v) => v >> pointTransform);
  let firstRow = 0;
  for (let row = 0; row < nRows; row++) {
    if (restartRows > 0 && row > 0 && row % restartRows === 0) {
      flush();
      out.push(0xff, 0xd0 + ((row / restartRows - 1) % 8));
      firstRow = row;
    }
    for (let column = 0; column < nColumns; column++) {
      const raw = s[row * nColumns + column]! - predicted(image, s, row, column, firstRow);
      // Modulo 2^16, to −32767…32768.
      const difference = ((raw + 32_767) & 0xffff) - 32_767;
      const category = difference === 0 ? 0 : 32 - Math.clz32(Math.abs(difference));
      bits += category.toString(2).padStart(5, '0');
      if (category > 0 && category < 16) {
        const value = difference > 0 ? difference : difference + (1 << category) - 1;
        bits += value.toString(2).padStart(category, '0');
      }
    }
  }
  flush();
  return Uint8Array.from([...out, 0xff, 0xd9]);
}

const images: fc.Arbitrary<Image> = fc
  .record({
    nRows: fc.integer({ min: 1, max: 9 }),
    nColumns: fc.integer({ min: 1, max: 9 }),
    precisionBits: fc.integer({ min: 2, max: 16 }),
    predictor: fc.integer({ min: 1, max: 7 }),
    pointTransform: fc.integer({ min: 0, max: 1 }),
    restartRows: fc.integer({ min: 0, max: 3 }),
  })
  .chain((shape) =>
    fc
      .array(fc.integer({ min: 0, max: 2 ** shape.precisionBits - 1 }), {
        minLength: shape.nRows * shape.nColumns,
        maxLength: shape.nRows * shape.nColumns,
      })
      .map((samples) => ({ ...shape, samples })),
  );

const decode = (image: Image, data = encode(image)): number[] => {
  const { bytes, bytesPerSample } = decodeJpegLossless(data, { ...image, nComponents: 1 });
  return [...(bytesPerSample === 1 ? bytes : new Uint16Array(bytes.buffer))];
};

it('returns what was encoded, for every predictor, precision, point transform and restart interval', () => {
  fc.assert(
    fc.property(images, (image) => {
      const { samples, pointTransform } = image;
      expect(decode(image)).toEqual(samples.map((v) => (v >> pointTransform) << pointTransform));
    }),
    { numRuns: 500 },
  );
});

it('never takes a stream that breaks off for an image', () => {
  fc.assert(
    fc.property(images, fc.double({ min: 0, max: 1, noNaN: true }), (image, part) => {
      const data = encode(image);
      // The last bytes are the end marker and up to seven fill bits.
      const cut = Math.floor(part * (data.length - 4));
      expect(() => decode(image, data.subarray(0, cut))).toThrow(RangeError);
    }),
    { numRuns: 500 },
  );
});
