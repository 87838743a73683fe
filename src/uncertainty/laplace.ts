/**
 * The Laplace distribution as a network's statement about a pixel: density exp(−|e|/σ)/(2σ) of the error e, with the
 * scale σ in ms. Its mean absolute value is σ and its standard deviation √2·σ, the `u` of uncertainty maps.
 *
 * Networks give S = log σ of the map scaled by (T − 25 ms)/40 ms.
 */

/** Span in ms of the scaling that networks see. */
export const MAP_SPAN_MS = 40;

/** Scale σ in ms from the network's S = log σ of the scaled map. */
export const sigmaMsFromLogScale = (logScale: number): number => MAP_SPAN_MS * Math.exp(logScale);

/** Standard deviation u = √2·σ of a Laplace distribution of scale σ; same unit. */
export const standardDeviationFromSigma = (sigma: number): number => Math.SQRT2 * sigma;

/** Inverse of `standardDeviationFromSigma`. */
export const sigmaFromStandardDeviation = (u: number): number => u / Math.SQRT2;

/**
 * Half-width in units of σ of the central interval that holds a share `level` (0 to 1) of a Laplace distribution:
 * ln(1/(1 − level)), so that M ± σ·factor is the interval around the map value M.
 */
export const laplaceIntervalFactor = (level: number): number => -Math.log1p(-level);

/** Negative log likelihood in nats of an error under scale σ: ln(2σ) + |error|/σ. */
export const laplaceNll = (error: number, sigma: number): number =>
  Math.log(2 * sigma) + Math.abs(error) / sigma;

/**
 * σ-scaling: the factor s = mean(|error|/σ) that makes s·σ the maximum-likelihood Laplace scale on these pixels (Laves
 * 2020, arXiv:2006.11584, for a Laplace instead of a Gauss). Take it from validation data, never from test data.
 * Arrays of one length, ms; σ > 0. NaN without pixels.
 */
export function sigmaScaling(
  errorMs: Float32Array | Float64Array,
  sigmaMs: Float32Array | Float64Array,
): number {
  let sum = 0;
  for (let i = 0; i < errorMs.length; i++) sum += Math.abs(errorMs[i]) / sigmaMs[i];
  return sum / errorMs.length;
}
