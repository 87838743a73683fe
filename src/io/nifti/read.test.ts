import { gzipSync } from 'fflate';
import { describe, expect, it } from 'vitest';
import { RhomapError } from '../../core/errors.ts';
import { createWarningSink } from '../../core/warnings.ts';
import { readNifti } from './read.ts';
import { writeNifti } from './write.ts';

const affine = [-1.5, 0, 0, 9, 0, 1.5, 0, -7, 0, 0, 7, 3, 0, 0, 0, 1];
const grid = { nColumns: 4, nRows: 3, nSlices: 2, affine };
const valid = (): Uint8Array =>
  writeNifti({ grid, values: Float32Array.from({ length: 24 }, (_, i) => i) }, { gzip: false });

/** A valid file with one field overwritten. */
function edited(edit: (view: DataView) => void, bytes: Uint8Array = valid()): Uint8Array {
  edit(new DataView(bytes.buffer));
  return bytes;
}

function codeOf(bytes: Uint8Array): string {
  try {
    readNifti(bytes, 'bad.nii', createWarningSink());
  } catch (error) {
    if (error instanceof RhomapError && error.message.includes('bad.nii')) return error.code;
    throw error;
  }
  return 'read';
}

function warningsOf(bytes: Uint8Array): string[] {
  const sink = createWarningSink();
  readNifti(bytes, 'odd.nii', sink);
  return sink.warnings.map((w) => w.code);
}

describe('readNifti on bad files', () => {
  const int16 = (at: number, n: number) => (view: DataView) => view.setInt16(at, n, true);
  const float = (at: number, n: number) => (view: DataView) => view.setFloat32(at, n, true);

  it.each<[string, string, Uint8Array]>([
    ['empty', 'nifti/truncated', new Uint8Array(0)],
    ['text', 'nifti/magic', new TextEncoder().encode('not an image at all')],
    ['header cut off', 'nifti/truncated', valid().subarray(0, 300)],
    ['voxels cut off', 'nifti/truncated', valid().subarray(0, -1)],
    ['no magic', 'nifti/magic', edited((v) => v.setUint32(344, 0))],
    ['a .hdr of a pair', 'nifti/pair', edited((v) => v.setUint32(344, 0x6e693100))],
    ['no dimensions', 'nifti/dimensions', edited(int16(40, 0))],
    ['eight dimensions', 'nifti/dimensions', edited(int16(40, 8))],
    ['a negative size', 'nifti/dimensions', edited(int16(44, -3))],
    ['a size of 0', 'nifti/dimensions', edited(int16(46, 0))],
    [
      'time and channels',
      'nifti/dimensions',
      edited((v) => [4, 2, 2].map((n, i) => v.setInt16([40, 48, 50][i]!, n + (i ? 0 : 1), true))),
    ],
    ['bits against type', 'nifti/bitpix', edited(int16(72, 16))],
    ['an unknown type', 'nifti/datatype', edited(int16(70, 3))],
    ['colours', 'nifti/datatype', edited(int16(70, 128))],
    ['voxels inside the header', 'nifti/vox-offset', edited(float(108, 100))],
    ['voxels at half a byte', 'nifti/vox-offset', edited(float(108, 352.5))],
    ['voxels at NaN', 'nifti/vox-offset', edited(float(108, Number.NaN))],
    ['voxels past the end', 'nifti/truncated', edited(float(108, 1e9))],
    ['an endless intercept', 'nifti/slope', edited(float(116, Number.POSITIVE_INFINITY))],
    [
      'no valid affine',
      'nifti/affine',
      edited((v) => [256, 280].map((at) => v.setFloat32(at, Number.NaN, true))),
    ],
  ])('%s: %s', (_, code, bytes) => expect(codeOf(bytes)).toBe(code));

  it('377 bytes that ask for 18 GB, plain and compressed, cost nothing', () => {
    const huge = edited((v) => [3, 1681, 1681, 1681].map((n, i) => v.setInt16(40 + 2 * i, n, true))).subarray(
      0,
      377,
    );
    expect(codeOf(huge)).toBe('nifti/truncated');
    expect(codeOf(gzipSync(huge))).toBe('nifti/truncated');
  });

  it('2⁶³ voxels along seven axes of NIfTI-2 do not overflow', () => {
    const bytes = new Uint8Array(600);
    const view = new DataView(bytes.buffer);
    view.setInt32(0, 540, true);
    bytes.set([0x6e, 0x2b, 0x32, 0, 13, 10, 26, 10], 4);
    [16, 32].forEach((n, i) => {
      view.setInt16(12 + 2 * i, n, true);
    });
    [3, 2 ** 62, 2 ** 62, 2 ** 62].forEach((n, i) => {
      view.setBigInt64(16 + 8 * i, BigInt(n), true);
    });
    view.setBigInt64(168, 544n, true);
    expect(codeOf(bytes)).toBe('nifti/truncated');
  });

  it('a file that swells is stopped at the end of its image', () => {
    const swollen = new Uint8Array(64e6);
    swollen.set(valid());
    expect(warningsOf(gzipSync(swollen))).toEqual(['nifti/tail']);
  });

  it('thousands of empty gzip members are refused', () => {
    const empty = gzipSync(new Uint8Array(0));
    const many = new Uint8Array(5000 * empty.length);
    for (let i = 0; i < 5000; i++) many.set(empty, i * empty.length);
    expect(codeOf(many)).toBe('nifti/gzip');
  });

  it('more voxels than the limit are refused before they are allocated', () => {
    expect(() => readNifti(valid(), 'big.nii', createWarningSink(), { maxValues: 23 })).toThrow(/at most 23/);
  });

  it('compressed files that are cut off, flipped or padded with rubbish', () => {
    const noise = Float32Array.from({ length: 24 }, (_, i) => Math.sin(i) * 1000);
    const packed = writeNifti({ grid, values: noise });
    for (const n of [0, 1, 5, 10, 50, packed.length - 9, packed.length - 1])
      expect(codeOf(packed.subarray(0, n))).toMatch(/^nifti\/(truncated|gzip|gzip-checksum|magic)$/);
    const flipped = packed.slice();
    flipped[packed.length - 6]! ^= 1;
    expect(codeOf(flipped)).toBe('nifti/gzip-checksum');
    expect(codeOf(Uint8Array.of(...packed, 1, 2, 3))).toMatch(/^nifti\/gzip/);
  });
});

