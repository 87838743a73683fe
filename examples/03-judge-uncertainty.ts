/**
 * Judge maps and their uncertainty as the paper does, on numbers of your own: eight patients are calibrated on, eight are
 * judged. The maps here are made up: errors of a Laplace distribution, whose stated scale is twice too large.
 * Run it in a clone with `node --conditions=rhomap-source examples/03-judge-uncertainty.ts`.
 */
import {
  blandAltman,
  bootstrapByPatient,
  conformalFactor,
  coverage,
  createRandom,
  errorsMs,
  fitScale,
  gatherRoiPixels,
  laplaceIntervalFactor,
  laplaceQuality,
  pairMoments,
  type RoiPixels,
  type RoiSlice,
  recalibrated,
  roiMeanRelativeError,
  sliceCalibrationError,
} from 'rhomap';

const N_PIXELS = 400;
const random = createRandom(1);

/** A slice of a patient: a map of all images (target), a prediction with Laplace errors of scale σ, and 2σ as stated scale. */
function madeUpSlice(patient: string, k: number): RoiSlice {
  const draw = random.fork(`${patient} ${k}`);
  const pixels = (value: (p: number) => number): Float32Array =>
    Float32Array.from({ length: N_PIXELS }, (_, p) => value(p));
  const targetMs = pixels(() => 43 + 3 * draw.normal());
  const scaleMs = pixels(() => 0.5 + 1.5 * draw.uniform());
  const laplace = (): number => Math.sign(draw.uniform() - 0.5) * -Math.log1p(-draw.uniform());
  return {
    id: `${patient} slice ${k + 1}`,
    patient,
    roi: new Uint8Array(N_PIXELS).fill(1),
    targetMs,
    predictedMs: pixels((p) => targetMs[p]! + scaleMs[p]! * laplace()),
    sigmaMs: pixels((p) => 2 * scaleMs[p]!),
  };
}

const group = (first: number): RoiPixels =>
  gatherRoiPixels(
    Array.from({ length: 8 * 3 }, (_, i) => madeUpSlice(`patient ${first + Math.floor(i / 3)}`, i % 3)),
  );
const [calibration, test] = [group(1), group(9)];

const rmre = roiMeanRelativeError(test);
const interval = bootstrapByPatient(
  test.patients,
  (slices) => slices.reduce((sum, s) => sum + rmre.perSlice[s]!, 0) / slices.length,
  { random: createRandom('bootstrap'), nRepeats: 500 },
);
const [low, high] = interval.bca;
console.log(
  `RMRE ${rmre.mean.toFixed(2)} %, 95 % interval over patients ${low.toFixed(2)} to ${high.toFixed(2)} %`,
);

const { bias, limits } = blandAltman(pairMoments(test.targetMs, test.predictedMs));
console.log(
  `Bland-Altman: bias ${bias.toFixed(2)} ms, limits ${limits[0].toFixed(2)} to ${limits[1].toFixed(2)} ms`,
);

// One factor learned on other patients; a calibrated Laplace scale equals the mean |error|.
const scaling = fitScale(errorsMs(calibration), calibration.sigmaMs!);
const corrected: RoiPixels = { ...test, sigmaMs: test.sigmaMs!.map((sigma) => recalibrated(scaling, sigma)) };
for (const [name, pixels] of [
  ['as stated', test],
  ['recalibrated', corrected],
] as const) {
  const { nll } = laplaceQuality(errorsMs(pixels), pixels.sigmaMs!);
  const uce = sliceCalibrationError(pixels, { uncertainty: 'scale' }).value;
  const inside = coverage(errorsMs(pixels), pixels.sigmaMs!, laplaceIntervalFactor(0.9));
  console.log(
    `${name}: negative log likelihood ${nll.toFixed(3)}, UCE ${uce.toFixed(2)} ms, 90 % intervals hold ${(100 * inside).toFixed(1)} %`,
  );
}

// Split conformal: intervals that hold for a new patient whatever the errors' distribution is.
const scores = errorsMs(calibration).map((error, i) => Math.abs(error) / calibration.sigmaMs![i]!);
const patientOfPixel = Int32Array.from(scores, (_, i) => {
  const slice = calibration.offsets.findIndex((end, s) => s > 0 && i < end) - 1;
  return [...new Set(calibration.patients)].indexOf(calibration.patients[slice]!);
});
const { factor, reachableLevel } = conformalFactor(scores, patientOfPixel, 0.8);
const held = coverage(errorsMs(test), test.sigmaMs!, factor);
console.log(
  `conformal: map ± ${factor.toFixed(2)}·σ holds ${(100 * held).toFixed(1)} % (asked: 80 %, eight patients reach ${(100 * reachableLevel).toFixed(0)} %)`,
);
