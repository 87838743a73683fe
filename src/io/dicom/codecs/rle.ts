import type { Samples } from './codecs.ts';

/**
 * DICOM RLE (PS3.5 annex G): one PackBits segment per byte of a sample, most significant first. Only what fits the
 * image is written; a short segment is an error, not zeros.
 * @throws RangeError with a reason.
 */
export function decodeRle(data: Uint8Array, nPixels: number, bytesPerSample: number): Samples {
  const view = new DataView(data.buffer, data.byteOffset, data.byteLength);
  if (data.length < 64) throw new RangeError('the RLE header is incomplete');
  const nSegments = view.getUint32(0, true);
  if (nSegments !== bytesPerSample)
    throw new RangeError(`${nSegments} RLE segments where ${bytesPerSample} were expected`);
  const out = new Uint8Array(nPixels * bytesPerSample);
  for (let segment = 0; segment < nSegments; segment++) {
    const start = view.getUint32(4 + 4 * segment, true);
    const end = segment + 1 < nSegments ? view.getUint32(8 + 4 * segment, true) : data.length;
    if (start < 64 || start > end || end > data.length)
      throw new RangeError('an RLE segment lies outside the data');
    // Little endian output: the first segment is the last byte.
    unpack(data.subarray(start, end), out, bytesPerSample - 1 - segment, bytesPerSample);
  }
  return { bytes: out, bytesPerSample };
}

function unpack(packed: Uint8Array, out: Uint8Array, first: number, step: number): void {
  let at = first;
  let i = 0;
  while (at < out.length) {
    if (i + 1 >= packed.length) throw new RangeError('an RLE segment is too short');
    const control = packed[i++]!;
    if (control < 128) {
      for (let n = control; n >= 0 && at < out.length; n--, at += step) {
        if (i >= packed.length) throw new RangeError('an RLE segment is too short');
        out[at] = packed[i++]!;
      }
    } else if (control > 128) {
      const value = packed[i++]!;
      for (let n = 257 - control; n > 0 && at < out.length; n--, at += step) out[at] = value;
    }
  }
}
