/**
 * What a user may hand over by mistake or malice, through the whole command line: one clear sentence, an exit code
 * that is not 0, and nothing left behind; or, where the fault can be tolerated, a map and a coded warning.
 */
import { spawn } from 'node:child_process';
import {
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { Grid } from '../src/core/grid.ts';
import { writeNifti } from '../src/io/nifti/write.ts';
import { ascii, concat, type Entry, element, elements, mrImage, part10, tagBytes } from './dicom-builder.ts';
import { rhomap, temporaryFolder } from './support/cli.ts';
import { decayingSignal, noise, SMALL_GRID, writeMask, writeSeries } from './support/series.ts';

const PHILIPS = join(import.meta.dirname, 'data/dicom/philips');
const UNDEFINED = Uint8Array.of(0xff, 0xff, 0xff, 0xff);

interface Outcome {
  readonly code: number;
  /** The sentence after `rhomap: `. */
  readonly sentence: string;
  readonly error: string;
}

/** Fits `input/` in a folder and demands that a refusal is one sentence and leaves nothing behind. */
async function runFit(folder: string, ...flags: string[]): Promise<Outcome> {
  const before = readdirSync(folder).sort();
  const { code, error } = await rhomap(
    'fit',
    join(folder, 'input'),
    '-o',
    join(folder, 'maps'),
    '--force',
    ...flags,
  );
  const sentences = error.split('\n').filter((line) => line.startsWith('rhomap: '));
  expect(sentences, error).toHaveLength(code === 0 ? 0 : 1);
  if (code !== 0) expect(readdirSync(folder).sort()).toEqual(before);
  return { code, sentence: sentences[0]?.slice('rhomap: '.length) ?? '', error };
}

function inputFolder(files: Readonly<Record<string, Uint8Array | string>> = {}): string {
  const folder = temporaryFolder();
  mkdirSync(join(folder, 'input'));
  for (const [name, bytes] of Object.entries(files)) writeFileSync(join(folder, 'input', name), bytes);
  return folder;
}

/** A NIfTI-1 header of 352 bytes for a float32 image of these dimensions, without its voxels. */
function niftiHeader(dimensions: readonly number[]): Buffer {
  const header = Buffer.alloc(352);
  header.writeInt32LE(348, 0);
  [dimensions.length, ...dimensions].forEach((n, i) => {
    header.writeInt16LE(n, 40 + 2 * i);
  });
  header.writeInt16LE(16, 70);
  header.writeInt16LE(32, 72);
  for (let i = 0; i < 4; i++) header.writeFloatLE(1, 76 + 4 * i);
  header.writeFloatLE(352, 108);
  header.write('n+1\0', 344, 'latin1');
  return header;
}

describe('bombs', () => {
  it('a NIfTI file of 377 bytes that asks for 18 GB, plain and compressed', async () => {
    const header = niftiHeader([4096, 4096, 68, 4]);
    for (const [name, bytes] of [
      ['scan.nii', Buffer.concat([header, Buffer.alloc(25)])],
      ['scan.nii.gz', gzipSync(header)],
    ] as const) {
      const { code, sentence } = await runFit(inputFolder({ [name]: bytes }), '--tsl', '0,10,30,50');
      expect(code).toBe(1);
      expect(sentence).toMatch(/scan\.nii.*(promises|voxels)/);
    }
  });

  it('a gzip stream that swells a thousandfold, promised or not', async () => {
    const swelling = (dimensions: readonly number[]): Buffer =>
      gzipSync(Buffer.concat([niftiHeader(dimensions), Buffer.alloc(50e6, 0x42)]), { level: 1 });
    const promised = { 'scan.nii.gz': swelling([1000, 1000, 200, 4]) };
    const { code, sentence } = await runFit(inputFolder(promised), '--tsl', '0,10,30,50');
    expect(code).toBe(1);
    expect(sentence).toMatch(/scan\.nii\.gz.*promises/);
    const tail = { 'scan.nii.gz': swelling([10, 10, 1, 4]) };
    const tolerated = await runFit(inputFolder(tail), '--tsl', '0,10,30,50');
    expect(tolerated.code).toBe(0);
    expect(tolerated.error).toContain('[nifti/tail]');
  });

  const image = (...changes: readonly Entry[]): Uint8Array => part10(elements(mrImage(...changes)));
  const nested = concat([
    elements(mrImage().slice(0, 4)),
    ...Array<Uint8Array>(10_000).fill(
      concat([
        tagBytes(0x0008_1140),
        ascii('SQ'),
        new Uint8Array(2),
        UNDEFINED,
        tagBytes(0xfffe_e000),
        UNDEFINED,
      ]),
    ),
  ]);

  it.each([
    [
      'rows × columns × frames that overflow',
      image([0x0028_0010, 'US', 65535], [0x0028_0011, 'US', 65535], [0x0028_0008, 'IS', '2147483647']),
      /a\.dcm.*(large|pixels|bytes)/,
    ],
    ['sequences nested 10,000 deep and never closed', part10(nested), /a\.dcm/],
    [
      'a palette index out of range',
      image([0x0028_0004, 'CS', 'PALETTE COLOR'], [0x0028_1101, 'US', [1, 0, 16]]),
      /a\.dcm.*|one image/,
    ],
    [
      'an odd VR in the file meta',
      concat([
        new Uint8Array(128),
        ascii('DICM'),
        element([0x0002_0002, 'ZZ', '1.2 ']),
        element([0x0002_0010, 'UI', '1.2.840.10008.1.2.1']),
        elements(mrImage()),
      ]),
      /one image per slice/,
    ],
  ])('%s', async (_, bytes, words) => {
    const { code, sentence } = await runFit(inputFolder({ 'a.dcm': bytes }), '--tsl', '0,50');
    expect(code).toBe(1);
    expect(sentence).toMatch(words);
  });
});

describe('a DICOM folder', () => {
  const TSL = ['--tsl', '0,10,30,50'];
  const copy = (): { folder: string; file: (name: string) => string } => {
    const folder = inputFolder();
    cpSync(PHILIPS, join(folder, 'input'), { recursive: true });
    return { folder, file: (name) => join(folder, 'input', name) };
  };

  it('may hold anything beside the images', async () => {
    const { folder, file } = copy();
    writeFileSync(file('notes.txt'), 'patient moved');
    writeFileSync(file('empty.dcm'), '');
    writeFileSync(file('noise.dcm'), noise(5000, 1));
    writeFileSync(file('thumb.jpg'), noise(500, 2));
    const { code, error } = await runFit(folder, ...TSL);
    expect(code, error).toBe(0);
    const { warnings } = JSON.parse(readFileSync(join(folder, 'maps/summary.json'), 'utf8'));
    const skipped = warnings.filter((w: { message: string }) => w.message.startsWith('skipped'));
    expect(skipped.map((w: { where: string }) => w.where.split('/').at(-1)).sort()).toEqual([
      'empty.dcm',
      'noise.dcm',
      'notes.txt',
      'thumb.jpg',
    ]);
    const inspected = JSON.parse((await rhomap('inspect', join(folder, 'input'), '--json')).out);
    expect(inspected.skipped).toHaveLength(4);
  });

  it('may be made of links, with loops and links that lead nowhere', async () => {
    const folder = inputFolder();
    symlinkSync(PHILIPS, join(folder, 'input/scan'));
    symlinkSync('..', join(folder, 'input/loop'));
    symlinkSync('/nowhere', join(folder, 'input/lost'));
    const { code, error } = await runFit(folder, ...TSL);
    expect(code, error).toBe(0);
    expect(error).toMatch(/input\/lost: skipped: .*leads nowhere/);
  });

  it.each([
    ['that is missing', (path: string): void => rmSync(path)],
    ['that is cut off', (path: string): void => writeFileSync(path, readFileSync(path).subarray(0, 900))],
    ['that is empty', (path: string): void => writeFileSync(path, '')],
  ])('is refused for an image %s', async (_, harm) => {
    const { folder, file } = copy();
    harm(file('601/IM_0002'));
    const { code, sentence } = await runFit(folder, ...TSL);
    expect(code).toBeGreaterThan(0);
    expect(sentence).toMatch(/IM_0002|3 images/);
  });

  it('is refused for a slice that is missing in the middle', async () => {
    const slice = (k: number, t: number): Uint8Array =>
      part10(
        elements(
          mrImage(
            [0x0008_0018, 'UI', `1.2.3.${k}.${t}`],
            [0x0020_0013, 'IS', String(10 * k + t)],
            [0x0020_0032, 'DS', `0\\0\\${7 * k}`],
            [0x0020_0100, 'IS', String(t)],
          ),
        ),
      );
    const slices = (numbers: readonly number[]): Record<string, Uint8Array> =>
      Object.fromEntries(numbers.flatMap((k) => [1, 2].map((t) => [`${k}-${t}`, slice(k, t)])));
    const whole = await runFit(inputFolder(slices([1, 2, 3, 4, 5])), '--tsl', '0,50');
    expect(whole.code, whole.error).toBe(0);
    const { code, sentence } = await runFit(inputFolder(slices([1, 2, 4, 5])), '--tsl', '0,50');
    expect(code).toBe(1);
    expect(sentence).toMatch(/14.*mm/);
  });
});

describe('NIfTI files', () => {
  const n = SMALL_GRID.nColumns * SMALL_GRID.nRows * SMALL_GRID.nSlices;
  const images = (...grids: readonly Grid[]): Record<string, Uint8Array> =>
    Object.fromEntries(
      grids.map((grid, t) => [
        `${t}.nii`,
        writeNifti({ grid, values: decayingSignal([0, 50]).slice(t * n, (t + 1) * n) }, { gzip: false }),
      ]),
    );

  it.each([
    ['a shift', { affine: SMALL_GRID.affine.map((v, i) => (i === 3 ? v + 2 : v)) }],
    ['another voxel size', { affine: SMALL_GRID.affine.map((v, i) => (i === 0 ? v * 1.1 : v)) }],
  ])('of one series must share their geometry: %s', async (_, change) => {
    const { code, sentence } = await runFit(
      inputFolder(images(SMALL_GRID, { ...SMALL_GRID, ...change })),
      '--tsl',
      '0,50',
    );
    expect(code).toBe(1);
    expect(sentence).toMatch(/grid|one image per slice|apart/);
  });

  it('that are cut off or empty are fatal when they are needed', async () => {
    for (const harmed of [new Uint8Array(), images(SMALL_GRID)['0.nii']!.subarray(0, 700)]) {
      const folder = inputFolder({ ...images(SMALL_GRID, SMALL_GRID), '1.nii': harmed });
      const { code, sentence } = await runFit(folder, '--tsl', '0,50');
      expect(code).toBe(1);
      expect(sentence).toMatch(/1\.nii/);
    }
  });

  it('with NaN, infinite, negative or zero voxels give a status per voxel', async () => {
    const signal = decayingSignal([0, 10, 30, 50]);
    signal[0] = Number.NaN;
    signal[1] = Number.POSITIVE_INFINITY;
    for (let t = 0; t < 4; t++) signal[t * n + 2] = -5;
    for (let t = 0; t < 4; t++) signal[t * n + 3] = 0;
    const folder = inputFolder();
    writeSeries(join(folder, 'input/scan.nii'), [0, 10, 30, 50], signal);
    expect((await runFit(folder, '--tsl', '0,10,30,50')).code).toBe(0);
    const { status } = JSON.parse(readFileSync(join(folder, 'maps/summary.json'), 'utf8')).results;
    expect(status).toMatchObject({ ok: n - 4, 'not-finite': 2, 'no-signal': 2 });
  });

  it('of masks and earlier maps beside the series do not disturb it', async () => {
    const folder = inputFolder();
    writeSeries(join(folder, 'input/scan.nii'), [0, 10, 30, 50]);
    writeMask(join(folder, 'input/roi.nii.gz'));
    const tsl = ['--tsl', '0,10,30,50'];
    await rhomap('fit', join(folder, 'input'), ...tsl, '-o', join(folder, 'input/earlier'));
    const { code, error } = await runFit(folder, ...tsl, '--roi', join(folder, 'input/roi.nii.gz'));
    expect(code, error).toBe(0);
  });

  it('given twice count once', async () => {
    const folder = inputFolder(images(SMALL_GRID, SMALL_GRID));
    const { code, error } = await runFit(folder, join(folder, 'input/0.nii'), '--tsl', '0,50');
    expect(code, error).toBe(0);
  });
});

describe('the call', () => {
  it.each([
    ['an unknown command', ['map-it'], /unknown command/],
    ['an unknown flag', ['fit', 'x', '-o', 'y', '--tls', '0,50'], /--tls.*--tsl/s],
    ['no output folder', ['fit', 'x', '--tsl', '0,50'], /--output/],
    ['no input', ['inspect'], /input/],
    ['a device', ['inspect', '/dev/zero'], /neither a file nor a folder/],
  ])('%s is a usage error, as text and as JSON', async (_, argv, words) => {
    const text = await rhomap(...argv);
    expect(text.code).toBe(2);
    expect(text.error).toMatch(words);
    expect(text.error.split('\n').filter((line) => line.startsWith('rhomap: '))).toHaveLength(1);
    const json = await rhomap(...argv, '--json');
    expect(json.code).toBe(2);
    expect(JSON.parse(json.out).error.message).toMatch(words);
  });
});

it('killed in the middle, a fit leaves no half-written folder and does not stand in the way of the next', async () => {
  const folder = inputFolder();
  const grid = { ...SMALL_GRID, nColumns: 192, nRows: 192, nSlices: 24 };
  writeSeries(join(folder, 'input/scan.nii'), [0, 50], decayingSignal([0, 50], grid), grid);
  const main = join(import.meta.dirname, '../src/cli/main.ts');
  const child = spawn(
    process.execPath,
    [main, 'fit', join(folder, 'input'), '--tsl', '0,50', '-o', join(folder, 'maps')],
    { stdio: 'ignore' },
  );
  onTestFinished(() => void child.kill('SIGKILL'));
  const ended = new Promise((resolve) => child.on('exit', resolve));
  const isWriting = (): boolean => readdirSync(folder).some((name) => name.endsWith('.partial'));
  while (!isWriting() && child.exitCode === null) await new Promise((resolve) => setTimeout(resolve, 5));
  child.kill('SIGKILL');
  await ended;
  expect(existsSync(join(folder, 'maps'))).toBe(false);
  expect(readdirSync(folder).filter((name) => !name.startsWith('.'))).toEqual(['input']);
  rmSync(join(folder, 'input'), { recursive: true });
  mkdirSync(join(folder, 'input'));
  writeSeries(join(folder, 'input/scan.nii'), [0, 50]);
  const next = await rhomap('fit', join(folder, 'input'), '--tsl', '0,50', '-o', join(folder, 'maps'));
  expect(next.code, next.error).toBe(0);
});
