/** Predictions of a task on disk: the pixels inside the regions, which every metric is computed from. */
import { decodeArrayFile, encodeArrayFile, requiredArray } from '../../core/array-file.ts';
import type { RoiPixels } from '../../evaluate/roi-pixels.ts';

const KIND = 'rhomap roi pixels';
const MAPS = ['predictedMs', 'targetMs', 'truthMs', 'sigmaMs'] as const;

type Header = Pick<RoiPixels, 'sliceIds' | 'patients' | 'nDropped' | 'emptySlices'> & {
  readonly offsets: readonly number[];
};

export function encodeRoiPixels(pixels: RoiPixels): Uint8Array {
  const { sliceIds, patients, nDropped, emptySlices, offsets } = pixels;
  const header: Header = { sliceIds, patients, nDropped, emptySlices, offsets: [...offsets] };
  const arrays = MAPS.filter((name) => pixels[name] !== undefined).map(
    (name) => [name, pixels[name]!] as const,
  );
  return encodeArrayFile(KIND, header, new Map(arrays));
}

/** @throws FormatError if the file is damaged. */
export function decodeRoiPixels(bytes: Uint8Array, where: string): RoiPixels {
  const file = decodeArrayFile<Header>(KIND, bytes, where);
  const { truthMs, sigmaMs } = Object.fromEntries(file.arrays) as {
    truthMs?: Float32Array;
    sigmaMs?: Float32Array;
  };
  return {
    ...file.header,
    offsets: Uint32Array.from(file.header.offsets),
    predictedMs: requiredArray(file, 'predictedMs', where),
    targetMs: requiredArray(file, 'targetMs', where),
    ...(truthMs && { truthMs }),
    ...(sigmaMs && { sigmaMs }),
  };
}
