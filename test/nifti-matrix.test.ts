/**
 * Every real type × byte order × version × scaling, over six kinds of affine and four ways to store it, against what
 * nibabel reads (`data/nifti/make-matrix.py`).
 */
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { createWarningSink } from '../src/core/warnings.ts';
import { readNifti } from '../src/io/nifti/read.ts';

interface Case {
  readonly name: string;
  readonly file: string;
  readonly shape: readonly number[];
  readonly affine: readonly number[];
  readonly sha256: string;
}

const { cases } = JSON.parse(readFileSync(join(import.meta.dirname, 'data/nifti/matrix.json'), 'utf8')) as {
  cases: Case[];
};

/** Both sides turn every NaN into the same bits first. */
function hashOf(values: Float32Array): string {
  const copy = values.map((v) => (Number.isNaN(v) ? Number.NaN : v));
  return createHash('sha256').update(new Uint8Array(copy.buffer)).digest('hex');
}

describe('NIfTI as nibabel reads it', () => {
  it('covers the matrix', () => expect(cases.length).toBe(120));

  it.each(cases)('$name', ({ file, shape, affine, sha256 }) => {
    const warnings = createWarningSink();
    const image = readNifti(Buffer.from(file, 'base64'), 'case.nii', warnings);
    const { nColumns, nRows, nSlices } = image.grid;
    const expectedShape = [shape[0], shape[1], shape[2] ?? 1, shape.slice(3).reduce((a, b) => a * b, 1)];
    expect([nColumns, nRows, nSlices, image.nVolumes]).toEqual(expectedShape);
    expect(hashOf(image.values)).toBe(sha256);
    image.grid.affine.forEach((v, i) => {
      expect(Math.abs(v - affine[i]!)).toBeLessThan(1e-9);
    });
  });
});
