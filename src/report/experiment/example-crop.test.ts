import { expect, it } from 'vitest';
import type { ExampleSlice } from '../../evaluate/experiment-evaluation.ts';
import { cropToBody, cropToRegions } from './example-crop.ts';

const [nRows, nColumns] = [200, 220];
const planeOf = (valueAt: (row: number, column: number) => number): Float32Array =>
  Float32Array.from({ length: nRows * nColumns }, (_, p) => valueAt(Math.floor(p / nColumns), p % nColumns));

function example(roiAt: (row: number, column: number) => boolean): ExampleSlice {
  const position = planeOf((r, c) => 1000 * r + c);
  return {
    ...{ id: '', rule: '', nRows, nColumns, targetMs: position, scalesMs: new Map() },
    roi: Uint8Array.from(planeOf((r, c) => (roiAt(r, c) ? 1 : 0))),
    images: {
      short: planeOf((r, c) => (r >= 50 && r < 150 && c >= 20 && c < 200 ? 100 : 0)),
      long: position,
    },
    mapsMs: new Map([['coarse', position]]),
  };
}

it('crops all planes alike, around the regions and inside the slice', () => {
  const cropped = cropToRegions(example((r, c) => r >= 2 && r < 6 && c >= 100 && c < 110));
  expect([cropped.nRows, cropped.nColumns]).toEqual([96, 96]);
  expect(cropped.targetMs[0]).toBe(105 - 48);
  expect(cropped.mapsMs.get('coarse')).toEqual(cropped.targetMs);
  expect(cropped.roi.reduce((a, b) => a + b)).toBe(40);
});

it('crops to the body, and leaves a slice without a region whole', () => {
  const body = cropToBody(example(() => false));
  expect([body.nRows, body.nColumns, body.targetMs[0]]).toEqual([108, 188, 46_016]);
  expect(cropToRegions(example(() => false)).nRows).toBe(nRows);
});
