import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { applyAffine } from '../src/core/affine.ts';
import { voxelCount } from '../src/core/grid.ts';
import { imageAt } from '../src/core/volume.ts';
import { createWarningSink } from '../src/core/warnings.ts';
import { describeCandidate, type SpinLockCandidate } from '../src/io/dicom/candidate.ts';
import type { DicomGroups, GroupOptions } from '../src/io/dicom/group.ts';
import { type DicomSource, loadSeries, scanDicom } from '../src/io/dicom/load.ts';
import { tslFrom, tslInText } from '../src/io/dicom/tsl-proposal.ts';
import { type Entry, elements, mrImage, part10 } from './dicom-builder.ts';

const DATA = join(import.meta.dirname, 'data/dicom');

interface Folder {
  readonly sources: readonly DicomSource[];
  readonly read: (name: string) => Promise<Uint8Array>;
}

function folderOf(files: ReadonlyMap<string, Uint8Array>): Folder {
  const read = async (name: string): Promise<Uint8Array> => files.get(name)!;
  return { read, sources: [...files.keys()].map((name) => ({ name, read: () => read(name) })) };
}

function folder(name: string): Map<string, Uint8Array> {
  const root = join(DATA, name);
  const names = readdirSync(root, { recursive: true, encoding: 'utf8' });
  return new Map(
    names
      .filter((n) => statSync(join(root, n)).isFile())
      .map((n) => [n, new Uint8Array(readFileSync(join(root, n)))]),
  );
}

const scan = (files: ReadonlyMap<string, Uint8Array>, options?: GroupOptions): Promise<DicomGroups> =>
  scanDicom(folderOf(files).sources, createWarningSink(), options);

const fittable = ({ candidates }: DicomGroups): SpinLockCandidate[] =>
  candidates.filter((c) => c.problems.length === 0);
const problems = ({ candidates }: DicomGroups): string[] =>
  candidates.flatMap((c) => c.problems.map((p) => p.code));

/** One synthetic 2×2 image; its pixels all hold `100·slice + time`. */
interface Shot {
  readonly slice: number;
  readonly time: number;
  readonly series?: number;
  readonly alongMm?: number;
  readonly extra?: readonly Entry[];
}

const even = (s: string): string => (s.length % 2 ? `${s} ` : s);

function shot({ slice, time, series = 1, alongMm = slice * 7, extra = [] }: Shot, n: number): Uint8Array {
  const value = 100 * slice + time;
  return part10(
    elements(
      mrImage(
        [0x0008_0018, 'UI', `1.2.3.${series}.${n + 1}`],
        [0x0008_103e, 'LO', 'T1rho'],
        [0x0020_000e, 'UI', `1.2.3.${series}`],
        [0x0020_0011, 'IS', even(`${series}`)],
        [0x0020_0013, 'IS', even(`${n + 1}`)],
        [0x0020_0032, 'DS', even(`10\\20\\${alongMm}`)],
        [0x0020_0100, 'IS', even(`${time + 1}`)],
        [0x7fe0_0010, 'OW', Uint8Array.from({ length: 8 }, (_, i) => (i % 2 ? value >> 8 : value & 255))],
        ...extra,
      ),
    ),
  );
}

const files = (shots: readonly Shot[]): Map<string, Uint8Array> =>
  new Map(shots.map((s, n) => [`${n}.dcm`, shot(s, n)]));

const shots = (
  nSlices: number,
  nTimes: number,
  more: (slice: number, time: number) => Partial<Shot> = () => ({}),
): Shot[] =>
  Array.from({ length: nSlices * nTimes }, (_, k) => {
    const [slice, time] = [Math.floor(k / nTimes), k % nTimes];
    return { slice, time, ...more(slice, time) };
  });

