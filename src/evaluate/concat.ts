import type { RoiPixels } from './roi-pixels.ts';

/** Pixels of several folds as one set, slices in the order given. Truth and σ are kept if every part has them. */
export function concatRoiPixels(parts: readonly RoiPixels[]): RoiPixels {
  const join = (pick: (part: RoiPixels) => Float32Array | undefined): Float32Array | undefined => {
    const arrays = parts.map(pick);
    if (!arrays.every((array) => array !== undefined)) return undefined;
    const out = new Float32Array(arrays.reduce((n, { length }) => n + length, 0));
    let at = 0;
    for (const array of arrays) {
      out.set(array, at);
      at += array.length;
    }
    return out;
  };
  const lengths = parts.flatMap(({ offsets }) =>
    Array.from(offsets.subarray(1), (end, s) => end - offsets[s]!),
  );
  const offsets = new Uint32Array(lengths.length + 1);
  for (const [s, length] of lengths.entries()) offsets[s + 1] = offsets[s]! + length;
  const [truthMs, sigmaMs] = [join((part) => part.truthMs), join((part) => part.sigmaMs)];
  return {
    sliceIds: parts.flatMap(({ sliceIds }) => sliceIds),
    patients: parts.flatMap(({ patients }) => patients),
    offsets,
    predictedMs: join((part) => part.predictedMs)!,
    targetMs: join((part) => part.targetMs)!,
    ...(truthMs && { truthMs }),
    ...(sigmaMs && { sigmaMs }),
    nDropped: parts.reduce((n, part) => n + part.nDropped, 0),
    emptySlices: parts.flatMap(({ emptySlices }) => emptySlices),
  };
}
