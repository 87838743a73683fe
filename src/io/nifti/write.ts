/**
 * Writes NIfTI-1 single files: little endian, sform always, qform where it can say the same (no shear), lengths in mm.
 * The same input gives the same bytes: no date, no file name, no host in the gzip header.
 * Left out on purpose: NIfTI-2 and header extensions, which nothing rhomap writes needs.
 */
import { gzipSync } from 'fflate';
import { type Affine, determinant, voxelSizeMm } from '../../core/affine.ts';
import { ShapeError } from '../../core/errors.ts';
import { assertGrid, describeSize, type Grid, voxelCount } from '../../core/grid.ts';
import { NIFTI_TYPE_BYTES, NIFTI_TYPE_CODES, type NiftiType } from './datatypes.ts';

export interface NiftiToWrite {
  readonly grid: Grid;
  /** `[volume, slice, row, column]`; the array's type becomes the file's. */
  readonly values: Float32Array | Uint8Array | Uint16Array | Int16Array;
  /** Default 1. */
  readonly nVolumes?: number;
  /** value = stored·slope + intercept; default none. */
  readonly slope?: number;
  readonly intercept?: number;
  /** Up to 79 Latin characters, e.g. the version that wrote the file. */
  readonly description?: string;
  /** Step between volumes in ms, where it is constant. */
  readonly volumeStepMs?: number;
  /** `none` where the images carried no orientation: then only voxel sizes are written. Default `scanner`. */
  readonly orientation?: 'scanner' | 'none';
}

export interface NiftiWriteOptions {
  /** Compress (`.nii.gz`); default true. */
  readonly gzip?: boolean;
}

const HEADER_BYTES = 348;
/** Header plus the four bytes that say "no extension". */
const VOX_OFFSET = 352;
const NIFTI1_MAX_SIZE = 32_767;
const MM = 2;
const MILLISECONDS = 16;
const SCANNER_ANATOMICAL = 1;
/** Cosine between two axes above which a grid counts as sheared; float32 transforms stay far below. */
const SHEAR_TOLERANCE = 1e-5;

/**
 * @throws ShapeError if the values do not fill the grid, or a size does not fit NIfTI-1.
 */
export function writeNifti(image: NiftiToWrite, options: NiftiWriteOptions = {}): Uint8Array<ArrayBuffer> {
  const type = checkedType(image);
  const size = NIFTI_TYPE_BYTES[type];
  const file = new Uint8Array(VOX_OFFSET + image.values.length * size);
  writeHeader(new DataView(file.buffer), image, type);
  writeVoxels(new DataView(file.buffer, VOX_OFFSET), image.values, type);
  return options.gzip === false ? file : (gzipSync(file, { mtime: 0 }) as Uint8Array<ArrayBuffer>);
}

function checkedType({ grid, values, nVolumes = 1 }: NiftiToWrite): NiftiType {
  assertGrid(grid, 'image to write');
  const expected = voxelCount(grid) * nVolumes;
  if (values.length !== expected)
    throw new ShapeError(
      'nifti/size',
      `An image of ${describeSize(grid)}×${nVolumes} voxels needs ${expected} values, got ${values.length}.`,
    );
  if (Math.max(grid.nColumns, grid.nRows, grid.nSlices, nVolumes) > NIFTI1_MAX_SIZE)
    throw new ShapeError(
      'nifti/size',
      `An image of ${describeSize(grid)}×${nVolumes} voxels does not fit NIfTI-1 (${NIFTI1_MAX_SIZE} along an axis).`,
    );
  if (values instanceof Float32Array) return 'float32';
  if (values instanceof Uint8Array) return 'uint8';
  return values instanceof Uint16Array ? 'uint16' : 'int16';
}

