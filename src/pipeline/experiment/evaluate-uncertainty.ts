/** What the uncertainty of a method is worth: calibration, ranking, and the refinement of regions. */
import { createRandom } from '../../core/random.ts';
import { type CalibrationBin, sliceCalibrationError } from '../../evaluate/calibration-error.ts';
import { type LaplaceQuality, laplaceQuality } from '../../evaluate/laplace-quality.ts';
import type { MeanAndSd } from '../../evaluate/moments.ts';
import { simulatePerfectCalibration } from '../../evaluate/perfect-calibration.ts';
import { perfectSparsification } from '../../evaluate/perfect-sparsification.ts';
import { relativeErrors } from '../../evaluate/rmre.ts';
import { errorsMs, type RoiPixels } from '../../evaluate/roi-pixels.ts';
import {
  type RefinementTest,
  refinementThresholdMs,
  refineSlices,
  testRefinement,
} from '../../evaluate/roi-refinement.ts';
import { sliceErrorsMs, sliceUncertaintiesMs } from '../../evaluate/slice-error.ts';
import { type Sparsification, sparsification } from '../../evaluate/sparsification.ts';

export interface UncertaintyEvaluation {
  readonly uce: {
    /** The paper's: u = √2·σ against the mean pixel error, ms. Primary. */
    readonly std: number;
    /** σ against the mean pixel error, ms: 0 for a perfect Laplace. */
    readonly scale: number;
    /** u against the difference of the regions' means (eq. 9 as printed), ms. */
    readonly stdMeanDifference: number;
    /** Laves' variance against squared error, ms². */
    readonly variance: number;
    /** What `std` gets on as many slices if the uncertainty were perfectly calibrated, ms. */
    readonly perfect: Omit<MeanAndSd, 'n'>;
  };
  readonly reliability: readonly CalibrationBin[];
  readonly sparsification: { readonly pooled: Sparsification; readonly perSlice: Sparsification };
  /** AUSE over the area of random removal, and what a perfect Laplace σ of the same spread would reach. */
  readonly ause: { readonly relative: number; readonly perfect: number };
  readonly pixels: LaplaceQuality;
  readonly refinement: RefinementTest & {
    readonly thresholdsMs: readonly number[];
    /** Mean share of a region's pixels that stay. */
    readonly keptShare: number;
  };
}

export function evaluateUncertainty(
  folds: readonly { readonly test: RoiPixels; readonly validation: RoiPixels }[],
  all: RoiPixels,
): UncertaintyEvaluation {
  const sigma = all.sigmaMs!;
  const relative = relativeErrors(all);
  const std = sliceCalibrationError(all);
  const pooled = sparsification(relative, sigma, all.offsets);
  const perfect = perfectSparsification(sigma, all.targetMs, all.offsets, {
    random: createRandom('perfect sparsification'),
  });
  const { mean, standardDeviation } = simulatePerfectCalibration(
    sliceUncertaintiesMs(all),
    sliceErrorsMs(all),
    {
      random: createRandom('perfect calibration'),
    },
  );
  return {
    uce: {
      std: std.value,
      scale: sliceCalibrationError(all, { uncertainty: 'scale' }).value,
      stdMeanDifference: sliceCalibrationError(all, { error: 'mean-difference' }).value,
      variance: sliceCalibrationError(all, { uncertainty: 'variance' }).value,
      perfect: { mean, standardDeviation },
    },
    reliability: std.bins,
    sparsification: {
      pooled,
      perSlice: sparsification(relative, sigma, all.offsets, { pooling: 'per-slice' }),
    },
    ause: { relative: pooled.ause / pooled.auseOfRandom, perfect: perfect.ause / perfect.auseOfRandom },
    pixels: laplaceQuality(errorsMs(all), sigma),
    refinement: refine(folds, all),
  };
}

/** Every fold is refined by the threshold of its own validation patients; the slices are then tested together. */
function refine(
  folds: readonly { readonly test: RoiPixels; readonly validation: RoiPixels }[],
  all: RoiPixels,
): UncertaintyEvaluation['refinement'] {
  const refined = folds.map(({ test, validation }) => refineSlices(test, refinementThresholdMs(validation)));
  const join = (pick: (r: (typeof refined)[number]) => Float64Array): Float64Array =>
    Float64Array.from(refined.flatMap((r) => [...pick(r)]));
  const kept = join((r) => r.keptShare);
  const test = testRefinement(
    {
      thresholdMs: Number.NaN,
      beforeMs: join((r) => r.beforeMs),
      afterMs: join((r) => r.afterMs),
      keptShare: kept,
    },
    all.patients,
    { random: createRandom('refinement interval') },
  );
  return {
    ...test,
    thresholdsMs: refined.map((r) => r.thresholdMs),
    keptShare: kept.reduce((a, b) => a + b, 0) / kept.length,
  };
}
