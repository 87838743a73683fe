import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { deflateSync } from 'fflate';
import { describe, expect, it } from 'vitest';
import { RhomapError } from '../src/core/errors.ts';
import { createWarningSink } from '../src/core/warnings.ts';
import { groupDicomSeries } from '../src/io/dicom/group.ts';
import { type DicomImage, parseDicom } from '../src/io/dicom/image.ts';
import { openDicom } from '../src/io/dicom/part10.ts';
import { decodePixels } from '../src/io/dicom/pixels.ts';
import { ascii, concat, type Entry, element, elements, mrImage, part10, tagBytes } from './dicom-builder.ts';

const DATA = join(import.meta.dirname, 'data/dicom');
const DEFLATED = '1.2.840.10008.1.2.1.99';
const RLE = '1.2.840.10008.1.2.5';
const JPEG_LOSSLESS = '1.2.840.10008.1.2.4.70';
const UNDEFINED = Uint8Array.of(0xff, 0xff, 0xff, 0xff);

function parse(bytes: Uint8Array): { image: DicomImage; codes: string[] } {
  const sink = createWarningSink();
  const image = parseDicom(bytes, 'a.dcm', sink);
  return { image, codes: sink.warnings.map((w) => w.code) };
}

async function values(bytes: Uint8Array): Promise<number[][]> {
  return (await decodePixels(parse(bytes).image, bytes)).map((f) => [...f]);
}

/** The error of reading a file to its last pixel. */
async function failure(bytes: Uint8Array): Promise<RhomapError> {
  try {
    await decodePixels(parse(bytes).image, bytes);
  } catch (error) {
    if (error instanceof RhomapError) return error;
    throw error;
  }
  throw new Error('read without an error');
}

const image = (...changes: readonly Entry[]): Uint8Array => part10(elements(mrImage(...changes)));

/** Elements before the pixels, then raw bytes. */
const imageThen = (raw: Uint8Array, syntax?: string, ...changes: readonly Entry[]): Uint8Array =>
  part10(concat([elements(mrImage(...changes).filter(([tag]) => tag < 0x7fe0_0000)), raw]), syntax);

const encapsulated = (...fragments: readonly Uint8Array[]): Uint8Array => {
  const item = (f: Uint8Array): Uint8Array =>
    concat([tagBytes(0xfffe_e000), Uint8Array.of(f.length & 255, f.length >> 8, 0, 0), f]);
  const end = concat([tagBytes(0xfffe_e0dd), new Uint8Array(4)]);
  return concat([
    tagBytes(0x7fe0_0010),
    ascii('OB'),
    new Uint8Array(2),
    UNDEFINED,
    item(new Uint8Array()),
    ...fragments.map(item),
    end,
  ]);
};

