import { FormatError, UnsupportedError } from '../../../core/errors.ts';
import type { PixelLayout } from '../pixel-layout.ts';
import type { PixelCodec } from '../transfer-syntax.ts';
import { type CodestreamSize, jpeg2000Size, jpegSize } from './codestream.ts';
import { decodeRle } from './rle.ts';
import { startCodec, type WasmDecode } from './wasm.ts';

/**
 * Decompresses one frame. The JPEG family comes from libraries (CharLS, OpenJPEG and libjpeg-turbo in WebAssembly,
 * loaded on first use); RLE is ours. 12-bit JPEG has no decoder and is refused.
 */
export interface Samples {
  /** Little endian. */
  readonly bytes: Uint8Array;
  readonly bytesPerSample: number;
}

export type Codecs = (data: Uint8Array, layout: PixelLayout, name: string) => Promise<Samples>;

export interface CodecOptions {
  /** Where the browser finds a codec's `.wasm` file; Node finds it by itself. */
  readonly wasmUrl?: (file: string) => string;
}

type Decode = (data: Uint8Array, size: CodestreamSize) => Samples;

/** Codecs that start on first use and are kept; one that failed is started afresh, since its memory may be damaged. */
export function createCodecs(options: CodecOptions = {}): Codecs {
  const started = new Map<PixelCodec, Promise<Decode>>();
  return async (data, layout, name) => {
    const { codec, nRows, nColumns, sample } = layout;
    if (codec === 'rle')
      return guarded(name, codec, () => decodeRle(data, nRows * nColumns, sample.bitsAllocated / 8));
    const size = codestreamSize(data, layout, name);
    const decode = started.get(codec) ?? start(codec, options);
    started.set(codec, decode);
    try {
      const run = await decode;
      return guarded(name, codec, () => run(data, size));
    } catch (error) {
      started.delete(codec);
      throw error;
    }
  };
}

function guarded(name: string, codec: PixelCodec, decode: () => Samples): Samples {
  try {
    return decode();
  } catch (cause) {
    const reason = cause instanceof Error ? `: ${cause.message}` : '';
    throw new FormatError('dicom/pixel-data', name, `the ${codec} pixels are damaged${reason}.`, { cause });
  }
}

/** Checks the codestream's own size against the header, before any decoder sees it. */
function codestreamSize(data: Uint8Array, layout: PixelLayout, name: string): CodestreamSize {
  const { codec, nRows, nColumns, sample } = layout;
  const size = codec === 'jpeg-2000' ? jpeg2000Size(data) : jpegSize(data);
  if (!size) throw new FormatError('dicom/pixel-data', name, `the ${codec} pixels have no valid header.`);
  if (size.nRows !== nRows || size.nColumns !== nColumns || size.nComponents !== 1)
    throw new FormatError(
      'dicom/pixel-data',
      name,
      `the ${codec} image is ${size.nColumns}×${size.nRows}×${size.nComponents}, the header says ${nColumns}×${nRows}×1.`,
    );
  const lossy8 = codec === 'jpeg-baseline' || codec === 'jpeg-extended';
  if (lossy8 && size.precisionBits !== 8)
    throw new UnsupportedError(
      'dicom/jpeg-12-bit',
      `${name}: ${size.precisionBits}-bit lossy JPEG cannot be decoded; export the images uncompressed.`,
    );
  if (size.precisionBits > sample.bitsAllocated || size.precisionBits > 16)
    throw new FormatError(
      'dicom/pixel-data',
      name,
      `${size.precisionBits}-bit samples do not fit BitsAllocated ${sample.bitsAllocated}.`,
    );
  return size;
}

function start(codec: PixelCodec, { wasmUrl }: CodecOptions): Promise<Decode> {
  switch (codec) {
    case 'jpeg-ls':
      return import('@cornerstonejs/codec-charls/decodewasmjs').then((m) =>
        wasm(startCodec(m.default, 'JpegLSDecoder', wasmUrl)),
      );
    case 'jpeg-2000':
      return import('@cornerstonejs/codec-openjpeg/decodewasmjs').then((m) =>
        wasm(startCodec(m.default, 'J2KDecoder', wasmUrl)),
      );
    case 'jpeg-baseline':
    case 'jpeg-extended':
      return import('@cornerstonejs/codec-libjpeg-turbo-8bit/decodewasmjs').then((m) =>
        wasm(startCodec(m.default, 'JPEGDecoder', wasmUrl)),
      );
    case 'jpeg-lossless':
      return import('./jpeg-lossless.ts').then((m) => m.decodeJpegLossless);
    default:
      throw new UnsupportedError('dicom/transfer-syntax', `the pixel encoding "${codec}" is not supported.`);
  }
}

async function wasm(starting: Promise<WasmDecode>): Promise<Decode> {
  const decode = await starting;
  return (data, size) => {
    const { bytes, bitsPerSample, width, height } = decode(data);
    const bytesPerSample = bitsPerSample <= 8 ? 1 : 2;
    if (width !== size.nColumns || height !== size.nRows || bytes.length < width * height * bytesPerSample)
      throw new RangeError('the decoded image has another size');
    return { bytes, bytesPerSample };
  };
}
