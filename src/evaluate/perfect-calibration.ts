/**
 * The UCE that a perfectly calibrated model would get with the same slices: not 0, because a bin holds few slices and
 * their errors scatter around their uncertainty. A UCE is to be judged against this number.
 *
 * Simulated without a distribution: each slice keeps its uncertainty, its error is that uncertainty times a ratio drawn
 * from all slices' ratios error/uncertainty, scaled to mean 1. So the error equals the uncertainty on average, in every
 * bin, and scatters as much as observed.
 */
import type { Random } from '../core/random.ts';
import { type MeanAndSd, meanAndSd } from '../core/statistics.ts';
import { calibrationError, N_BINS } from './calibration-error.ts';
import type { Values } from './roi-pixels.ts';

export interface PerfectCalibrationOptions {
  readonly random: Random;
  /** Simulated data sets; 1000 where absent. */
  readonly nRepeats?: number;
  readonly nBins?: number;
}

/** Mean and SD over simulated data sets of the UCE under perfect calibration; unit of the inputs (`> 0`). */
export function simulatePerfectCalibration(
  uncertainty: Values,
  error: Values,
  options: PerfectCalibrationOptions,
): MeanAndSd {
  const { random, nRepeats = 1000, nBins = N_BINS } = options;
  const ratios = Float64Array.from(uncertainty, (u, i) => error[i] / u);
  const { mean } = meanAndSd(ratios);
  const simulated = new Float64Array(uncertainty.length);
  const values = Float64Array.from({ length: nRepeats }, () => {
    for (let i = 0; i < simulated.length; i++)
      simulated[i] = (uncertainty[i] * ratios[random.integer(ratios.length)]) / mean;
    return calibrationError(uncertainty, simulated, nBins).value;
  });
  return meanAndSd(values);
}