describe('damaged files give one clear, typed error', () => {
  it('names tag, offset and sizes of the truncated file', async () => {
    const bytes = new Uint8Array(readFileSync(join(DATA, 'syntaxes/MR_truncated.dcm')));
    const error = await failure(bytes);
    expect(error.code).toBe('dicom/truncated');
    expect(error.message).toMatch(
      /a\.dcm \(7fe0,0010\) at byte 1500: the value needs 8192 bytes but the file ends after 8130/,
    );
  });

  it('knows no file of which some bytes are missing for a whole one', async () => {
    const bytes = image();
    for (let length = 0; length < bytes.length; length++) {
      const error = await failure(bytes.subarray(0, length)).catch(() => undefined);
      // Cut between elements before it says that there is an image, it is a valid object without pixels.
      if (!error) expect(parse(bytes.subarray(0, length)).image.pixels).toBeUndefined();
      else expect(error.message.length).toBeGreaterThan(20);
    }
  });

  it.each([
    ['an empty file', new Uint8Array(), 'dicom/empty'],
    ['text', ascii('Study notes: patient moved at the end.'), 'dicom/not-dicom'],
    ['zeros', new Uint8Array(1000), 'dicom/not-dicom'],
    ['a preamble only', concat([new Uint8Array(128), ascii('DICM')]), 'dicom/truncated'],
    ['no rows', image([0x0028_0010, 'US', 0]), 'dicom/bad-size'],
    ['more rows than pixels', image([0x0028_0010, 'US', 3]), 'dicom/pixel-length'],
    [
      '65535 × 65535 × 2147483647',
      image([0x0028_0010, 'US', 65535], [0x0028_0011, 'US', 65535], [0x0028_0008, 'IS', '2147483647']),
      'dicom/too-large',
    ],
    ['more frames than bytes', image([0x0028_0008, 'IS', '9999']), 'dicom/pixel-length'],
    ['a negative number of frames', image([0x0028_0008, 'IS', '-1']), 'dicom/bad-size'],
    ['24 bits', image([0x0028_0100, 'US', 24], [0x7fe0_0010, 'OW', new Uint8Array(12)]), 'dicom/bits'],
    [
      'a palette image with an index out of range',
      image([0x0028_0004, 'CS', 'PALETTE COLOR'], [0x0028_1101, 'US', [1, 0, 16]]),
      'dicom/colour',
    ],
    ['RGB', image([0x0028_0002, 'US', 3], [0x7fe0_0010, 'OW', new Uint8Array(24)]), 'dicom/colour'],
    [
      'a length beyond the file',
      part10(concat([elements(mrImage().slice(0, 5)), element([0x0020_000e, 'UI', '1.2'], 60_000)])),
      'dicom/truncated',
    ],
    [
      'pixels that no encoding explains',
      imageThen(element([0x7fe0_0010, 'OW', new Uint8Array(6)])),
      'dicom/pixel-length',
    ],
    ['compressed pixels said to be plain', imageThen(encapsulated(new Uint8Array(8))), 'dicom/wrong-syntax'],
    [
      'an unknown transfer syntax',
      imageThen(encapsulated(new Uint8Array(8)), '1.2.840.10008.1.2.4.201'),
      'dicom/transfer-syntax',
    ],
    [
      'RLE with the wrong number of segments',
      imageThen(encapsulated(new Uint8Array(64)), RLE),
      'dicom/pixel-data',
    ],
    [
      'RLE segments outside the data',
      imageThen(
        encapsulated(concat([Uint8Array.of(2, 0, 0, 0, 64, 0, 0, 0, 255, 255), new Uint8Array(60)])),
        RLE,
      ),
      'dicom/pixel-data',
    ],
    [
      'fewer fragments than frames',
      imageThen(encapsulated(new Uint8Array(8)), RLE, [0x0028_0008, 'IS', '3']),
      'dicom/pixel-length',
    ],
    ['no JPEG in JPEG pixels', imageThen(encapsulated(new Uint8Array(8)), JPEG_LOSSLESS), 'dicom/pixel-data'],
  ])('%s', async (_, bytes, code) => {
    expect((await failure(bytes)).code).toBe(code);
  });

  it('refuses 12-bit lossy JPEG and says what to do', async () => {
    const error = await failure(new Uint8Array(readFileSync(join(DATA, 'encodings/jpeg-extended-u12.dcm'))));
    expect(error.code).toBe('dicom/jpeg-12-bit');
    expect(error.message).toContain('export the images uncompressed');
  });

  it.each([
    'jpeg-baseline-u8',
    'jpeg-lossless57-p1-u16',
    'jpeg-lossless70-s16',
    'jpeg-ls-s16',
    'jpeg2000-u16',
    'rle-u16',
  ])('never fills a %s stream that breaks off with zeros', async (name) => {
    const bytes = new Uint8Array(readFileSync(join(DATA, `encodings/${name}.dcm`)));
    const range = parse(bytes).image.pixels!.frames[0]![0]!;
    for (const part of [0.3, 0.6, 0.9]) {
      const { image: header } = parse(bytes);
      const cut = range.start + 2 * Math.floor(((range.end - range.start) * part) / 2);
      const broken = {
        ...header,
        pixels: { ...header.pixels!, frames: [[{ start: range.start, end: cut }]] },
      };
      await expect(decodePixels(broken, bytes)).rejects.toMatchObject({ code: 'dicom/pixel-data' });
    }
  });
});

