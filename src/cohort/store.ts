/** How a scanner stores magnitude images: whole numbers of so many bits, and a slope back to its own units. */
export interface StoredSignal {
  readonly integers: Uint16Array;
  /** Exactly representable in float32, as file headers hold it. */
  readonly slope: number;
}

/** The scanner's units: liver reads about this at TSL 0. */
const LIVER_LEVEL = 500;

/** Stores values (liver about 1) with the full range of `bits`. */
export function storeSignal(values: Float32Array, bits: number): StoredSignal {
  let largest = 0;
  for (const value of values) largest = Math.max(largest, value);
  const slope = Math.fround((largest > 0 ? largest * LIVER_LEVEL : 1) / (2 ** bits - 1));
  const integers = Uint16Array.from(values, (value) =>
    Math.min(2 ** bits - 1, Math.round((value * LIVER_LEVEL) / slope)),
  );
  return { integers, slope };
}

/** The signal a reader gets back, float32. */
export const storedValues = ({ integers, slope }: StoredSignal): Float32Array =>
  Float32Array.from(integers, (value) => value * slope);
