import { Decoder } from 'jpeg-lossless-decoder-js';
import type { Samples } from './codecs.ts';
import type { CodestreamSize } from './codestream.ts';

export function decodeJpegLossless(data: Uint8Array, size: CodestreamSize): Samples {
  const bytesPerSample = size.precisionBits <= 8 ? 1 : 2;
  const decoded = new Decoder().decode(data.buffer, data.byteOffset, data.length, bytesPerSample);
  return { bytes: new Uint8Array(decoded.buffer), bytesPerSample };
}
