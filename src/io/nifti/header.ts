/**
 * The NIfTI-1 and NIfTI-2 header (nifti1.h, nifti2.h), either byte order, as one record. Only fields that rhomap uses
 * are read. Everything here is a claim of the file: sizes are checked, but against the bytes that follow only in
 * `read.ts`. Header extensions lie between the header and `voxOffset` and are skipped.
 */
import { FormatError, UnsupportedError } from '../../core/errors.ts';
import type { WarningSink } from '../../core/warnings.ts';
import { NIFTI_TYPE_BYTES, NIFTI_TYPES_BY_CODE, type NiftiType, REFUSED_NIFTI_TYPES } from './datatypes.ts';

export interface NiftiHeader {
  readonly version: 1 | 2;
  readonly littleEndian: boolean;
  readonly nColumns: number;
  readonly nRows: number;
  readonly nSlices: number;
  /** Product of all dimensions beyond the third; at most one of them is larger than 1. */
  readonly nVolumes: number;
  readonly type: NiftiType;
  /** Byte at which the voxels start. */
  readonly voxOffset: number;
  /** value = stored·slope + intercept; 1 and 0 where the file asks for no scaling. */
  readonly slope: number;
  readonly intercept: number;
  /** `pixdim` as stored: [qfac, column step, row step, slice step, volume step, …]. */
  readonly pixdim: readonly number[];
  /** Millimetres per unit of length in the file: 1, or 1000 (m), or 0.001 (µm). */
  readonly mmPerUnit: number;
  readonly qformCode: number;
  readonly sformCode: number;
  /** [b, c, d] of the unit quaternion. */
  readonly quaternion: readonly number[];
  readonly qoffset: readonly number[];
  /** Three rows of four, in units of length of the file. */
  readonly srow: readonly number[];
  readonly description: string;
}

/** Bytes that `parseNiftiHeader` needs at most. */
export const NIFTI_HEADER_BYTES = 540;

/** Where each field stands, and how numbers are stored, in the two versions. */
const LAYOUTS = {
  1: {
    size: 348,
    ...{
      magic: 344,
      dim: 40,
      datatype: 70,
      bitpix: 72,
      pixdim: 76,
      voxOffset: 108,
      slope: 112,
      intercept: 116,
    },
    ...{ units: 123, description: 148, qform: 252, sform: 254, quaternion: 256, qoffset: 268, srow: 280 },
  },
  2: {
    size: 540,
    ...{
      magic: 4,
      dim: 16,
      datatype: 12,
      bitpix: 14,
      pixdim: 104,
      voxOffset: 168,
      slope: 176,
      intercept: 184,
    },
    ...{ units: 500, description: 240, qform: 344, sform: 348, quaternion: 352, qoffset: 376, srow: 400 },
  },
} as const;

/**
 * Reads a header.
 * @param head the first bytes of the file, `NIFTI_HEADER_BYTES` of them or the whole file.
 * @throws FormatError for a header that breaks the format, UnsupportedError for a valid one that holds no real image.
 */
export function parseNiftiHeader(head: Uint8Array, where: string, warnings: WarningSink): NiftiHeader {
  const { version, littleEndian } = recogniseNifti(head, where);
  const at = LAYOUTS[version];
  const view = new DataView(head.buffer, head.byteOffset, head.byteLength);
  const int16 = (offset: number): number => view.getInt16(offset, littleEndian);
  const real = (offset: number, i: number = 0): number =>
    version === 1
      ? view.getFloat32(offset + 4 * i, littleEndian)
      : view.getFloat64(offset + 8 * i, littleEndian);
  const reals = (offset: number, n: number): number[] => Array.from({ length: n }, (_, i) => real(offset, i));
  const dim = Array.from({ length: 8 }, (_, i) =>
    version === 1 ? int16(at.dim + 2 * i) : Number(view.getBigInt64(at.dim + 8 * i, littleEndian)),
  );
  const formCode = (offset: number): number =>
    version === 1 ? int16(offset) : view.getInt32(offset, littleEndian);
  const units = version === 1 ? view.getUint8(at.units) : view.getInt32(at.units, littleEndian);
  const rawOffset = version === 1 ? real(at.voxOffset) : Number(view.getBigInt64(at.voxOffset, littleEndian));

  return {
    version,
    littleEndian,
    ...readShape(dim, where),
    type: readType(int16(at.datatype), int16(at.bitpix), where),
    voxOffset: readVoxOffset(rawOffset, at.size + 4, where, warnings),
    ...readScaling(real(at.slope), real(at.intercept), where, warnings),
    pixdim: reals(at.pixdim, 8),
    mmPerUnit: readUnits(units, where, warnings),
    qformCode: formCode(at.qform),
    sformCode: formCode(at.sform),
    quaternion: reals(at.quaternion, 3),
    qoffset: reals(at.qoffset, 3),
    srow: reals(at.srow, 12),
    description: readText(head.subarray(at.description, at.description + 80)),
  };
}

