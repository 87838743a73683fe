import { FormatError, UnsupportedError } from '../../core/errors.ts';
import { type Codecs, createCodecs, type Samples } from './codecs/codecs.ts';
import type { DicomFrame } from './frames.ts';
import { type DicomImage, SILENT } from './image.ts';
import { openDicom } from './part10.ts';
import type { ByteRange, PixelLayout, SampleFormat } from './pixel-layout.ts';

/**
 * Stored pixels to values: v = slope·stored + intercept, by the real-world value mapping where the image has one, else
 * by its rescale attributes (PS3.3 C.11.1, C.7.6.16.2.11). Padding becomes 0, the scanner's own value for "no signal".
 * MONOCHROME1 only says how to display: the values are the same.
 */
export interface DecodeOptions {
  /** Decoders to share between files; started on first use otherwise. */
  readonly codecs?: Codecs;
  /** `philips-float`: the rescaled value divided by RescaleSlope × scale slope. Default `rescale`. */
  readonly scaling?: Scaling;
  /** Receives the values of one frame, `[row, column]`; a new array otherwise. */
  readonly into?: Float32Array;
}

export type Scaling = 'rescale' | 'philips-float';

const DEFAULT_CODECS: Codecs = createCodecs();

/**
 * All frames of an image, each `[row, column]`.
 * @param bytes the whole file that `image` was parsed from.
 * @throws FormatError if the pixels are damaged; UnsupportedError if this version cannot decode them.
 */
export async function decodePixels(
  image: DicomImage,
  bytes: Uint8Array,
  options: Omit<DecodeOptions, 'into'> = {},
): Promise<Float32Array[]> {
  const frames: Float32Array[] = [];
  for (const frame of image.frames) frames.push(await decodeFrame(image, bytes, frame.index, options));
  return frames;
}

/** One frame `[row, column]`; see `decodePixels`. */
export async function decodeFrame(
  image: DicomImage,
  bytes: Uint8Array,
  index: number,
  options: DecodeOptions = {},
): Promise<Float32Array> {
  const layout = image.pixels;
  const frame = image.frames[index];
  if (!layout || !frame)
    throw new FormatError('dicom/no-pixels', image.name, `there is no frame ${index + 1}.`);
  if (bytes.length !== image.fileBytes)
    throw new FormatError(
      'dicom/changed',
      image.name,
      'the file changed while it was being read; start again.',
    );
  assertDecodable(layout, image);
  const content = image.syntax.deflated ? openDicom(bytes, image.name, SILENT).dataSet.encoding.bytes : bytes;
  const data = join(content, layout.frames[index]!);
  const samples: Samples =
    layout.codec === 'native'
      ? {
          bytes: layout.littleEndian ? data : swapped(data, layout.sample.bitsAllocated / 8),
          bytesPerSample: layout.sample.bitsAllocated / 8,
        }
      : await (options.codecs ?? DEFAULT_CODECS)(data, layout, image.name);
  const out = options.into ?? new Float32Array(layout.nRows * layout.nColumns);
  mapValues(samples, layout, valueMap(frame, options.scaling ?? 'rescale'), out);
  return out;
}

function assertDecodable(layout: PixelLayout, image: DicomImage): void {
  const refuse = (code: string, what: string): never => {
    throw new UnsupportedError(code, `${image.name}: ${what}.`);
  };
  if (layout.codec === 'unsupported')
    refuse('dicom/transfer-syntax', `${image.syntax.name} is not supported; export the images uncompressed`);
  if (layout.samplesPerPixel !== 1 || !/^MONOCHROME[12]$/.test(layout.photometricInterpretation))
    refuse('dicom/colour', `a colour image (${layout.photometricInterpretation}) holds no signal to fit`);
  if (
    ![8, 16, 32, 64].includes(layout.sample.bitsAllocated) ||
    (layout.sample.kind === 'integer' && layout.sample.bitsAllocated === 64)
  )
    refuse('dicom/bits', `pixels of ${layout.sample.bitsAllocated} bits are not supported`);
  if (layout.codec !== 'native' && layout.sample.bitsAllocated > 16 && layout.codec !== 'rle')
    refuse('dicom/bits', `compressed pixels of ${layout.sample.bitsAllocated} bits are not supported`);
}

