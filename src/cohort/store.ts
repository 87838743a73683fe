/** How a scanner stores magnitude images: whole numbers of so many bits, and a slope back to its own units. */
export interface StoredSignal {
  readonly integers: Uint16Array;
  /** A multiple of 2⁻¹³: exact in the float32 of a NIfTI header and in the 16 characters of a DICOM one. */
  readonly slope: number;
}

/** The scanner's units: liver reads about this at TSL 0. */
const LIVER_LEVEL = 500;

const SLOPE_STEP = 2 ** -13;

/** Stores values (liver about 1) with the range of `bits`, less what rounding the slope up costs (under 2 % even for 16). */
export function storeSignal(values: Float32Array, bits: number): StoredSignal {
  let largest = 0;
  for (const value of values) largest = Math.max(largest, value);
  const finest = (largest > 0 ? largest * LIVER_LEVEL : 1) / (2 ** bits - 1);
  const slope = Math.ceil(finest / SLOPE_STEP) * SLOPE_STEP;
  const integers = new Uint16Array(values.length);
  for (let i = 0; i < values.length; i++)
    integers[i] = Math.min(2 ** bits - 1, Math.round((values[i]! * LIVER_LEVEL) / slope));
  return { integers, slope };
}

/** The signal a reader gets back, float32. */
export function storedValues({ integers, slope }: StoredSignal): Float32Array {
  const values = new Float32Array(integers.length);
  for (let i = 0; i < values.length; i++) values[i] = integers[i]! * slope;
  return values;
}