describe('folders as scanners export them', () => {
  it('Philips: one series per slice, magnitude among real, imaginary and B1', async () => {
    const disk = folder('philips');
    const groups = await scan(disk);
    expect(groups.skipped).toEqual([]);
    expect(groups.candidates.map((c) => [c.kind, c.grid.nSlices, c.nTimes])).toEqual([
      ['b1-map', 3, 1],
      ['magnitude', 3, 4],
      ['real', 3, 4],
      ['imaginary', 3, 4],
    ]);
    const [candidate, ...others] = fittable(groups);
    expect(others).toEqual([]);
    // The files hold no spin-lock time, and none is invented: TriggerTime, which varies, is not one.
    expect(candidate!.proposals).toEqual([]);
    expect(() => tslFrom(candidate!, 'echo-time')).toThrow(/give the times with --tsl/);
    const series = await loadSeries(candidate!, [0, 10, 30, 50], folderOf(disk).read);
    // The scene decays with 40 ms left, 50 ms right (make-dicom.py); 12-bit storage rounds to ±0.9.
    const at = (tsl: number, slice: number, column: number): number =>
      imageAt(series, tsl)[(slice * 12 + 6) * 16 + column]!;
    for (const slice of [0, 1, 2]) {
      const s0 = 1000 + 100 * slice;
      [0, 10, 30, 50].forEach((tsl, t) => {
        expect(Math.abs(at(t, slice, 4) - s0 * Math.exp(-tsl / 40))).toBeLessThan(0.9);
        expect(Math.abs(at(t, slice, 12) - s0 * Math.exp(-tsl / 50))).toBeLessThan(0.9);
      });
    }
    expect(at(0, 0, 0)).toBe(0);
  });

  it('GE: EchoTime is offered and used only by name', async () => {
    const disk = folder('ge');
    const [candidate] = fittable(await scan(disk));
    expect(candidate!.notes.map((n) => n.code)).toContain('dicom/assumed-magnitude');
    expect(tslFrom(candidate!, 'echo-time')).toEqual([0, 10, 30, 50]);
    const series = await loadSeries(candidate!, tslFrom(candidate!, 'echo-time'), folderOf(disk).read);
    expect(imageAt(series, 2)[6 * 16 + 4]).toBe(Math.round(1000 * Math.exp(-30 / 40)));
  });

  it('one series per spin-lock time, acquired out of order: images come out sorted', async () => {
    const disk = folder('tsl-series');
    const [candidate, ...others] = fittable(await scan(disk));
    expect(others).toEqual([]);
    const tslMs = tslFrom(candidate!, 'description');
    expect(tslMs).toEqual([50, 0, 30, 10]);
    const series = await loadSeries(candidate!, tslMs, folderOf(disk).read);
    expect(series.tslMs).toEqual([0, 10, 30, 50]);
    expect(imageAt(series, 1)[voxelCount(series.grid) / 2 + 6 * 16 + 4]).toBe(
      Math.round(1000 * Math.exp(-10 / 40)),
    );
  });

  it('enhanced multi-frame: slices and times from functional groups, each frame with its own rescale', async () => {
    const bytes = new Uint8Array(readFileSync(join(DATA, 'encodings/enhanced.dcm')));
    const disk = new Map([['e.dcm', bytes]]);
    const [candidate] = fittable(await scan(disk));
    expect([candidate!.nTimes, candidate!.grid.nSlices]).toEqual([2, 2]);
    // Written as (time, slice) = (2, 1), (1, 1), (2, 0), (1, 0).
    expect(candidate!.frames.map((s) => s.map((f) => f.frame.index))).toEqual([
      [3, 2],
      [1, 0],
    ]);
    const series = await loadSeries(candidate!, [0, 50], folderOf(disk).read);
    expect(series.signal.every(Number.isFinite)).toBe(true);
    // The oblique stack's steps: 9 mm along the normal, tilted by 0.3 rad; LPS y flips.
    const [a, b] = [applyAffine(series.grid.affine, [0, 0, 0]), applyAffine(series.grid.affine, [0, 0, 1])];
    expect(b[1] - a[1]).toBeCloseTo(9 * Math.sin(0.3), 6);
    expect(b[2] - a[2]).toBeCloseTo(9 * Math.cos(0.3), 6);
  });
});

