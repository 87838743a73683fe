import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { RhomapError } from '../src/core/errors.ts';
import { voxelCount } from '../src/core/grid.ts';
import { createRandom, type Random } from '../src/core/random.ts';
import { createWarningSink } from '../src/core/warnings.ts';
import { describeCandidate } from '../src/io/dicom/candidate.ts';
import { createCodecs } from '../src/io/dicom/codecs/codecs.ts';
import { groupDicomSeries } from '../src/io/dicom/group.ts';
import { parseDicom } from '../src/io/dicom/image.ts';
import { loadSeries, scanDicom } from '../src/io/dicom/load.ts';
import { decodePixels } from '../src/io/dicom/pixels.ts';

/** Mutations of every valid file: whatever comes, it is read or refused with a typed error, in bounded memory. */
const DATA = join(import.meta.dirname, 'data/dicom');
const N_RUNS = process.env['RHOMAP_FULL'] ? 500_000 : 5_000;
const MAX_MEMORY_BYTES = 1e9;
const LENGTHS = [
  0, 1, 2, 7, 0x7f, 0x80, 0xff, 0xfffe, 0xffff, 0x1_0000, 0x7fff_ffff, 0x8000_0000, 0xffff_fffe, 0xffff_ffff,
];

const seeds: readonly Uint8Array[] = readdirSync(DATA, { recursive: true, encoding: 'utf8' })
  .filter((name) => name.includes('/') && !name.endsWith('LICENSE') && statSync(join(DATA, name)).isFile())
  .sort()
  .map((name) => new Uint8Array(readFileSync(join(DATA, name))));

const MUTATIONS: readonly ((bytes: Uint8Array, random: Random) => Uint8Array)[] = [
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

/** Reads `n` mutated files; counts what was read and what was refused. Anything but a typed error escapes. */
async function fuzzDicom(seed: number, n: number): Promise<{ read: number; refused: Map<string, number> }> {
  const random = createRandom(seed);
  const codecs = createCodecs();
  const refused = new Map<string, number>();
  let read = 0;
  for (let i = 0; i < n; i++) {
    const draw = random.fork(i);
    let bytes: Uint8Array = seeds[draw.integer(seeds.length)]!.slice();
    for (let k = 1 + draw.integer(3); k > 0 && bytes.length > 4; k--)
      bytes = MUTATIONS[draw.integer(MUTATIONS.length)]!(bytes, draw);
    try {
      const image = parseDicom(bytes, `run ${i}`, createWarningSink());
      groupDicomSeries([image]);
      await decodePixels(image, bytes, { codecs });
      read++;
    } catch (error) {
      if (!(error instanceof RhomapError))
        throw new Error(`seed ${seed}, run ${i}: ${error}`, { cause: error });
      refused.set(error.code, (refused.get(error.code) ?? 0) + 1);
    }
    if (i % 1000 === 0) expect(process.memoryUsage().rss).toBeLessThan(MAX_MEMORY_BYTES);
  }
  return { read, refused };
}

/** Folders with some files mutated: sorted and decoded, or refused with a typed error. */
async function fuzzFolders(seed: number, n: number): Promise<number> {
  const root = join(DATA, 'philips');
  const names = readdirSync(root, { recursive: true, encoding: 'utf8' }).filter((f) => f.includes('IM_'));
  const intact = new Map(names.map((name) => [name, new Uint8Array(readFileSync(join(root, name)))]));
  let loaded = 0;
  for (let i = 0; i < n; i++) {
    const draw = createRandom(seed).fork(i);
    const files = new Map<string, Uint8Array>(intact);
    for (let k = 1 + draw.integer(3); k > 0; k--) {
      const name = names[draw.integer(names.length)]!;
      files.set(name, MUTATIONS[draw.integer(MUTATIONS.length)]!(Uint8Array.from(files.get(name)!), draw));
    }
    const read = async (name: string): Promise<Uint8Array> => files.get(name)!;
    const sources = names.map((name) => ({ name, read: () => read(name) }));
    const { candidates } = await scanDicom(sources, createWarningSink());
    for (const candidate of candidates) {
      describeCandidate(candidate);
      try {
        const tslMs = Array.from({ length: candidate.nTimes }, (_, t) => 10 * t);
        const { signal } = await loadSeries(candidate, tslMs, read);
        expect(signal.length).toBe(candidate.nTimes * voxelCount(candidate.grid));
        loaded++;
      } catch (error) {
        if (!(error instanceof RhomapError))
          throw new Error(`seed ${seed}, folder ${i}: ${error}`, { cause: error });
      }
    }
  }
  return loaded;
}

describe('mutated DICOM files', () => {
  it(`${N_RUNS} are read or refused with a typed error, within 1 GB`, { timeout: 3_600_000 }, async () => {
    const { read, refused } = await fuzzDicom(20261124, N_RUNS);
    // Both outcomes must be common, or the mutations test nothing.
    expect(read).toBeGreaterThan(N_RUNS / 20);
    expect([...refused.values()].reduce((a, b) => a + b, 0)).toBeGreaterThan(N_RUNS / 20);
    expect(refused.size).toBeGreaterThan(10);
  });

  it(`folders with mutated files, ${N_RUNS / 50} of them`, { timeout: 3_600_000 }, async () => {
    expect(await fuzzFolders(7, N_RUNS / 50)).toBeGreaterThan(N_RUNS / 100);
  });
});
