import { inflateSync } from 'node:zlib';
import { expect, it } from 'vitest';
import { histogram2d } from '../../../evaluate/histogram2d.ts';
import { densityUri, shownRange } from './density.ts';

const axis = { low: 0, high: 10, nBins: 10 };

/** Opacities of a density's picture, one per bin, rows from the top. */
function opacities(uri: string, nColumns: number, nRows: number): number[][] {
  const png = Buffer.from(uri.split(',')[1]!, 'base64');
  const at = png.indexOf('IDAT');
  const pixels = inflateSync(png.subarray(at + 4, at + 4 + png.readUInt32BE(at - 4)));
  const zoom = png.readUInt32BE(16) / nColumns;
  return Array.from({ length: nRows }, (_, r) =>
    Array.from(
      { length: nColumns },
      (__, c) => pixels[(r * zoom + 1) * (1 + 4 * nColumns * zoom) - 4 * nColumns * zoom + 4 * c * zoom + 3]!,
    ),
  );
}

it('draws low values at the bottom left, and more pixels more opaque', () => {
  const xs = [0.5, ...Array(100).fill(2.5), 1.5];
  const ys = [0.5, ...Array(100).fill(1.5), 1.5];
  const drawn = opacities(densityUri(histogram2d(xs, ys, axis, axis), [0, 3], [0, 2], '#0072b2'), 3, 2);
  expect(drawn[1]).toEqual([26, 0, 0]);
  expect(drawn[0]).toEqual([0, 26, 255]);
});

it('shows what holds nearly all pixels, on whole steps', () => {
  const many = Array(10_000).fill(4.5);
  const histogram = histogram2d([...many, 9.5], [...many, 9.5], axis, axis);
  expect(shownRange([histogram], 'x', 2)).toEqual([4, 6]);
  expect(shownRange([histogram, histogram2d([7.5], [0.5], axis, axis)], 'x', 2)).toEqual([4, 8]);
});
