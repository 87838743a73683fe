/**
 * Mutations of valid NIfTI files: whatever comes, the reader returns an image that is whole or throws a typed error.
 * A target of `support/fuzz.ts`.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync, gzipSync } from 'fflate';
import { RhomapError } from '../../src/core/errors.ts';
import { assertGrid, voxelCount } from '../../src/core/grid.ts';
import { createRandom, type Random } from '../../src/core/random.ts';
import { createWarningSink } from '../../src/core/warnings.ts';
import { maskFromNifti } from '../../src/io/nifti/mask.ts';
import { type NiftiImage, readNifti } from '../../src/io/nifti/read.ts';
import { assembleNiftiSeries } from '../../src/io/nifti/series.ts';

const seeds: Uint8Array[] = (
  JSON.parse(readFileSync(join(import.meta.dirname, '../data/nifti/matrix.json'), 'utf8')) as {
    cases: { file: string }[];
  }
).cases.map(({ file }) => Uint8Array.from(Buffer.from(file, 'base64')));

const isGzip = (bytes: Uint8Array): boolean => bytes[0] === 0x1f;
const SPECIAL = [0, 1, 2, 3, 7, 8, 127, 128, 255, 256, 348, 352, 540, 32767, 65535, -1, -32768, 2 ** 31 - 1];
const FLOATS = [Number.NaN, Number.POSITIVE_INFINITY, -0, 1e38, 1e-38, 352.5, 1e9];

type Mutation = (bytes: Uint8Array, random: Random) => Uint8Array;
const mutations: readonly Mutation[] = [
  (bytes, random) => {
    for (let n = 1 + random.integer(4); n > 0; n--)
      bytes[random.integer(bytes.length)]! ^= 1 << random.integer(8);
    return bytes;
  },
  (bytes, random) => {
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    for (let n = 1 + random.integer(3); n > 0; n--) {
      const at = random.integer(Math.max(1, Math.min(560, bytes.length) - 8));
      const littleEndian = random.uniform() < 0.5;
      if (at + 8 > bytes.length) continue;
      const number = SPECIAL[random.integer(SPECIAL.length)]!;
      [
        () => view.setInt16(at, number, littleEndian),
        () => view.setInt32(at, number, littleEndian),
        () => view.setBigInt64(at, BigInt(number) << BigInt(random.integer(40)), littleEndian),
        () => view.setFloat32(at, FLOATS[random.integer(FLOATS.length)]!, littleEndian),
        () => view.setFloat64(at, FLOATS[random.integer(FLOATS.length)]!, littleEndian),
      ][random.integer(5)]!();
    }
    return bytes;
  },
  (bytes, random) => bytes.subarray(0, random.integer(bytes.length + 1)),
  (bytes, random) => {
    const at = random.integer(bytes.length + 1);
    const extra = Uint8Array.from({ length: random.integer(2000) }, () => random.integer(256));
    return Uint8Array.of(...bytes.subarray(0, at), ...extra, ...bytes.subarray(at));
  },
  (bytes, random) => {
    const [from, n, to] = [random.integer(bytes.length), random.integer(64), random.integer(bytes.length)];
    return bytes.copyWithin(to, from, from + n);
  },
];

/** A mutated file: changed before compression, after it, or not compressed at all. */
function mutatedFile(random: Random): Uint8Array {
  const seed = seeds[random.integer(seeds.length)]!;
  let bytes: Uint8Array = isGzip(seed) ? gunzipSync(seed) : seed.slice();
  const mutate = (): void => {
    if (bytes.length > 0) bytes = mutations[random.integer(mutations.length)]!(bytes, random);
  };
  for (let n = random.integer(3); n >= 0; n--) mutate();
  const form = random.integer(4);
  if (form < 2) return bytes;
  bytes = gzipSync(bytes, { level: form === 2 ? 1 : 0 });
  if (random.uniform() < 0.5) mutate();
  return bytes;
}

/** Runs `use`; anything but a typed error is a failure. */
function succeeds(use: () => void): boolean {
  try {
    use();
    return true;
  } catch (error) {
    if (error instanceof RhomapError) return false;
    throw error;
  }
}

/** Reads the file and, where that works, uses the image as a series and as a mask. */
function isReadable(bytes: Uint8Array): boolean {
  let image: NiftiImage | undefined;
  const isRead = succeeds(() => {
    image = readNifti(bytes, 'fuzz.nii', createWarningSink());
  });
  if (!image) return isRead;
  const { grid, values, nVolumes } = image;
  assertGrid(grid, 'fuzz.nii');
  if (values.length !== voxelCount(grid) * nVolumes) throw new Error('The image is not whole.');
  const tslMs = Array.from({ length: nVolumes }, (_, i) => i);
  succeeds(() => assembleNiftiSeries([{ image: image! }], { tslMs }));
  succeeds(() => maskFromNifti(image!, { grid }));
  return isRead;
}

/** Reads mutated file number `i`. */
export const tryCase = (i: number): string =>
  isReadable(mutatedFile(createRandom(`nifti-fuzz/${i}`))) ? 'read' : 'refused';
