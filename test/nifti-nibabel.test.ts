/**
 * What rhomap writes, as nibabel reads it. `data/nifti/written.json` stores nibabel's answer together with the hash of
 * the file it was given, so the proof stands on machines without nibabel too; where nibabel is there it is asked again.
 * After a deliberate change of the writer: RHOMAP_UPDATE=1 npx vitest run test/nifti-nibabel.test.ts
 */
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { createRandom } from '../src/core/random.ts';
import { type NiftiToWrite, writeNifti } from '../src/io/nifti/write.ts';

const PYTHON = '/usr/bin/python3';
const DATA = join(import.meta.dirname, 'data/nifti');
const STORED = join(DATA, 'written.json');

interface Reading {
  readonly shape: number[];
  readonly type: string;
  readonly affine: number[];
  readonly axes: string;
  readonly sformCode: number;
  readonly qformCode: number;
  readonly qform: number[] | null;
  readonly units: string[];
  readonly description: string;
  readonly sha256: string;
}

/** Rotation about z by an angle, then about x by a right angle times `turns`, columns scaled. */
function affine(
  angle: number,
  turns: number,
  size: readonly number[],
  origin: readonly number[],
  shear: number = 0,
): number[] {
  const [c, s] = [Math.cos(angle), Math.sin(angle)];
  const [u, v] = [[1, 0, -1, 0][turns]!, [0, 1, 0, -1][turns]!];
  const rows = [
    [c, -s * u, s * v],
    [s, c * u, -c * v],
    [0, v, u],
  ];
  return rows
    .flatMap((row, r) => [
      row[0]! * size[0]!,
      (row[1]! + shear * row[0]!) * size[1]!,
      row[2]! * size[2]!,
      origin[r]!,
    ])
    .concat(0, 0, 0, 1);
}

const random = createRandom('nifti-nibabel');
const draw = (n: number): number[] => Array.from({ length: n }, () => random.normal() * 1000);
const size = { nColumns: 4, nRows: 3, nSlices: 2 };
const description = 'rhomap test';

const images: Record<string, NiftiToWrite> = {
  'axial float32': {
    grid: { ...size, affine: affine(0, 0, [-1.5, -1.5, 7], [90, 100, -20]) },
    values: Float32Array.of(Number.NaN, Number.POSITIVE_INFINITY, 1e-40, ...draw(21)),
    description,
  },
  'left-handed uint8': {
    grid: { ...size, affine: affine(0.3, 0, [1.5, 1.5, -7], [-90, 100, 20]) },
    values: Uint8Array.from(draw(24), (v) => Math.abs(v)),
    description,
  },
  'coronal uint16, three volumes': {
    grid: { ...size, affine: affine(-0.2, 1, [1.1, 1.3, 5], [-90, 10, 80]) },
    values: Uint16Array.from(draw(72), (v) => Math.abs(v)),
    nVolumes: 3,
    volumeStepMs: 10,
    description,
  },
  'half a turn, scaled int16': {
    grid: { ...size, affine: affine(Math.PI, 2, [1.5, 1.5, 4], [0, 0, 0]) },
    values: Int16Array.from(draw(24)),
    slope: 0.0625,
    intercept: -3,
    description,
  },
  'sheared float32': {
    grid: { ...size, affine: affine(0.5, 3, [1.5, 1.5, 4], [1, 2, 3], 0.2) },
    values: Float32Array.from(draw(24)),
    description,
  },
  'no orientation': {
    grid: { ...size, affine: affine(0, 0, [-2, 2, 3], [3, -2, -1.5]) },
    values: Float32Array.from(draw(24)),
    orientation: 'none',
    description,
  },
};

const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');

function askNibabel(): Reading[] | undefined {
  if (!existsSync(PYTHON) || spawnSync(PYTHON, ['-c', 'import nibabel']).status !== 0) return undefined;
  const folder = mkdtempSync(join(tmpdir(), 'rhomap-nibabel-'));
  try {
    const names = Object.values(images).map((image, i) => {
      const name = join(folder, `${i}.nii.gz`);
      writeFileSync(name, writeNifti(image));
      return name;
    });
    const { status, stdout, stderr } = spawnSync(PYTHON, [join(DATA, 'read-with-nibabel.py'), ...names], {
      encoding: 'utf8',
    });
    if (status !== 0) throw new Error(stderr);
    return stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as Reading);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

const fresh = askNibabel();
if (process.env['RHOMAP_UPDATE'] && fresh) {
  const records = Object.entries(images).map(([name, image], i) => [
    name,
    { file: sha256(writeNifti(image, { gzip: false })), reading: fresh[i] },
  ]);
  writeFileSync(STORED, `${JSON.stringify(Object.fromEntries(records), null, 1)}\n`);
}
const stored = JSON.parse(readFileSync(STORED, 'utf8')) as Record<string, { file: string; reading: Reading }>;

/** The values as numbers, scaled, every NaN the same. */
function valuesHash({ values, slope = 1, intercept = 0 }: NiftiToWrite): string {
  const scaled = Float32Array.from(values, (v) => (Number.isNaN(v) ? Number.NaN : v * slope + intercept));
  return sha256(new Uint8Array(scaled.buffer));
}

const worstDifference = (a: readonly number[], b: readonly number[]): number =>
  Math.max(...a.map((v, i) => Math.abs(v - b[i]!)));

describe.each(Object.entries(images))('%s', (name, image) => {
  const { file, reading: storedReading } = stored[name]!;
  const freshReading = fresh?.[Object.keys(images).indexOf(name)];

  it('is the very file that nibabel was given', () => {
    expect(sha256(writeNifti(image, { gzip: false }))).toBe(file);
  });

  it.each([storedReading, ...(freshReading ? [freshReading] : [])])(
    'came back from nibabel as it was written',
    (reading) => {
      const { grid, nVolumes = 1 } = image;
      const sizes = [grid.nColumns, grid.nRows, grid.nSlices, ...(nVolumes > 1 ? [nVolumes] : [])];
      expect(reading.shape).toEqual(sizes);
      expect(reading.sha256).toBe(valuesHash(image));
      expect(worstDifference(grid.affine, reading.affine)).toBeLessThan(1e-5);
      expect(reading.sformCode).toBe(image.orientation === 'none' ? 0 : 1);
      // Right angles: both forms, the same place. Sheared or without orientation: no qform.
      const hasQform = name !== 'sheared float32' && name !== 'no orientation';
      expect(reading.qformCode).toBe(hasQform ? 1 : 0);
      if (hasQform) expect(worstDifference(grid.affine, reading.qform!)).toBeLessThan(1e-3);
      expect(reading.units).toEqual(['mm', image.volumeStepMs ? 'msec' : 'unknown']);
      expect(reading.description).toBe(description);
    },
  );
});
