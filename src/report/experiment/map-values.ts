/** Small sums over masked maps, and what the map figures share. */
import type { ExampleSlice } from '../../evaluate/experiment-evaluation.ts';
import type { Picture, PictureRow } from './picture-grid.ts';

/** The paper's cut-off range: one scale for all T1rho maps. */
export const MAP_RANGE_MS = [25, 65] as const;

export const sizeOf = ({
  nRows,
  nColumns,
  pixelMm,
}: ExampleSlice): Pick<PictureRow, 'nRows' | 'nColumns' | 'pixelMm'> => ({
  ...{ nRows, nColumns },
  ...(pixelMm !== undefined && { pixelMm }),
});

export const chosenBy = (examples: readonly ExampleSlice[]): string =>
  `Shown by rule, not by choice: ${examples.map(({ id, rule }) => `${id} (${rule})`).join('; ')}.`;

/** An image in grey: underlay and nothing else. */
export const greyPicture = (image: Float32Array): Pick<Picture, 'values' | 'shown' | 'underlay'> => ({
  values: image,
  shown: new Uint8Array(image.length),
  underlay: image,
});

/** u = √2·σ of LBRU. */
export const uncertaintyOf = ({ scalesMs }: ExampleSlice): Float32Array =>
  scalesMs.get('lbru')!.map((sigma) => Math.SQRT2 * sigma);

/** |LBRU − target|. */
export const absoluteErrorOf = ({ mapsMs, targetMs }: ExampleSlice): Float32Array =>
  mapsMs.get('lbru')!.map((value, p) => Math.abs(value - targetMs[p]!));

const insideOf = (values: Float32Array, mask: Uint8Array): Float32Array =>
  values.filter((value, p) => mask[p] !== 0 && Number.isFinite(value));

/** NaN for an empty mask. */
export function meanInside(values: Float32Array, mask: Uint8Array): number {
  const inside = insideOf(values, mask);
  return inside.reduce((sum, value) => sum + value, 0) / inside.length;
}

/** A round end for a colour bar that shows all but the largest values of some maps inside a mask. */
export function barEnd(maps: readonly Float32Array[], mask: Uint8Array, share: number, step: number): number {
  const sorted = Float32Array.from(maps.flatMap((map) => [...insideOf(map, mask)])).sort();
  const value = sorted[Math.floor(share * (sorted.length - 1))] ?? step;
  return step * Math.max(1, Math.ceil(value / step));
}