function writeHeader(view: DataView, image: NiftiToWrite, type: NiftiType): void {
  const { grid, nVolumes = 1, volumeStepMs } = image;
  const int16s = (at: number, numbers: readonly number[]): void =>
    numbers.forEach((n, i) => {
      view.setInt16(at + 2 * i, n, true);
    });
  const floats = (at: number, numbers: readonly number[]): void =>
    numbers.forEach((n, i) => {
      view.setFloat32(at + 4 * i, n, true);
    });
  view.setInt32(0, HEADER_BYTES, true);
  int16s(40, [nVolumes > 1 ? 4 : 3, grid.nColumns, grid.nRows, grid.nSlices, nVolumes, 1, 1, 1]);
  int16s(70, [NIFTI_TYPE_CODES[type], 8 * NIFTI_TYPE_BYTES[type]]);
  const qfac = determinant(grid.affine) < 0 ? -1 : 1;
  floats(76, [qfac, ...voxelSizeMm(grid.affine), volumeStepMs ?? 1, 1, 1, 1]);
  floats(108, [VOX_OFFSET, image.slope ?? 1, image.intercept ?? 0]);
  view.setUint8(123, MM + (volumeStepMs === undefined ? 0 : MILLISECONDS));
  writeText(view, 148, 79, image.description ?? '');
  if (image.orientation !== 'none') {
    const quaternion = quaternionOf(grid.affine, qfac);
    int16s(252, [quaternion ? SCANNER_ANATOMICAL : 0, SCANNER_ANATOMICAL]);
    const offset = [grid.affine[3]!, grid.affine[7]!, grid.affine[11]!];
    if (quaternion) floats(256, [...quaternion, ...offset]);
    floats(280, grid.affine.slice(0, 12));
  }
  writeText(view, 344, 4, 'n+1\0');
}

function writeText(view: DataView, at: number, maxLength: number, text: string): void {
  for (let i = 0; i < Math.min(text.length, maxLength); i++) {
    const code = text.charCodeAt(i);
    view.setUint8(at + i, code < 256 ? code : '?'.charCodeAt(0));
  }
}

function writeVoxels(view: DataView, values: NiftiToWrite['values'], type: NiftiType): void {
  const n = values.length;
  if (type === 'float32') for (let i = 0; i < n; i++) view.setFloat32(4 * i, values[i]!, true);
  else if (type === 'uint8') for (let i = 0; i < n; i++) view.setUint8(i, values[i]!);
  else for (let i = 0; i < n; i++) view.setUint16(2 * i, values[i]!, true);
}

/**
 * [b, c, d] of the rotation in an affine whose third axis was turned by `qfac` into a right-handed one; `undefined`
 * where the axes are not at right angles. Picks the largest of the four components first, so that none is lost to
 * cancellation at half a turn.
 */
function quaternionOf(affine: Affine, qfac: number): readonly [number, number, number] | undefined {
  const size = voxelSizeMm(affine);
  const r = (row: number, column: number): number =>
    (affine[4 * row + column]! / size[column]!) * (column === 2 ? qfac : 1);
  const cosine = (c: number, d: number): number => r(0, c) * r(0, d) + r(1, c) * r(1, d) + r(2, c) * r(2, d);
  if (Math.max(...[cosine(0, 1), cosine(0, 2), cosine(1, 2)].map(Math.abs)) > SHEAR_TOLERANCE)
    return undefined;
  const [x, y, z] = [r(0, 0), r(1, 1), r(2, 2)];
  // Four times the square of a, b, c, d.
  const squares = [1 + x + y + z, 1 + x - y - z, 1 - x + y - z, 1 - x - y + z];
  const largest = squares.indexOf(Math.max(...squares));
  const s = 2 * Math.sqrt(squares[largest]!);
  const [ab, ac, ad] = [r(2, 1) - r(1, 2), r(0, 2) - r(2, 0), r(1, 0) - r(0, 1)];
  const [bc, bd, cd] = [r(0, 1) + r(1, 0), r(0, 2) + r(2, 0), r(1, 2) + r(2, 1)];
  const candidates = [
    [(s * s) / 4, ab, ac, ad],
    [ab, (s * s) / 4, bc, bd],
    [ac, bc, (s * s) / 4, cd],
    [ad, bd, cd, (s * s) / 4],
  ];
  const [a, b, c, d] = candidates[largest]!.map((v) => v / s) as [number, number, number, number];
  return a < 0 ? [-b, -c, -d] : [b, c, d];
}
