/** IEEE 754 half precision: 11 significant bits, up to 65504. */

/** The bits of the nearest half, ties to even; beyond ±65504 infinity. */
export function toFloat16(values: Float32Array): Uint16Array {
  const bits = new Uint32Array(values.slice().buffer);
  return Uint16Array.from(bits, halfOfBits);
}

function halfOfBits(bits: number): number {
  const sign = (bits >>> 16) & 0x8000;
  const magnitude = bits & 0x7fffffff;
  if (magnitude > 0x7f800000) return sign | 0x7e00;
  if (magnitude >= 0x47800000) return sign | 0x7c00;
  const exponent = magnitude >>> 23;
  if (exponent < 102) return sign;
  // Below 2⁻¹⁴ halves are multiples of 2⁻²⁴: the significand, with its hidden bit, moves further to the right.
  const subnormal = exponent < 113;
  const significand = subnormal ? (magnitude & 0x7fffff) | 0x800000 : magnitude - 0x38000000;
  const shift = subnormal ? 126 - exponent : 13;
  const rest = significand & ((1 << shift) - 1);
  const half = significand >>> shift;
  const tie = 1 << (shift - 1);
  const up = rest > tie || (rest === tie && (half & 1) === 1) ? 1 : 0;
  return sign | (half + up);
}

/** The numbers that these halves stand for, exactly. */
export function fromFloat16(bits: Uint16Array): Float32Array {
  return Float32Array.from(bits, (half) => {
    const sign = half & 0x8000 ? -1 : 1;
    const exponent = (half >>> 10) & 0x1f;
    const fraction = half & 0x3ff;
    if (exponent === 31) return fraction ? Number.NaN : sign * Number.POSITIVE_INFINITY;
    return sign * (exponent === 0 ? fraction * 2 ** -24 : (1024 + fraction) * 2 ** (exponent - 25));
  });
}
