/**
 * ROI refinement by uncertainty (paper, §2.5): pixels with u above μ + SD are left out, μ and SD over all ROI pixels of
 * the *validation* patients. Compares the slice errors before and after, by slice, by patient, and by bootstrap.
 */
import type { Random } from '../core/random.ts';
import { type MeanAndSd, meanAndSd } from '../core/statistics.ts';
import { type BootstrapInterval, bootstrapByPatient } from './bootstrap.ts';
import { type PairedTTest, pairedTTest, patientMeans } from './paired-t-test.ts';
import { type Reference, type RoiPixels, referenceMs, sigmaOf, type Values } from './roi-pixels.ts';
import { sliceErrorsMs } from './slice-error.ts';

/** Threshold μ + SD on u = √2·σ in ms, over all ROI pixels of the validation set. */
export function refinementThresholdMs(validation: RoiPixels): number {
  const { mean, standardDeviation } = meanAndSd(sigmaOf(validation));
  return Math.SQRT2 * (mean + standardDeviation);
}

export interface SliceRefinement {
  readonly thresholdMs: number;
  /** Mean absolute pixel error of each slice, ms. */
  readonly beforeMs: Float64Array;
  /** The same over the pixels that stay; NaN where none stays. */
  readonly afterMs: Float64Array;
  /** Share of the ROI pixels that stay, 0 to 1. */
  readonly keptShare: Float64Array;
}

/** Slice errors before and after leaving out pixels with u > threshold. */
export function refineSlices(
  pixels: RoiPixels,
  thresholdMs: number,
  reference: Reference = 'target',
): SliceRefinement {
  const { offsets, predictedMs } = pixels;
  const sigma = sigmaOf(pixels);
  const expected = referenceMs(pixels, reference);
  const beforeMs = sliceErrorsMs(pixels, { reference });
  const afterMs = new Float64Array(beforeMs.length);
  const keptShare = new Float64Array(beforeMs.length);
  for (let s = 0; s < afterMs.length; s++) {
    let [sum, n] = [0, 0];
    for (let i = offsets[s]; i < offsets[s + 1]; i++) {
      if (Math.SQRT2 * sigma[i] > thresholdMs) continue;
      sum += Math.abs(predictedMs[i] - expected[i]);
      n++;
    }
    afterMs[s] = sum / n;
    keptShare[s] = n / (offsets[s + 1] - offsets[s]);
  }
  return { thresholdMs, beforeMs, afterMs, keptShare };
}

export interface RefinementTest {
  /** Over slices in which pixels stay. */
  readonly before: MeanAndSd;
  readonly after: MeanAndSd;
  readonly nSlicesWithoutPixels: number;
  /** The paper's test. */
  readonly bySlice: PairedTTest;
  /** The valid one: slices of a patient are averaged first. */
  readonly byPatient: PairedTTest;
  /** Fall of the mean slice error in percent of the one before, positive for an improvement, with its interval. */
  readonly reductionPercent: BootstrapInterval;
}

/** `patients`: patient of each slice. */
export function testRefinement(
  { beforeMs, afterMs }: SliceRefinement,
  patients: readonly string[],
  options: { readonly random: Random; readonly nRepeats?: number; readonly level?: number },
): RefinementTest {
  const used = [...afterMs.keys()].filter((s) => Number.isFinite(afterMs[s]));
  const pick = (values: Values): Float64Array => Float64Array.from(used, (s) => values[s]);
  const [before, after] = [pick(beforeMs), pick(afterMs)];
  const patientOf = used.map((s) => patients[s]);
  const total = (values: Values, slices: readonly number[]): number =>
    slices.reduce((sum, s) => sum + values[s], 0);
  return {
    before: meanAndSd(before),
    after: meanAndSd(after),
    nSlicesWithoutPixels: afterMs.length - used.length,
    bySlice: pairedTTest(before, after),
    byPatient: pairedTTest(patientMeans(before, patientOf), patientMeans(after, patientOf)),
    reductionPercent: bootstrapByPatient(
      patientOf,
      (slices) => 100 * (1 - total(after, slices) / total(before, slices)),
      options,
    ),
  };
}