describe('the result depends on what images say, not on their names, order or folders', () => {
  const summary = async (disk: ReadonlyMap<string, Uint8Array>): Promise<unknown> => {
    const groups = await scan(disk);
    const described = groups.candidates.map((c) => {
      const { files: _, ...rest } = describeCandidate(c) as { files: unknown };
      return { ...rest, frames: c.frames.map((s) => s.map((f) => [f.image.sopInstanceUid, f.frame.index])) };
    });
    return { described, nSkipped: groups.skipped.length };
  };

  it.each(['philips', 'ge', 'tsl-series'])('%s', async (name) => {
    const disk = folder(name);
    const expected = await summary(disk);
    const entries = [...disk.entries()];
    await fc.assert(
      fc.asyncProperty(
        fc.shuffledSubarray(entries, { minLength: entries.length }),
        fc.infiniteStream(fc.string({ minLength: 1, maxLength: 8 })),
        fc.infiniteStream(fc.constantFrom('', 'a/', 'b/c/', 'DICOM/ü/')),
        async (shuffled, names, folders) => {
          const renamed = shuffled.map(([, bytes], i): [string, Uint8Array] => [
            `${folders.next().value}${names.next().value}-${i}`,
            bytes,
          ]);
          expect(await summary(new Map(renamed))).toEqual(expected);
        },
      ),
      { numRuns: 25 },
    );
  });

  it('any layout of the same images over series gives the same signal', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 1, max: 5 }),
        fc.integer({ min: 2, max: 5 }),
        fc.constantFrom('one series', 'per slice', 'per time', 'per image'),
        fc.integer(),
        async (nSlices, nTimes, layout, seed) => {
          const series = (slice: number, time: number): number =>
            ({
              'one series': 1,
              'per slice': 1 + slice,
              'per time': 1 + time,
              'per image': 1 + slice * nTimes + time,
            })[layout];
          // Where each time has its own series, scanners number its temporal position 1.
          const numbered = layout === 'per time' || layout === 'per image';
          const list = shots(nSlices, nTimes, (s, t) => ({
            series: series(s, t),
            extra: numbered ? [[0x0020_0100, 'IS', '1 ']] : [],
          }));
          const disk = new Map(
            fc.sample(fc.shuffledSubarray([...files(list)], { minLength: list.length }), {
              seed,
              numRuns: 1,
            })[0]!,
          );
          const [candidate, ...others] = fittable(await scan(disk));
          expect(others).toEqual([]);
          const loaded = await loadSeries(
            candidate!,
            Array.from({ length: nTimes }, (_, t) => 10 * t),
            folderOf(disk).read,
          );
          const expected = Array.from({ length: nTimes }, (_, t) =>
            Array.from({ length: nSlices }, (_, s) => Array<number>(4).fill(100 * s + t)),
          );
          expect([...loaded.signal]).toEqual(expected.flat(2));
        },
      ),
      { numRuns: 60 },
    );
  });
});

describe('geometry', () => {
  it('flips LPS to RAS once: each voxel of a rotated stack lies where its header says', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.double({ min: -1, max: 1, noNaN: true }),
        fc.double({ min: -1, max: 1, noNaN: true }),
        fc.integer({ min: -300, max: 300 }),
        async (alpha, beta, offset) => {
          const row = [Math.cos(alpha), Math.sin(alpha), 0] as const;
          const column = [
            -Math.sin(alpha) * Math.cos(beta),
            Math.cos(alpha) * Math.cos(beta),
            Math.sin(beta),
          ] as const;
          const normal = [
            row[1] * column[2] - row[2] * column[1],
            row[2] * column[0] - row[0] * column[2],
            row[0] * column[1] - row[1] * column[0],
          ] as const;
          const position = (slice: number): number[] =>
            normal.map((n, i) => offset * (i + 1) + 5 * slice * n);
          const ds = (v: readonly number[]): string => even(v.map((x) => x.toFixed(10)).join('\\'));
          const disk = files(
            shots(3, 2, (slice) => ({
              extra: [
                [0x0020_0032, 'DS', ds(position(slice))],
                [0x0020_0037, 'DS', ds([...row, ...column])],
                [0x0028_0030, 'DS', '2\\3 '],
              ],
            })),
          );
          const [candidate] = fittable(await scan(disk));
          for (const [i, j, k] of [
            [0, 0, 0],
            [1, 0, 0],
            [0, 1, 0],
            [1, 1, 2],
          ] as const) {
            const lps = position(k).map((p, a) => p + i * 3 * row[a]! + j * 2 * column[a]!);
            const ras = applyAffine(candidate!.grid.affine, [i, j, k]);
            expect(Math.hypot(ras[0] + lps[0]!, ras[1] + lps[1]!, ras[2] - lps[2]!)).toBeLessThan(1e-6);
          }
        },
      ),
      { numRuns: 40 },
    );
  });

  it('images of another size, spacing or orientation do not join', async () => {
    const odd: Entry[][] = [
      [[0x0028_0030, 'DS', '1.5\\1.6 ']],
      [[0x0020_0037, 'DS', '1\\0\\0\\0\\0\\-1']],
      [[0x0028_0010, 'US', 1]],
    ];
    for (const extra of odd) {
      const groups = await scan(files([...shots(2, 3), { slice: 0, time: 3, extra }]));
      expect(fittable(groups).map((c) => c.nTimes)).toEqual([3]);
      expect(groups.candidates).toHaveLength(2);
    }
  });

  it('images without a position are skipped with the reason', async () => {
    const { candidates, skipped } = await scan(
      files([{ slice: 0, time: 0, extra: [[0x0020_0032, 'DS', '']] }]),
    );
    expect(candidates).toEqual([]);
    expect(skipped[0]!.reason).toBe('an image with no ImagePositionPatient');
  });
});

