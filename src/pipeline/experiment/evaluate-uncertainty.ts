/** What the uncertainty of a method is worth: calibration, ranking, and the refinement of regions. */
import { createRandom } from '../../core/random.ts';
import { sliceCalibrationError } from '../../evaluate/calibration-error.ts';
import type { UncertaintyEvaluation } from '../../evaluate/experiment-evaluation.ts';
import { laplaceQuality } from '../../evaluate/laplace-quality.ts';
import { simulatePerfectCalibration } from '../../evaluate/perfect-calibration.ts';
import { perfectSparsification } from '../../evaluate/perfect-sparsification.ts';
import { relativeErrors } from '../../evaluate/rmre.ts';
import { errorsMs, type RoiPixels } from '../../evaluate/roi-pixels.ts';
import { refinementThresholdMs, refineSlices, testRefinement } from '../../evaluate/roi-refinement.ts';
import { sliceErrorsMs, sliceUncertaintiesMs } from '../../evaluate/slice-error.ts';
import { sparsification } from '../../evaluate/sparsification.ts';

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
