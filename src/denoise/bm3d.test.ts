import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { isFull, sizeTag } from '../../test/support/size.ts';
import { createRandom } from '../core/random.ts';
import { denoiseBm3d } from './bm3d.ts';
import type { Bm3dOptions } from './bm3d-options.ts';

const data = join(import.meta.dirname, '../../test/data/bm3d');
interface ReferenceRow {
  readonly image: string;
  readonly sigma: number;
  readonly noisyDb: number;
  readonly wienerDb: number;
}
const rows: ReferenceRow[] = JSON.parse(readFileSync(join(data, 'reference.json'), 'utf8')).rows;

function readFloat32(name: string): Float32Array {
  const bytes = readFileSync(join(data, name));
  return new Float32Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length));
}

function psnrDb(image: Float32Array, clean: Uint8Array): number {
  const squared = image.reduce((sum, value, i) => sum + (value - clean[i]) ** 2, 0);
  return 10 * Math.log10((255 ** 2 * image.length) / squared);
}

function noisyPattern(nRows: number, nColumns: number, sigma = 5): Float32Array {
  const random = createRandom(`pattern ${nRows} ${nColumns}`);
  return Float32Array.from(
    { length: nRows * nColumns },
    (_, i) => 40 + 20 * Math.sin(i / 7) * Math.cos(i / nColumns / 5) + sigma * random.normal(),
  );
}

const maxDifference = (a: Float32Array, b: Float32Array): number =>
  a.reduce((worst, value, i) => Math.max(worst, Math.abs(value - b[i])), 0);

describe('denoising quality', () => {
  const few = rows.filter((r) => ['camera 25', 'brick 15', 't1rho-map 50'].includes(`${r.image} ${r.sigma}`));
  const judged = isFull ? rows : few;

  it.each(judged)(
    `$image, sigma $sigma: at most 0.2 dB below the reference implementation ($wienerDb dB) ${sizeTag(judged.length, 'images')}`,
    ({ image, sigma, wienerDb }) => {
      const clean = readFileSync(join(data, `${image}.u8`));
      const noisy = readFloat32(`${image}-sigma${sigma}.f32`);
      const { values } = denoiseBm3d(noisy, 256, 256, { sigma, valueRange: 255 });
      expect(psnrDb(values, clean)).toBeGreaterThan(wienerDb - 0.2);
    },
  );

  it('needs neither sigma nor the value range: a T1rho map loses under 0.3 dB by estimating both', () => {
    const clean = readFileSync(join(data, 't1rho-map.u8'));
    const { values, sigma } = denoiseBm3d(readFloat32('t1rho-map-sigma15.f32'), 256, 256);
    expect(Math.abs(sigma / 15 - 1)).toBeLessThan(0.05);
    const reference = rows.find((r) => r.image === 't1rho-map' && r.sigma === 15)!;
    expect(psnrDb(values, clean)).toBeGreaterThan(reference.wienerDb - 0.3);
  });
});

describe('what must not change', () => {
  it('a constant image', () => {
    const constant = new Float32Array(40 * 33).fill(41.7);
    expect(maxDifference(denoiseBm3d(constant, 40, 33, { sigma: 3 }).values, constant)).toBeLessThan(1e-4);
    expect(denoiseBm3d(constant, 40, 33).values).toEqual(constant);
  });

  it('an image with sigma 0', () => {
    const image = noisyPattern(20, 20);
    expect(denoiseBm3d(image, 20, 20, { sigma: 0 }).values).toEqual(image);
  });

  it('the input, and the result of a second run', () => {
    const image = noisyPattern(40, 50);
    const copy = image.slice();
    const first = denoiseBm3d(image, 40, 50, { sigma: 5 });
    expect(image).toEqual(copy);
    expect(denoiseBm3d(image, 40, 50, { sigma: 5 })).toEqual(first);
  });

  it('the result, but for unit and offset, when the input changes unit and offset', () => {
    const image = noisyPattern(48, 40);
    const plain = denoiseBm3d(image, 48, 40, { sigma: 5 }).values;
    // Powers of two keep the scaled input exact, so that no threshold decision can flip.
    const scaled = denoiseBm3d(
      image.map((v) => v / 1024),
      48,
      40,
      { sigma: 5 / 1024 },
    ).values;
    expect(
      maxDifference(
        scaled.map((v) => v * 1024),
        plain,
      ),
    ).toBeLessThan(1e-3);
    const shifted = denoiseBm3d(
      image.map((v) => v + 64),
      48,
      40,
      { sigma: 5 },
    ).values;
    expect(
      maxDifference(
        shifted.map((v) => v - 64),
        plain,
      ),
    ).toBeLessThan(0.05);
  });

  it('the orientation: a transposed image gives a nearly transposed result', () => {
    const transpose = (image: Float32Array): Float32Array =>
      image.map((_, i) => image[(i % 40) * 40 + Math.floor(i / 40)]);
    const image = noisyPattern(40, 40);
    const result = denoiseBm3d(image, 40, 40, { sigma: 5 }).values;
    const turned = transpose(denoiseBm3d(transpose(image), 40, 40, { sigma: 5 }).values);
    expect(maxDifference(turned, result)).toBeLessThan(1e-3);
  });
});

