/**
 * Standard deviation of white noise from the finest diagonal wavelet band (Haar), where an image has little but noise:
 * median |d| / 0.6745 (Donoho and Johnstone, Biometrika 81, 1994, doi:10.1093/biomet/81.3.425).
 *
 * Noise of interpolated images is coloured: neighbours agree, the finest band is quieter than the pixels, and the
 * estimate is low. A correlation of ρ between neighbours along both axes makes it about 1 − ρ of the truth.
 */
import { DataError } from '../core/errors.ts';

/** Median of |x| for x standard normal. */
const NORMAL_MEDIAN_ABSOLUTE = 0.6744897501960817;

/** Fewer coefficients leave the median uncertain by more than about a tenth. */
const MIN_COEFFICIENTS = 64;

/**
 * Noise of `image` `[row, column]`, in its unit. Counts 2×2 neighbourhoods, overlapping ones too, that are finite and
 * wholly inside `mask` (not 0; everywhere where absent).
 * @throws DataError `noise/too-few-pixels` if fewer than 64 neighbourhoods are left.
 */
export function estimateNoiseSigma(
  image: Float32Array | Float64Array,
  nRows: number,
  nColumns: number,
  mask?: Uint8Array,
): number {
  const magnitudes = new Float64Array(Math.max(0, (nRows - 1) * (nColumns - 1)));
  let n = 0;
  for (let y = 0; y + 1 < nRows; y++)
    for (let x = 0; x + 1 < nColumns; x++) {
      const i = y * nColumns + x;
      const j = i + nColumns;
      if (mask !== undefined && !(mask[i] && mask[i + 1] && mask[j] && mask[j + 1])) continue;
      const diagonal = (image[i] - image[i + 1] - image[j] + image[j + 1]) / 2;
      if (Number.isFinite(diagonal)) magnitudes[n++] = Math.abs(diagonal);
    }
  if (n < MIN_COEFFICIENTS)
    throw new DataError(
      'noise/too-few-pixels',
      `Estimating the noise needs ${MIN_COEFFICIENTS} neighbourhoods of 2×2 finite pixels inside the mask, found ${n}; give sigma or a larger mask.`,
    );
  const sorted = magnitudes.subarray(0, n).sort();
  const median = (sorted[(n - 1) >> 1] + sorted[n >> 1]) / 2;
  return median / NORMAL_MEDIAN_ABSOLUTE;
}