/** Version and byte order, from the header's size field and its magic word. */
function recogniseNifti(head: Uint8Array, where: string): { version: 1 | 2; littleEndian: boolean } {
  if (head.length < 4)
    throw new FormatError('nifti/truncated', where, `not a NIfTI file: it holds only ${head.length} bytes.`);
  const view = new DataView(head.buffer, head.byteOffset, head.byteLength);
  for (const version of [1, 2] as const)
    for (const littleEndian of [true, false]) {
      const { size, magic } = LAYOUTS[version];
      if (view.getInt32(0, littleEndian) !== size) continue;
      if (head.length < size)
        throw new FormatError(
          'nifti/truncated',
          where,
          `the header is cut off: ${head.length} of ${size} bytes; copy the file again.`,
        );
      const word = String.fromCharCode(...head.subarray(magic, magic + 4));
      if (word === `n+${version}\0`) return { version, littleEndian };
      if (word === `ni${version}\0`)
        throw new UnsupportedError(
          'nifti/pair',
          `${where}: this header belongs to a .hdr/.img pair; convert the pair to a single .nii file.`,
        );
      throw new FormatError(
        'nifti/magic',
        where,
        'the magic word of NIfTI is missing (an ANALYZE 7.5 file?); convert it to .nii.',
      );
    }
  throw new FormatError('nifti/magic', where, 'not a NIfTI file: the first four bytes are not 348 or 540.');
}

function readShape(
  dim: readonly number[],
  where: string,
): Pick<NiftiHeader, 'nColumns' | 'nRows' | 'nSlices' | 'nVolumes'> {
  const nDims = dim[0]!;
  const sizes = dim.slice(1, 1 + nDims);
  if (nDims < 1 || nDims > 7 || sizes.some((n) => n < 1))
    throw new FormatError(
      'nifti/dimensions',
      where,
      `the sizes in the header are not those of an image (dim = ${dim.join(' ')}).`,
    );
  const beyondThird = sizes.slice(3).filter((n) => n > 1);
  if (beyondThird.length > 1)
    throw new UnsupportedError(
      'nifti/dimensions',
      `${where}: the image has ${sizes.length} dimensions (${sizes.join('×')}); rhomap reads 3-D images and series of them.`,
    );
  const [nColumns, nRows = 1, nSlices = 1] = sizes;
  return { nColumns: nColumns!, nRows, nSlices, nVolumes: beyondThird[0] ?? 1 };
}

function readType(code: number, bitsPerVoxel: number, where: string): NiftiType {
  const type = NIFTI_TYPES_BY_CODE.get(code);
  if (type === undefined) {
    const refused = REFUSED_NIFTI_TYPES.get(code);
    if (refused !== undefined)
      throw new UnsupportedError('nifti/datatype', `${where}: voxels are ${refused}, not one number each.`);
    throw new FormatError('nifti/datatype', where, `datatype ${code} is not one of NIfTI.`);
  }
  if (bitsPerVoxel !== 8 * NIFTI_TYPE_BYTES[type])
    throw new FormatError(
      'nifti/bitpix',
      where,
      `the header contradicts itself: type ${type} with ${bitsPerVoxel} bits a voxel.`,
    );
  return type;
}

function readVoxOffset(stored: number, least: number, where: string, warnings: WarningSink): number {
  if (stored === 0) {
    warnings.add('nifti/vox-offset', where, `vox_offset is 0; voxels are read from byte ${least}.`);
    return least;
  }
  if (!Number.isSafeInteger(stored) || stored < least)
    throw new FormatError(
      'nifti/vox-offset',
      where,
      `voxels cannot start at byte ${stored} (vox_offset); the header alone takes ${least} bytes.`,
    );
  return stored;
}

/** Slope 0 means "not scaled" in the standard; NaN is what some writers put for the same. */
function readScaling(
  slope: number,
  intercept: number,
  where: string,
  warnings: WarningSink,
): Pick<NiftiHeader, 'slope' | 'intercept'> {
  if (slope === 0) return { slope: 1, intercept: 0 };
  if (!Number.isFinite(slope)) {
    warnings.add('nifti/slope', where, `scl_slope is ${slope}; the stored values are used unscaled.`);
    return { slope: 1, intercept: 0 };
  }
  if (!Number.isFinite(intercept))
    throw new FormatError('nifti/slope', where, `scl_inter is ${intercept}: values cannot be scaled.`);
  return { slope, intercept };
}

function readUnits(xyztUnits: number, where: string, warnings: WarningSink): number {
  const mmPerUnit = { 1: 1000, 3: 0.001 }[xyztUnits & 7];
  if (mmPerUnit === undefined) return 1;
  warnings.add(
    'nifti/units',
    where,
    `lengths are in ${mmPerUnit === 1000 ? 'metres' : 'micrometres'}; converted to mm.`,
  );
  return mmPerUnit;
}

function readText(bytes: Uint8Array): string {
  const end = bytes.indexOf(0);
  return String.fromCharCode(...bytes.subarray(0, end < 0 ? bytes.length : end)).trim();
}