describe('readNifti on odd but usable files', () => {
  const float = (at: number, n: number) => (view: DataView) => view.setFloat32(at, n, true);

  it('tolerates with a word', () => {
    expect(warningsOf(valid())).toEqual([]);
    expect(warningsOf(edited(float(108, 0)))).toEqual(['nifti/vox-offset']);
    expect(warningsOf(edited(float(112, Number.NaN)))).toEqual(['nifti/slope']);
    expect(warningsOf(edited(float(280, Number.NaN)))).toEqual(['nifti/affine']);
    expect(warningsOf(edited(float(268, 50)))).toEqual(['nifti/two-forms']);
    expect(warningsOf(edited((v) => v.setUint32(252, 0)))).toEqual(['nifti/no-orientation']);
  });

  it('takes sform where both forms are set, and keeps both', () => {
    const moved = edited(float(268, 50));
    const { grid: read, orientation, sform, qform } = readNifti(moved, 'two.nii', createWarningSink());
    expect([orientation, read.affine[3], sform?.[3], qform?.[3]]).toEqual(['sform', 9, 9, 50]);
  });

  it('converts metres to millimetres', () => {
    const sink = createWarningSink();
    const metres = edited((v) => {
      v.setUint8(123, 1);
      for (let i = 0; i < 12; i++) v.setFloat32(280 + 4 * i, affine[i]! / 1000, true);
      v.setInt16(252, 0, true);
    });
    const image = readNifti(metres, 'm.nii', sink);
    image.grid.affine.forEach((v, i) => {
      expect(v).toBeCloseTo(affine[i]!, 5);
    });
    expect(sink.warnings.map((w) => w.code)).toEqual(['nifti/units']);
  });

  it('says how many whole numbers float32 had to round', () => {
    const wide = new Uint8Array(352 + 24 * 8);
    wide.set(valid().subarray(0, 352));
    const view = new DataView(wide.buffer);
    [1024, 64].forEach((n, i) => {
      view.setInt16(70 + 2 * i, n, true);
    });
    view.setBigInt64(352, 2n ** 24n + 1n, true);
    view.setBigInt64(360, 2n ** 60n + 1n, true);
    view.setBigInt64(368, 2n ** 60n, true);
    const sink = createWarningSink();
    readNifti(wide, 'wide.nii', sink);
    expect(sink.warnings.map((w) => w.message)).toEqual([
      '2 int64 values are larger than float32 holds exactly and were rounded.',
    ]);
  });

  it('reads gzip in several members', () => {
    const bytes = valid();
    const packed = Uint8Array.of(...gzipSync(bytes.subarray(0, 370)), ...gzipSync(bytes.subarray(370)));
    expect(readNifti(packed, 'members.nii.gz', createWarningSink()).values[23]).toBe(23);
  });
});
