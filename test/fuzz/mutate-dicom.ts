/** The valid DICOM files of the tests, and mutations of them. */
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { Random } from '../../src/core/random.ts';

export const DATA: string = join(import.meta.dirname, '../data/dicom');
const LENGTHS = [
  0, 1, 2, 7, 0x7f, 0x80, 0xff, 0xfffe, 0xffff, 0x1_0000, 0x7fff_ffff, 0x8000_0000, 0xffff_fffe, 0xffff_ffff,
];

export const seeds: readonly Uint8Array[] = readdirSync(DATA, { recursive: true, encoding: 'utf8' })
  .filter((name) => name.includes('/') && !name.endsWith('LICENSE') && statSync(join(DATA, name)).isFile())
  .sort()
  .map((name) => new Uint8Array(readFileSync(join(DATA, name))));

export const MUTATIONS: readonly ((bytes: Uint8Array, random: Random) => Uint8Array)[] = [
  function flipBits(bytes, random) {
    for (let n = 1 + random.integer(8); n > 0; n--)
      bytes[random.integer(bytes.length)]! ^= 1 << random.integer(8);
    return bytes;
  },
  function editHeader(bytes, random) {
    const size = Math.min(bytes.length, 1600);
    for (let n = 1 + random.integer(4); n > 0; n--) bytes[random.integer(size)] = random.integer(256);
    return bytes;
  },
  function editLength(bytes, random) {
    const at = random.integer(Math.max(1, bytes.length - 4));
    const view = new DataView(bytes.buffer);
    const length = LENGTHS[random.integer(LENGTHS.length)]!;
    if (random.integer(2) === 0 && at + 4 <= bytes.length) view.setUint32(at, length, true);
    else if (at + 2 <= bytes.length) view.setUint16(at, length & 0xffff, true);
    return bytes;
  },
  function truncate(bytes, random) {
    return bytes.slice(0, random.integer(bytes.length));
  },
  function splice(bytes, random) {
    const other = seeds[random.integer(seeds.length)]!;
    const [cut, from] = [random.integer(bytes.length), random.integer(other.length)];
    const out = new Uint8Array(cut + other.length - from);
    out.set(bytes.subarray(0, cut));
    out.set(other.subarray(from), cut);
    return out;
  },
  function repeat(bytes, random) {
    const at = random.integer(bytes.length);
    const length = 1 + random.integer(64);
    const out = new Uint8Array(bytes.length + length);
    out.set(bytes.subarray(0, at));
    out.set(bytes.subarray(Math.max(0, at - length), at), at);
    out.set(bytes.subarray(at), at + length);
    return out;
  },
];