describe('bombs', () => {
  it('passes over sequences nested 10,000 deep', async () => {
    const open = concat([
      tagBytes(0x0008_1140),
      ascii('SQ'),
      new Uint8Array(2),
      UNDEFINED,
      tagBytes(0xfffe_e000),
      UNDEFINED,
    ]);
    const close = concat([
      tagBytes(0xfffe_e00d),
      new Uint8Array(4),
      tagBytes(0xfffe_e0dd),
      new Uint8Array(4),
    ]);
    const nest = concat([...Array<Uint8Array>(10_000).fill(open), ...Array<Uint8Array>(10_000).fill(close)]);
    const body = (n: Uint8Array): Uint8Array =>
      part10(concat([elements(mrImage().slice(0, 4)), n, elements(mrImage().slice(4))]));
    expect(await values(body(nest))).toEqual([[1, 2, 3, 4]]);
    expect((await failure(body(nest.subarray(0, 100_000)))).code).toMatch(/^dicom\//);
  });

  it('does not inflate beyond the pixels that are declared', async () => {
    const body = (zeros: number): Uint8Array =>
      concat([
        elements(mrImage().slice(0, -1)),
        element([0x7fe0_0010, 'OW', Uint8Array.of(1, 0, 2, 0, 3, 0, 4, 0)]),
        new Uint8Array(zeros),
      ]);
    const honest = part10(deflateSync(body(0)), DEFLATED);
    expect(await values(honest)).toEqual([[1, 2, 3, 4]]);
    // 50 MB of zeros after the pixels, in 50 kB: read no further than the pixels.
    const bomb = part10(deflateSync(body(50e6)), DEFLATED);
    expect(bomb.length).toBeLessThan(60_000);
    expect(await values(bomb)).toEqual([[1, 2, 3, 4]]);
    expect(openDicom(bomb, 'a.dcm', createWarningSink()).dataSet.encoding.bytes.length).toBeLessThan(20e6);
  });

  it('refuses a deflated header without end', async () => {
    const endless = concat([
      elements(mrImage().slice(0, 4)),
      element([0x0009_1010, 'OB', new Uint8Array(80e6)]),
    ]);
    const error = await failure(part10(deflateSync(endless), DEFLATED));
    expect(error.code).toMatch(/dicom\/(deflate|truncated)/);
  });

  it('does not read 80,000 shared items again for each of 20,000 frames, nor compare all frames by place', async () => {
    const item = concat([tagBytes(0xfffe_e000), new Uint8Array(4)]);
    const manyItems = concat(Array<Uint8Array>(80_000).fill(item));
    const place = (k: number): Entry[] => [[0x0020_9113, 'SQ', [[[0x0020_0032, 'DS', `0\\0\\${k}`]]]]];
    const bytes = image(
      [0x0028_0008, 'IS', '20000 '],
      [0x0028_0010, 'US', 1],
      [0x0028_0011, 'US', 1],
      [0x5200_9229, 'SQ', [[[0x0028_9110, 'SQ', manyItems]]]],
      [0x5200_9230, 'SQ', Array.from({ length: 20_000 }, (_, k) => place(k))],
      [0x7fe0_0010, 'OW', new Uint8Array(40_000)],
    );
    const { candidates } = groupDicomSeries([parse(bytes).image]);
    expect(candidates[0]!.grid.nSlices).toBe(20_000);
  });

  it('does not compare 20,000 frames of as many orientations with each other', () => {
    const { image: header } = parse(image());
    const frames = Array.from({ length: 20_000 }, (_, k) => ({
      ...header.frames[0]!,
      index: k,
      orientationLps: [Math.cos(k / 10), Math.sin(k / 10), 0, -Math.sin(k / 10), Math.cos(k / 10), 0],
      pixelSpacingMm: [1 + k, 1] as const,
    }));
    const { candidates, skipped } = groupDicomSeries([{ ...header, frames }]);
    expect([candidates.length, skipped.length]).toEqual([100, 1]);
  });

  it('does not take millions of zero-length elements', async () => {
    const many = Array.from({ length: 200_000 }, (_, i) => element([0x0009_0000 + i, 'LO', '']));
    const error = await failure(part10(concat([...many, elements(mrImage())])));
    expect(error.code).toBe('dicom/too-many-elements');
  });
});

describe('tolerated, with a coded warning', () => {
  it.each<[string, Uint8Array, string]>([
    ['no preamble', elements(mrImage()), 'dicom/no-preamble'],
    ['no preamble but DICM', concat([ascii('DICM'), elements(mrImage())]), 'dicom/no-transfer-syntax'],
    [
      'a data set in another encoding than stated',
      part10(elements(mrImage()), '1.2.840.10008.1.2'),
      'dicom/wrong-encoding',
    ],
    ['plain pixels said to be compressed', part10(elements(mrImage()), RLE), 'dicom/not-compressed'],
    [
      'zeros after the pixels',
      image([0x7fe0_0010, 'OW', Uint8Array.of(1, 0, 2, 0, 3, 0, 4, 0, 0, 0, 0, 0)]),
      'dicom/pixel-padding',
    ],
    ['a VR unknown to the standard', image([0x0009_1010, 'ZZ', new Uint8Array(6)]), 'dicom/unknown-vr'],
    [
      'tags out of order',
      part10(concat([element([0x0018_0081, 'DS', '1.5 ']), elements(mrImage())])),
      'dicom/unordered-tags',
    ],
    ['bits that do not fit', image([0x0028_0101, 'US', 99]), 'dicom/bad-bits'],
    ['a zero rescale slope', image([0x0028_1053, 'DS', '0']), 'dicom/zero-slope'],
    ['a decimal comma', image([0x0028_1053, 'DS', '1,0']), 'dicom/decimal-comma'],
  ])('%s', async (_, bytes, code) => {
    expect(parse(bytes).codes).toContain(code);
    expect(await values(bytes)).toEqual([[1, 2, 3, 4]]);
  });

  it('an odd VR in the file meta', async () => {
    const meta = concat([
      element([0x0002_0002, 'ZZ', '1.2 ']),
      element([0x0002_0010, 'UI', '1.2.840.10008.1.2.1']),
    ]);
    const bytes = concat([new Uint8Array(128), ascii('DICM'), meta, elements(mrImage())]);
    expect(parse(bytes).codes).toEqual(['dicom/unknown-vr']);
    expect(await values(bytes)).toEqual([[1, 2, 3, 4]]);
  });

  it('the 64-bit VRs OV, SV and UV', async () => {
    const bytes = image(
      [0x0009_1001, 'SV', -5],
      [0x0009_1002, 'UV', 7],
      [0x0009_1003, 'OV', new Uint8Array(16)],
    );
    expect(parse(bytes).codes).toEqual([]);
    expect(await values(bytes)).toEqual([[1, 2, 3, 4]]);
  });

  it('keeps control characters of a description from the terminal', () => {
    const { image: header } = parse(image([0x0008_103e, 'LO', 'T1rho\u001b[31m']));
    expect(header.seriesDescription).toBe('T1rho [31m');
  });
});