/** What a stored value is multiplied by, and what is added. */
function valueMap(frame: DicomFrame, scaling: Scaling): { slope: number; intercept: number } {
  const { slope, intercept } = frame.realWorld ?? frame.rescale ?? { slope: 1, intercept: 0 };
  if (scaling === 'rescale' || frame.scaleSlope === undefined) return { slope, intercept };
  const rescaleSlope = frame.rescale?.slope ?? 1;
  const rescaleIntercept = frame.rescale?.intercept ?? 0;
  return { slope: 1 / frame.scaleSlope, intercept: rescaleIntercept / (rescaleSlope * frame.scaleSlope) };
}

function join(bytes: Uint8Array, ranges: readonly ByteRange[]): Uint8Array {
  const parts = ranges.map(({ start, end }) => bytes.subarray(start, end));
  if (parts.length === 1) return parts[0]!;
  const out = new Uint8Array(parts.reduce((n, p) => n + p.length, 0));
  let at = 0;
  for (const part of parts) {
    out.set(part, at);
    at += part.length;
  }
  return out;
}

function swapped(data: Uint8Array, size: number): Uint8Array {
  const out = new Uint8Array(data.length);
  for (let i = 0; i + size <= data.length; i += size)
    for (let k = 0; k < size; k++) out[i + k] = data[i + size - 1 - k]!;
  return out;
}

function mapValues(
  samples: Samples,
  layout: PixelLayout,
  { slope, intercept }: { slope: number; intercept: number },
  out: Float32Array,
): void {
  const n = out.length;
  const stored = typedSamples(samples, n, layout.sample);
  if (layout.sample.kind === 'float') {
    for (let i = 0; i < n; i++) out[i] = stored[i]! * slope + intercept;
    return;
  }
  // Two shifts take the stored bits out of the allocated ones (others may hold overlays) and restore the sign.
  const { left, right } = shifts(layout.sample, samples.bytesPerSample);
  if (layout.sample.signed)
    for (let i = 0; i < n; i++) out[i] = ((stored[i]! << left) >> right) * slope + intercept;
  else for (let i = 0; i < n; i++) out[i] = ((stored[i]! << left) >>> right) * slope + intercept;
  if (layout.padding) erasePadding(stored, layout.padding, layout.sample.signed, left, right, out);
}

function shifts(
  { bitsStored, highBit }: SampleFormat,
  bytesPerSample: number,
): { left: number; right: number } {
  const bits = 8 * bytesPerSample;
  return { left: 31 - Math.min(highBit, bits - 1), right: 32 - Math.min(bitsStored, bits) };
}

function erasePadding(
  stored: Stored,
  [from, to]: readonly [number, number],
  signed: boolean,
  left: number,
  right: number,
  out: Float32Array,
): void {
  for (let i = 0; i < out.length; i++) {
    const bits = stored[i]! << left;
    const value = signed ? bits >> right : bits >>> right;
    if (value >= from && value <= to) out[i] = 0;
  }
}

type Stored = Uint8Array | Uint16Array | Int32Array | Float32Array | Float64Array;

/** A typed view of little-endian samples; copied only where the bytes are not aligned. */
function typedSamples({ bytes, bytesPerSample }: Samples, n: number, sample: SampleFormat): Stored {
  const length = n * bytesPerSample;
  if (bytesPerSample === 1) return bytes;
  const aligned = bytes.byteOffset % bytesPerSample === 0 ? bytes : bytes.slice(0, length);
  const at = [aligned.buffer, aligned.byteOffset, n] as const;
  if (sample.kind === 'float')
    return bytesPerSample === 4 ? new Float32Array(...at) : new Float64Array(...at);
  return bytesPerSample === 2 ? new Uint16Array(...at) : new Int32Array(...at);
}
