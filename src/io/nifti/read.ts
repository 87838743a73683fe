/**
 * Reads a NIfTI file (.nii, .nii.gz; versions 1 and 2; either byte order) into float32 values in RAS mm. Nothing is
 * allocated on the word of the header: what it asks for is first held against the bytes that are there.
 */
import { FormatError, UnsupportedError } from '../../core/errors.ts';
import type { Grid } from '../../core/grid.ts';
import type { WarningSink } from '../../core/warnings.ts';
import { NIFTI_TYPE_BYTES } from './datatypes.ts';
import { gunzip, isGzip, MAX_DEFLATE_RATIO } from './gunzip.ts';
import { NIFTI_HEADER_BYTES, type NiftiHeader, parseNiftiHeader } from './header.ts';
import { type NiftiOrientation, niftiOrientation } from './orientation.ts';
import { createVoxelDecoder, type VoxelDecoder } from './voxels.ts';

/** What a file says about itself. */
export interface NiftiGeometry extends Omit<NiftiOrientation, 'affine'> {
  /** The file's name, for messages. */
  readonly name: string;
  readonly grid: Grid;
  readonly nVolumes: number;
  readonly header: NiftiHeader;
}

export interface NiftiImage extends NiftiGeometry {
  /** `[volume, slice, row, column]`, scaled by the file's slope and intercept. */
  readonly values: Float32Array;
}

/** 134 million voxels, 512 MB of values: sixty slices of 448² at eleven spin-lock times. */
export const MAX_NIFTI_VALUES: number = 2 ** 27;

export interface NiftiReadOptions {
  /** Largest number of values that is read; default `MAX_NIFTI_VALUES`. */
  readonly maxValues?: number;
}

/** Bytes after the last voxel that pass without a word (tools pad to a block). */
const PADDING_BYTES = 1024;

/**
 * Reads everything but the voxels, for lists of files; refuses a file that cannot hold the voxels it promises.
 * @throws as `readNifti`.
 */
export function readNiftiGeometry(bytes: Uint8Array, name: string, warnings: WarningSink): NiftiGeometry {
  const isCompressed = isGzip(bytes);
  const head = isCompressed ? gunzipHead(bytes, name) : bytes.subarray(0, NIFTI_HEADER_BYTES);
  const header = parseNiftiHeader(head, name, warnings);
  assertPossible(header, bytes.length, isCompressed, name);
  const { affine, ...orientation } = niftiOrientation(header, name, warnings);
  const { nColumns, nRows, nSlices, nVolumes } = header;
  return { name, grid: { nColumns, nRows, nSlices, affine }, nVolumes, header, ...orientation };
}

/**
 * Reads an image.
 * @param name the file's name, for messages; compression is recognised from the bytes.
 * @throws FormatError if the file is damaged or cut off, UnsupportedError for valid files outside rhomap's reach.
 */
export function readNifti(
  bytes: Uint8Array,
  name: string,
  warnings: WarningSink,
  { maxValues = MAX_NIFTI_VALUES }: NiftiReadOptions = {},
): NiftiImage {
  const geometry = readNiftiGeometry(bytes, name, warnings);
  const { header } = geometry;
  const nValues = countValues(header);
  assertAffordable(nValues, maxValues, name);
  const decoder = createVoxelDecoder(header, nValues);
  if (isGzip(bytes)) decodeCompressed(bytes, decoder, header.voxOffset, name, warnings);
  else {
    const voxels = bytes.subarray(header.voxOffset);
    if (voxels.length - decoder.push(voxels) > PADDING_BYTES) warnOfTail(name, warnings);
  }
  warnOfRounding(decoder, header, name, warnings);
  return { ...geometry, values: decoder.values };
}

const countValues = ({ nColumns, nRows, nSlices, nVolumes }: NiftiHeader): number =>
  nColumns * nRows * nSlices * nVolumes;

function gunzipHead(bytes: Uint8Array, where: string): Uint8Array {
  const head = new Uint8Array(NIFTI_HEADER_BYTES);
  let n = 0;
  gunzip(bytes, where, (chunk) => {
    const piece = chunk.subarray(0, head.length - n);
    head.set(piece, n);
    n += piece.length;
    return n < head.length;
  });
  return head.subarray(0, n);
}

function decodeCompressed(
  bytes: Uint8Array,
  decoder: VoxelDecoder,
  voxOffset: number,
  where: string,
  warnings: WarningSink,
): void {
  let nToSkip = voxOffset;
  let nTail = 0;
  const reachedEnd = gunzip(bytes, where, (chunk) => {
    const skipped = Math.min(nToSkip, chunk.length);
    nToSkip -= skipped;
    nTail += chunk.length - skipped - decoder.push(chunk.subarray(skipped));
    return nTail <= PADDING_BYTES;
  });
  if (!reachedEnd) warnOfTail(where, warnings);
  if (!decoder.isComplete)
    throw new FormatError(
      'nifti/truncated',
      where,
      'the file ends before the last voxel that its header promises; copy or export it again.',
    );
}

/** Refuses a file that cannot hold what its header promises, before anything is allocated. */
function assertPossible(header: NiftiHeader, nPresent: number, isCompressed: boolean, where: string): void {
  const { nColumns, nRows, nSlices, nVolumes, type } = header;
  const nNeeded = header.voxOffset + countValues(header) * NIFTI_TYPE_BYTES[type];
  if (nNeeded <= (isCompressed ? nPresent * MAX_DEFLATE_RATIO : nPresent)) return;
  throw new FormatError(
    'nifti/truncated',
    where,
    `the header promises ${nColumns}×${nRows}×${nSlices}×${nVolumes} ${type} voxels (${nNeeded} bytes), ` +
      `but the file has ${nPresent}${isCompressed ? ' compressed' : ''} bytes; copy or export it again.`,
  );
}

function assertAffordable(nValues: number, maxValues: number, where: string): void {
  if (nValues <= maxValues) return;
  throw new UnsupportedError(
    'nifti/too-large',
    `${where}: the image has ${nValues} voxels; at most ${maxValues} are read. Split it by slices.`,
  );
}

function warnOfTail(where: string, warnings: WarningSink): void {
  warnings.add(
    'nifti/tail',
    where,
    'the file goes on after the last voxel of its header; the rest was not read.',
  );
}

function warnOfRounding(
  decoder: VoxelDecoder,
  header: NiftiHeader,
  where: string,
  warnings: WarningSink,
): void {
  if (decoder.nInexact > 0)
    warnings.add(
      'nifti/rounded',
      where,
      `${decoder.nInexact} ${header.type} values are larger than float32 holds exactly and were rounded.`,
    );
  if (decoder.nOverflows > 0)
    warnings.add('nifti/overflow', where, `${decoder.nOverflows} values exceed float32 and became infinite.`);
}