describe('pixels without a value', () => {
  const image = noisyPattern(40, 40);
  const holed = image.map((v, i) => (i % 40 > 10 && i % 40 < 15 && i > 400 && i < 900 ? Number.NaN : v));
  holed[3] = Number.POSITIVE_INFINITY;

  it('come back as NaN, and the others have one', () => {
    const { values } = denoiseBm3d(holed, 40, 40, { sigma: 5 });
    expect([...values].map(Number.isNaN)).toEqual([...holed].map((v) => !Number.isFinite(v)));
  });

  it('do not reach pixels far from them', () => {
    const far = (map: Float32Array): Float32Array => map.filter((_, i) => i % 40 >= 35);
    const [a, b] = [holed, image].map((v) =>
      denoiseBm3d(v, 40, 40, {
        sigma: 5,
        valueRange: 60,
        hardPass: { searchSize: 5 },
        wienerPass: { searchSize: 5 },
      }),
    );
    expect(maxDifference(far(a!.values), far(b!.values))).toBeLessThan(1e-5);
  });

  it('may be all there is', () => {
    const empty = new Float32Array(100).fill(Number.NaN);
    expect(denoiseBm3d(empty, 10, 10).values).toEqual(empty);
  });
});

describe('any size', () => {
  it.each([
    [1, 1],
    [1, 60],
    [7, 9],
    [8, 8],
    [9, 100],
    [61, 17],
  ])('%i×%i: every pixel has a value, and the noise is less', (nRows, nColumns) => {
    const random = createRandom('flat');
    const image = Float32Array.from({ length: nRows * nColumns }, () => 40 + 5 * random.normal());
    const { values } = denoiseBm3d(image, nRows, nColumns, { sigma: 5 });
    const power = (map: Float32Array): number => map.reduce((sum, v) => sum + (v - 40) ** 2, 0);
    expect(values.length).toBe(image.length);
    expect(power(values)).toBeLessThanOrEqual(power(image) * 1.0001);
  });
});

describe('a wrong call', () => {
  const image = noisyPattern(16, 16);
  it.each<[string, Bm3dOptions]>([
    ['sigma', { sigma: -1 }],
    ['sigma', { sigma: Number.NaN }],
    ['step', { sigma: 1, hardPass: { step: 9 } }],
    ['maxBlocks', { sigma: 1, wienerPass: { maxBlocks: 12 } }],
    ['searchSize', { sigma: 1, hardPass: { searchSize: 10 } }],
    ['distanceLimit', { sigma: 1, hardPass: { distanceLimit: 0 } }],
    ['kaiserBeta', { sigma: 1, hardPass: { kaiserBeta: -1 } }],
    ['valueRange', { sigma: 1, valueRange: Number.NaN }],
  ])('names %s', (name, options) => {
    expect(() => denoiseBm3d(image, 16, 16, options)).toThrow(
      expect.objectContaining({ code: 'bm3d/option', message: expect.stringContaining(name) }),
    );
  });

  it('says how many values it needs', () => {
    expect(() => denoiseBm3d(image, 16, 15)).toThrow(/240 values, got an image of 256/);
    expect(() => denoiseBm3d(image, 16, 16, { mask: new Uint8Array(5) })).toThrow(/a mask of 5/);
    expect(() => denoiseBm3d(image, -16, 16)).toThrow(expect.objectContaining({ code: 'bm3d/size' }));
  });
});
