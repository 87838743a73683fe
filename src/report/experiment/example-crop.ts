/** The part of an example slice that pictures show. */
import type { ExampleSlice } from '../../evaluate/experiment-evaluation.ts';

/** Pixels kept around what is shown. */
const MARGIN = 14;
const BODY_MARGIN = 4;
const LEAST_SIDE = 96;

/** A square around the regions with some liver about them. */
export function cropToRegions(example: ExampleSlice): ExampleSlice {
  const box = boundingBox(example.roi, example.nColumns);
  if (!box) return example;
  const wanted = Math.max(LEAST_SIDE, box.nRows + 2 * MARGIN, box.nColumns + 2 * MARGIN);
  const side = Math.min(wanted, example.nRows, example.nColumns);
  return crop(example, box, side, side);
}

/** The body without the air around it. */
export function cropToBody(example: ExampleSlice): ExampleSlice {
  const box = boundingBox(bodyMask(example), example.nColumns);
  if (!box) return example;
  const size = (within: number, n: number): number => Math.min(n, within + 2 * BODY_MARGIN);
  return crop(example, box, size(box.nRows, example.nRows), size(box.nColumns, example.nColumns));
}

interface Box {
  readonly top: number;
  readonly left: number;
  readonly nRows: number;
  readonly nColumns: number;
}

/** The rectangle that holds all of a mask; none for an empty one. */
function boundingBox(mask: Uint8Array, width: number): Box | undefined {
  let [top, left, bottom, right] = [Infinity, Infinity, -1, -1];
  for (let p = 0; p < mask.length; p++) {
    if (mask[p] === 0) continue;
    const [row, column] = [Math.floor(p / width), p % width];
    [top, bottom] = [Math.min(top, row), Math.max(bottom, row)];
    [left, right] = [Math.min(left, column), Math.max(right, column)];
  }
  return bottom < 0 ? undefined : { top, left, nRows: bottom - top + 1, nColumns: right - left + 1 };
}

/** A part of the given size with the box in its middle, as far as the slice allows. */
function crop(example: ExampleSlice, box: Box, nRows: number, nColumns: number): ExampleSlice {
  const start = (middle: number, size: number, n: number): number =>
    Math.round(Math.max(0, Math.min(n - size, middle - size / 2)));
  const top = start(box.top + box.nRows / 2, nRows, example.nRows);
  const left = start(box.left + box.nColumns / 2, nColumns, example.nColumns);
  const copy = <A extends Float32Array | Uint8Array>(from: A, to: A): A => {
    for (let r = 0; r < nRows; r++) {
      const at = (top + r) * example.nColumns + left;
      to.set(from.subarray(at, at + nColumns), r * nColumns);
    }
    return to;
  };
  const cut = (plane: Float32Array): Float32Array => copy(plane, new Float32Array(nRows * nColumns));
  const cutAll = (planes: ReadonlyMap<string, Float32Array>): Map<string, Float32Array> =>
    new Map([...planes].map(([name, plane]) => [name, cut(plane)]));
  return {
    ...example,
    nRows,
    nColumns,
    roi: copy(example.roi, new Uint8Array(nRows * nColumns)),
    images: { short: cut(example.images.short), long: cut(example.images.long) },
    targetMs: cut(example.targetMs),
    ...(example.truthMs && { truthMs: cut(example.truthMs) }),
    mapsMs: cutAll(example.mapsMs),
    scalesMs: cutAll(example.scalesMs),
  };
}

/** Share of the bright tissue's signal below which a pixel counts as air. */
const AIR = 0.06;

/** 1 where the slice shows tissue. */
export function bodyMask({ images: { short } }: ExampleSlice): Uint8Array {
  const sorted = short.filter(Number.isFinite).sort();
  const bright = sorted[Math.floor(0.98 * (sorted.length - 1))] ?? 0;
  return Uint8Array.from(short, (signal) => (signal > AIR * bright ? 1 : 0));
}