describe('what is wrong is said in one sentence and not fitted', () => {
  const load = (c: SpinLockCandidate, tslMs: number[]) => loadSeries(c, tslMs, async () => new Uint8Array());

  it.each<[string, Shot[], string, RegExp]>([
    ['an image lost', shots(3, 4).slice(0, -1), 'dicom/missing-image', /slice at 14\.0 mm has 3 of 4 images/],
    [
      'a slice lost',
      shots(4, 2).filter((s) => s.slice !== 1),
      'dicom/slice-spacing',
      /1 slice is missing between 0\.0 and 14\.0 mm/,
    ],
    [
      'uneven slices',
      shots(3, 2, (slice) => ({ alongMm: [0, 7, 17][slice]! })),
      'dicom/slice-spacing',
      /not evenly spaced/,
    ],
    ['one time', shots(3, 1), 'dicom/one-time', /at two spin-lock times or more/],
    [
      'a temporal position twice',
      shots(1, 3).map((s) => ({
        ...s,
        extra: [[0x0020_0100, 'IS', s.time === 2 ? '1 ' : `${s.time + 1} `]],
      })),
      'dicom/duplicate-time',
      /2 images of the slice at 0\.0 mm have temporal position 1/,
    ],
  ])('%s', async (_, list, code, message) => {
    const groups = await scan(files(list));
    expect(problems(groups)).toEqual([code]);
    await expect(load(groups.candidates[0]!, [0, 50])).rejects.toMatchObject({ code });
    await expect(load(groups.candidates[0]!, [0, 50])).rejects.toThrow(message);
  });

  it('a damaged file of the series, but not a damaged copy of a whole one', async () => {
    const disk = files(shots(2, 3));
    const whole = disk.get('5.dcm')!;
    disk.set('5.dcm', whole.subarray(0, whole.length - 3));
    const groups = await scan(disk);
    expect(groups.skipped.map((s) => [s.name, s.code])).toEqual([['5.dcm', 'dicom/truncated']]);
    expect(problems(groups)).toContain('dicom/damaged-image');
    disk.set('copy.dcm', whole);
    expect(problems(await scan(disk))).toEqual([]);
  });

  it('as many times as images', async () => {
    const [candidate] = fittable(await scan(files(shots(2, 4))));
    await expect(load(candidate!, [0, 50])).rejects.toThrow(/4 images per slice, but 2 spin-lock times/);
  });

  it('a file that changed between sorting and decoding', async () => {
    const [candidate] = fittable(await scan(files(shots(1, 2))));
    await expect(load(candidate!, [0, 50])).rejects.toMatchObject({ code: 'dicom/changed' });
  });

  it('a copied file counts once, a repeated scan stands apart, and series can be chosen', async () => {
    const first = shots(2, 3, (slice) => ({ series: 1 + slice }));
    const again = shots(2, 3, (slice) => ({ series: 11 + slice }));
    const disk = files([...first, ...again]);
    disk.set('copy of 0.dcm', disk.get('0.dcm')!);
    const groups = await scan(disk);
    expect(groups.skipped.map((s) => s.reason)).toEqual(['the same image as 0.dcm']);
    expect(fittable(groups).map((c) => c.seriesNumbers)).toEqual([
      [1, 2],
      [11, 12],
    ]);
    expect(fittable(await scan(disk, { series: [11, 12] })).map((c) => c.seriesNumbers)).toEqual([[11, 12]]);
  });
});

