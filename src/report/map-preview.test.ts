import { inflateSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { VOXEL_STATUS } from '../core/status.ts';
import type { Mask, ParametricMap } from '../core/volume.ts';
import { type MapPreview, mapPreviewSvg } from './map-preview.ts';
import { encodePng } from './png.ts';
import { roiOutline } from './roi-outline.ts';
import { sliceDisplay } from './slice-display.ts';
import { SPECIAL_COLOURS, slicePixels } from './slice-pixels.ts';
import { niceTicks } from './ticks.ts';

const affine = [-1.5, 0, 0, 0, 0, -1.5, 0, 0, 0, 0, 7, 0, 0, 0, 0, 1];
const grid = { nColumns: 4, nRows: 2, nSlices: 2, affine };
const s = VOXEL_STATUS;
const map: ParametricMap = {
  grid,
  name: 'T1rho',
  unit: 'ms',
  values: Float32Array.of(25, 45, 65, Number.NaN, Number.NaN, Number.NaN, 70, 25, ...new Array(8).fill(40)),
  status: Uint8Array.of(
    s['at-lower-cutoff'],
    0,
    s['at-upper-cutoff'],
    s.masked,
    s['no-decay'],
    s['no-signal'],
    0,
    0,
    ...new Array(8).fill(0),
  ),
};
const mask = (labels: number[]): Mask => ({
  grid,
  labels: Uint16Array.from([...labels, ...new Array(8).fill(0)]),
});
const svgOf = (more: Partial<MapPreview> = {}): string =>
  mapPreviewSvg({ map, range: [25, 65], title: 'T1ρ', slices: [0], ...more });

describe('slicePixels', () => {
  const style = { range: [25, 65], colours: 'viridis', marksCutoffs: true } as const;
  const pixel = (rgba: Uint8Array, i: number): number[] => [...rgba.subarray(4 * i, 4 * i + 3)];

  it('tells values, cut-offs, air, missing and masked pixels apart, and counts each pixel once', () => {
    const { rgba, counts } = slicePixels(map, 0, sliceDisplay(grid), style);
    const special = SPECIAL_COLOURS.viridis;
    const kinds = ['lower-cutoff', undefined, 'upper-cutoff', 'masked', 'missing', 'no-signal'] as const;
    kinds.forEach((kind, i) => {
      if (kind) expect(pixel(rgba, i)).toEqual(special[kind]);
    });
    // The lowest value without a cut-off keeps viridis' first colour; 70 ms gets the last one.
    expect([pixel(rgba, 7), pixel(rgba, 6)]).toEqual([
      [68, 1, 84],
      [253, 231, 37],
    ]);
    expect(counts).toEqual({
      value: 2,
      'beyond-range': 1,
      'lower-cutoff': 1,
      'upper-cutoff': 1,
      missing: 1,
      'no-signal': 1,
      masked: 1,
    });
  });

  it('shows the signal under masked pixels, whatever it holds', () => {
    const underlay = Float32Array.from(map.values, (_, i) => (i === 3 ? 100 : 0));
    underlay[0] = Number.NaN;
    const { rgba } = slicePixels(map, 0, sliceDisplay(grid), { ...style, underlay });
    expect(pixel(rgba, 3)).toEqual([170, 170, 170]);
  });
});

describe('roiOutline', () => {
  const lengthOf = (path: string): number =>
    [...path.matchAll(/M(\d+) (\d+)([HV])(\d+)/g)].reduce(
      (total, [, x, y, way, end]) => total + Number(end) - Number(way === 'H' ? x : y),
      0,
    );

  it('runs once along every border, also between regions and at the edge of the image', () => {
    const outline = (labels: number[]): string => roiOutline(mask(labels), 0, sliceDisplay(grid));
    expect(outline([0, 1, 0, 0, 0, 0, 0, 0])).toBe('M1 0H2M1 1H2M1 0V1M2 0V1');
    expect(lengthOf(outline([1, 1, 1, 1, 1, 1, 1, 1]))).toBe(12);
    expect(lengthOf(outline([1, 1, 2, 2, 1, 1, 2, 2]))).toBe(14);
    expect(outline([0, 0, 0, 0, 0, 0, 0, 0])).toBe('');
  });
});

describe('mapPreviewSvg', () => {
  it('counts in its legend what it shows', () => {
    const words = [...svgOf().matchAll(/>([^<>]+)<\/text>/g)].map((m) => m[1]);
    const legend = [
      '5 values',
      'at lower cut-off 1',
      'at upper cut-off 1',
      'beyond the colour bar 1',
      'no value 1',
      'no signal 1',
      'masked 1',
    ];
    expect(words).toEqual(expect.arrayContaining([...legend, 'T1ρ', 'ms', '25', '65', 'R', 'L', 'A', 'P']));
    expect(words).toContain('Slice 1 of 2  ·  S 0.0 mm');
  });

  it('leaves the letters out where the orientation is not known, and says so', () => {
    const svg = svgOf({ orientation: 'none' });
    expect(svg).toContain('left and right are not marked');
    expect(svg).not.toMatch(/>[RLAP]<|0\.0 mm/);
  });

  it('shows all slices unless told', () => {
    expect(svgOf({ slices: undefined as never }).match(/<image/g)).toHaveLength(2);
  });

  it('holds no markup from outside, and the same map gives the same text', () => {
    const hostile = svgOf({ title: '</text><script>alert("1")</script>\u0000&', footer: '<b>' });
    expect(hostile).not.toMatch(/<script|<b>|\0/);
    expect(svgOf()).toBe(svgOf());
  });

  it.each<[Partial<MapPreview>, RegExp]>([
    [{ range: [65, 25] }, /must rise/],
    [{ range: [25, Number.NaN] }, /must rise/],
    [{ slices: [2] }, /2 slices; there is no slice 2/],
    [{ roi: { ...mask([0, 0, 0, 0, 0, 0, 0, 0]), grid: { ...grid, nRows: 3 } } }, /ROI lies on another grid/],
  ])('refuses %j', (more, message) => expect(() => svgOf(more)).toThrow(message));
});

describe('encodePng', () => {
  it('holds the pixels, row by row behind a filter byte, with right checksums', () => {
    const rgba = Uint8Array.from({ length: 24 }, (_, i) => (i * 37) % 256);
    const file = Buffer.from(encodePng(3, 2, rgba));
    expect(file.subarray(0, 8).toString('latin1')).toBe('\x89PNG\r\n\x1a\n');
    expect([file.readUInt32BE(16), file.readUInt32BE(20)]).toEqual([3, 2]);
    const pixels = inflateSync(file.subarray(41, 41 + file.readUInt32BE(33)));
    expect([...pixels]).toEqual([0, ...rgba.subarray(0, 12), 0, ...rgba.subarray(12)]);
    // CRC-32 of the empty IEND chunk, known to everyone who ever opened a PNG in a hex editor.
    expect(file.subarray(-4).toString('hex')).toBe('ae426082');
  });
});

describe('niceTicks', () => {
  it.each([
    [25, 65, 8, ['25', '30', '35', '40', '45', '50', '55', '60', '65']],
    [0, 1, 5, ['0.0', '0.2', '0.4', '0.6', '0.8', '1.0']],
    [0, 0.03, 5, ['0.00', '0.01', '0.02', '0.03']],
    [-3, 4093, 5, ['0', '1000', '2000', '3000', '4000']],
  ])('%d to %d', (low, high, n, labels) => expect(niceTicks(low, high, n).labels).toEqual(labels));
});
