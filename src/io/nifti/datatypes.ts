/**
 * The voxel types of NIfTI that hold one real number (nifti1.h, field `datatype`). Colour, complex, 128-bit and bit
 * types have no meaning as a signal and are refused by name.
 */
export type NiftiType =
  | 'uint8'
  | 'int8'
  | 'uint16'
  | 'int16'
  | 'uint32'
  | 'int32'
  | 'uint64'
  | 'int64'
  | 'float32'
  | 'float64';

export const NIFTI_TYPE_BYTES: Readonly<Record<NiftiType, number>> = {
  uint8: 1,
  int8: 1,
  uint16: 2,
  int16: 2,
  uint32: 4,
  int32: 4,
  uint64: 8,
  int64: 8,
  float32: 4,
  float64: 8,
};

export const NIFTI_TYPE_CODES: Readonly<Record<NiftiType, number>> = {
  uint8: 2,
  int16: 4,
  int32: 8,
  float32: 16,
  float64: 64,
  int8: 256,
  uint16: 512,
  uint32: 768,
  int64: 1024,
  uint64: 1280,
};

export const NIFTI_TYPES_BY_CODE: ReadonlyMap<number, NiftiType> = new Map(
  (Object.keys(NIFTI_TYPE_CODES) as NiftiType[]).map((type) => [NIFTI_TYPE_CODES[type], type]),
);

/** Types of the standard that are refused, with the word an error message uses. */
export const REFUSED_NIFTI_TYPES: ReadonlyMap<number, string> = new Map([
  [1, 'single bits'],
  [32, 'complex numbers'],
  [128, 'RGB colours'],
  [1536, '128-bit floats'],
  [1792, 'complex numbers'],
  [2048, 'complex numbers'],
  [2304, 'RGBA colours'],
]);
