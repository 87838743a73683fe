import { inflateSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { type MapPreview, mapPreviewSvg } from '../../report/map-preview.ts';
import { rasterise } from './rasterise.ts';

const affine = [-1.5, 0, 0, 0, 0, -1.5, 0, 0, 0, 0, 7, 0, 0, 0, 0, 1];
const grid = { nColumns: 2, nRows: 2, nSlices: 1, affine };
const preview: MapPreview = {
  map: {
    grid,
    name: 'T1rho',
    unit: 'ms',
    values: Float32Array.of(25, 65, 65, 25),
    status: new Uint8Array(4),
  },
  range: [25, 65],
  title: 'T1ρ',
};

/** Size and distinct colours of resvg's 8-bit RGBA PNG, filters undone. */
function decode(png: Uint8Array): { width: number; height: number; pixel(x: number, y: number): string } {
  const file = Buffer.from(png);
  const parts: Buffer[] = [];
  for (let at = 8; at < file.length; at += 12 + file.readUInt32BE(at))
    if (file.toString('latin1', at + 4, at + 8) === 'IDAT')
      parts.push(file.subarray(at + 8, at + 8 + file.readUInt32BE(at)));
  const [width, height] = [file.readUInt32BE(16), file.readUInt32BE(20)];
  expect([file[24], file[25]]).toEqual([8, 6]);
  const raw = inflateSync(Buffer.concat(parts));
  const stride = 4 * width;
  const out = new Uint8Array(stride * height);
  for (let y = 0; y < height; y++) {
    const filter = raw[y * (stride + 1)]!;
    for (let i = 0; i < stride; i++) {
      const a = i >= 4 ? out[y * stride + i - 4]! : 0;
      const b = y > 0 ? out[(y - 1) * stride + i]! : 0;
      const c = i >= 4 && y > 0 ? out[(y - 1) * stride + i - 4]! : 0;
      const p = [Math.abs(b - c), Math.abs(a - c), Math.abs(a + b - 2 * c)] as const;
      const paeth = p[0] <= p[1] && p[0] <= p[2] ? a : p[1] <= p[2] ? b : c;
      out[y * stride + i] = raw[y * (stride + 1) + 1 + i]! + [0, a, b, (a + b) >> 1, paeth][filter]!;
    }
  }
  const pixel = (x: number, y: number): string =>
    [...out.subarray(4 * (y * width + x), 4 * (y * width + x) + 3)].join();
  return { width, height, pixel };
}

describe('rasterise', () => {
  it('draws a map with crisp voxels: two colours meet without a third between them', () => {
    const { width, pixel } = decode(rasterise(mapPreviewSvg(preview)));
    const [low, high] = ['68,1,84', '253,231,37'];
    const row = Array.from({ length: width }, (_, x) => pixel(x, 400));
    const run = row.slice(row.indexOf(low), row.lastIndexOf(high) + 1);
    expect(new Set(run)).toEqual(new Set([low, high]));
    expect([run.filter((c) => c === low).length, run.filter((c) => c === high).length]).toEqual([560, 560]);
  });

  it('writes the text: without a font the title would leave the picture as it is', () => {
    const withTitle = decode(rasterise(mapPreviewSvg(preview)));
    const without = decode(rasterise(mapPreviewSvg({ ...preview, title: '' })));
    let nDifferent = 0;
    for (let y = 0; y < 90; y++)
      for (let x = 0; x < 300; x++) if (withTitle.pixel(x, y) !== without.pixel(x, y)) nDifferent++;
    expect(nDifferent).toBeGreaterThan(200);
  });
});