describe('scaling', () => {
  it('takes Philips’ scale slope where the display scale differs between spin-lock times', async () => {
    // Two scans of signal 400 and 200: stored = signal × scale slope, displayed with another RescaleSlope each.
    const philips = (slope: string, scaleSlope: number, stored: number): Entry[] => [
      [0x0028_1052, 'DS', '0 '],
      [0x0028_1053, 'DS', slope],
      [0x2005_0010, 'LO', 'Philips MR Imaging DD 001 '],
      [0x2005_100e, 'FL', scaleSlope],
      [0x7fe0_0010, 'OW', Uint8Array.from({ length: 8 }, (_, i) => (i % 2 ? stored >> 8 : stored & 255))],
    ];
    const disk = files([
      { slice: 0, time: 0, series: 1, extra: philips('2 ', 0.5, 200) },
      { slice: 0, time: 0, series: 2, extra: philips('4 ', 2, 400) },
    ]);
    const [candidate] = fittable(await scan(disk));
    expect(candidate!.notes.map((n) => n.code)).toContain('dicom/philips-scaling');
    const { signal } = await loadSeries(candidate!, [0, 50], folderOf(disk).read);
    expect([signal[0], signal[4]]).toEqual([400, 200]);
  });
});

describe('what an image shows', () => {
  const ge = (type: number): Entry[] => [
    [0x0008_0008, 'CS', 'ORIGINAL\\PRIMARY\\OTHER'],
    [0x0043_0010, 'LO', 'GEMS_PARM_01'],
    [0x0043_102f, 'SS', type],
  ];
  it.each<[string, Entry[]]>([
    ['magnitude', ge(0)],
    ['phase', ge(1)],
    ['real', ge(2)],
    ['imaginary', ge(3)],
    ['unspecified', [[0x0008_0008, 'CS', 'ORIGINAL\\PRIMARY\\OTHER']]],
    ['magnitude', [[0x0008_0008, 'CS', 'ORIGINAL\\PRIMARY\\M\\ND']]],
    ['phase', [[0x0008_0008, 'CS', 'ORIGINAL\\PRIMARY\\PHASE MAP\\P\\FFE']]],
    ['b1-map', [[0x0028_1054, 'LO', '% ']]],
    ['b1-map', [[0x0008_0008, 'CS', 'ORIGINAL\\PRIMARY\\M_B1\\M\\B1 ']]],
    ['b0-map', [[0x0028_1054, 'LO', 'Hz']]],
    ['map', [[0x0008_0008, 'CS', 'DERIVED\\PRIMARY\\T1RHO MAP\\ND']]],
    ['map', [[0x0028_1054, 'LO', 'ms']]],
  ])('%s', async (kind, extra) => {
    expect((await scan(files([{ slice: 0, time: 0, extra }]))).candidates.map((c) => c.kind)).toEqual([kind]);
  });
});

describe('spin-lock times in a description', () => {
  it.each<[string, number[]]>([
    ['T1rho TSL 0_10_40_80ms', [0, 10, 40, 80]],
    ['t1rho_SL10ms', [10]],
    ['T1RHO_TSL=0,10,30,50', [0, 10, 30, 50]],
    ['liver SL 22.5 ms', [22.5]],
    ['T1rho BB 3 slices', []],
    ['SLICE 10', []],
    ['tse_tra_SL5mm', []],
  ])('%s', (description, tslMs) => {
    expect(tslInText(description)).toEqual(tslMs);
  });
});
