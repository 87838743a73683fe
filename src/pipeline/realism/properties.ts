/**
 * What a virtual cohort is compared with: one row per property of real images, with the interval of the real figures
 * and where it is from. Signals and noise first, then the look of images, maps, fields, and what studies report.
 */
import type { Tissue } from '../../cohort/scene.ts';
import type { SliceMeasures } from '../patient-measures.ts';
import { mean, type Property, sdOf } from './property.ts';
import {
  agreementHalfWidth,
  betterSmoothing,
  coarseRange,
  icc,
  pooledB1Percentile,
  pooledKurtosis,
  rescanLimits,
} from './statistics.ts';

type Row = readonly [
  name: string,
  unit: string,
  real: readonly [number, number],
  source: string,
  of: Property['of'],
  minPatients?: number,
];

/** Measured on real slices (liver at 3 T, black-blood turbo spin echo, spin-lock 400 Hz). */
const REAL_SLICES = 'real slices';
const ONE_SLICE = 'one real slice: percentiles 33/36/40/42/45/52/60 ms';
const RESOLUTION = 'assumption: 2 mm acquired, 7 mm thick, a border that slants';
const PAPER = 'paper, Table 2';
/** As many as the study of black-blood scan and rescan had (CUHK 2016): an SD from fewer has a standard error above 17 %. */
const RESCAN_PATIENTS = 19;

const relative = (tissue: Tissue, name: string, value: number): Row => [
  `signal at TSL 0 relative to liver: ${name}`,
  '1',
  [0.75 * value, 1.25 * value],
  `${REAL_SLICES}, ±25 %`,
  mean((s) => s.contents?.relativeSignal[tissue]),
];

/** A percentile of the target over its median, by its place in `MapMeasures.percentilesMs`. */
const percentile = (place: number, name: string, real: readonly [number, number], source: string): Row => [
  `${name} percentile of the target, relative to its median`,
  '1',
  real,
  source,
  mean((s) => s.percentilesMs[place]! / s.percentilesMs[3]!),
];

const SIGNALS: readonly Row[] = [
  relative('spleen', 'spleen', 1.5),
  relative('bile', 'gallbladder', 2.3),
  relative('muscle', 'muscle', 0.5),
  relative('fat', 'subcutaneous fat', 0.45),
  [
    'signal at TSL 0 relative to liver: vessel lumen',
    '1',
    [0.3, 0.6],
    REAL_SLICES,
    mean((s) => s.contents?.relativeSignal['vena-cava'] ?? s.contents?.relativeSignal.artery),
  ],
  [
    'signal at TSL 0 relative to liver: air',
    '1',
    [0, 0.01],
    `${REAL_SLICES}, vendor masking`,
    mean((s) => s.contents?.relativeSignal.air),
  ],
  ['SNR at TSL 0, by residuals', '1', [22, 45], REAL_SLICES, mean((s) => s.snrFirst)],
  ['SNR at TSL 50, by residuals', '1', [8, 15], REAL_SLICES, mean((s) => s.snrLast)],
];

/** No real image of this kind is public, so most intervals say what must hold of any image of this resolution. */
const IMAGES: readonly Row[] = [
  [
    'fall of the power spectrum at TSL 0: exponent',
    '1',
    [2.6, 3.4],
    'images made of edges: 3; breast images about 3 (Burgess 2001, doi:10.1118/1.1355308)',
    mean((s) => s.image?.spectrumExponent),
  ],
  ['border liver–lung, 90–10 %', 'mm', [2.5, 9], RESOLUTION, mean((s) => s.image?.lungEdge?.widthMm)],
  ['border liver–fat, 90–10 %', 'mm', [2, 6], RESOLUTION, mean((s) => s.image?.fatEdge?.widthMm)],
  [
    'overshoot at the border liver–lung',
    '1',
    [-0.02, 0.09],
    'Gibbs: 0.09 without a filter',
    mean((s) => s.image?.lungEdge?.overshoot),
  ],
  [
    "largest peak of the target's texture over its ring",
    '1',
    [4, 11],
    'texture without a pattern',
    mean((s) => s.image?.texturePeak),
  ],
  percentile(0, '1st', [0.73, 0.84], ONE_SLICE),
  percentile(2, '25th', [0.92, 0.97], ONE_SLICE),
  percentile(4, '75th', [1.04, 1.1], ONE_SLICE),
  percentile(6, '99th', [1.2, 1.5], ONE_SLICE),
];

/** Residuals of the fit, the difference of coarse and target, and the target in the ROI. */
const MAPS: readonly Row[] = [
  ['residual autocorrelation, lag 1', '1', [0.2, 0.4], REAL_SLICES, mean((s) => s.residualLag1)],
  ['R², median', '1', [0.986, 0.998], `${REAL_SLICES}: 0.993`, mean((s) => s.r2Median)],
  ['R², 5th percentile', '1', [0.92, 0.975], `${REAL_SLICES}: 0.949`, mean((s) => s.r2Low)],
  ['excess kurtosis of coarse − target', '1', [2, 6], `${REAL_SLICES}: 4`, pooledKurtosis],
  ['coarse − target over a slice', 'ms', [0.3, 1.7], REAL_SLICES, mean((s) => s.biasMs)],
  [
    'RMRE without that mean difference, relative to coarse',
    '1',
    [0.7, 0.98],
    REAL_SLICES,
    mean((s) => s.shiftedPercent / s.coarsePercent),
  ],
  [
    'RMRE of images smoothed by σ 0.5–0.7 pixel, relative to coarse',
    '1',
    [0.88, 0.97],
    REAL_SLICES,
    betterSmoothing,
  ],
  ['the same at σ 1 pixel', '1', [1, 1.2], `${REAL_SLICES}: above coarse`, mean((s) => s.smoothed10)],
  ['mean of the target in the ROI', 'ms', [39.9, 44.9], 'CUHK 2016 … Xie 2017', mean((s) => s.meanMs)],
  ['pixel SD of the target in the ROI', 'ms', [4, 6], REAL_SLICES, mean((s) => s.pixelSdMs)],
  ['correlation of the target at lag 3', '1', [0.4, 0.7], REAL_SLICES, mean((s) => s.lag3)],
  percentile(1, '5th', [0.82, 0.9], `${REAL_SLICES}: 36/42`),
  percentile(5, '95th', [1.12, 1.28], `${REAL_SLICES}: 52/42`),
  [
    'coarse RMRE, 95th over 5th percentile of slices',
    '1',
    [2.5, 5],
    `${REAL_SLICES}: slices differ by a factor of three`,
    coarseRange,
  ],
];

const FIELDS: readonly Row[] = [
  ['ΔB0 over the body, SD', 'Hz', [74, 111], REAL_SLICES, mean((s) => s.contents?.b0BodySdHz)],
  [
    'ΔB0 over the liver in the shim box, SD',
    'Hz',
    [5, 40],
    'assumption: 20–40 with a linear shim, less with a second-order one',
    mean((s) => s.contents?.b0BoxSdHz),
  ],
  [
    'ΔB0 gradient, median',
    'Hz/mm',
    [1, 3],
    `${REAL_SLICES}: 2`,
    mean((s) => s.contents?.b0GradientHzPerMm[0]),
  ],
  [
    'ΔB0 gradient, 95th percentile',
    'Hz/mm',
    [6, 14],
    `${REAL_SLICES}: 10`,
    mean((s) => s.contents?.b0GradientHzPerMm[1]),
  ],
  ['b1 over the body, mean', '1', [0.91, 1.12], REAL_SLICES, mean((s) => s.contents?.b1Mean)],
  ['b1 over the body, SD', '1', [0.1, 0.12], REAL_SLICES, mean((s) => s.contents?.b1Sd)],
  ['b1, 1st percentile of all bodies', '1', [0.55, 0.8], `${REAL_SLICES}: 0.63`, pooledB1Percentile(0.01)],
  ['b1, 99th percentile of all bodies', '1', [1.2, 1.4], `${REAL_SLICES}: 1.35`, pooledB1Percentile(0.99)],
];

const iccOfTarget = (slices: readonly SliceMeasures[]): number =>
  icc(slices, (s) => [s.meanMs, s.rescan?.targetMs]);
const iccOfCoarse = (slices: readonly SliceMeasures[]): number =>
  icc(slices, (s) => [s.meanMs + s.biasMs, s.rescan?.coarseMs]);

/** Table 2, agreement of two and N spin-lock times, scan and rescan. */
const STUDIES: readonly Row[] = [
  ['coarse RMRE, mean', '%', [4.63, 5.13], `${PAPER}: 4.88, ±5 %`, mean((s) => s.coarsePercent)],
  ['coarse RMRE, SD between slices', '%', [1.8, 2.45], `${PAPER}: 2.12, ±15 %`, sdOf((s) => s.coarsePercent)],
  ['BM3D RMRE, mean', '%', [4.58, 5.06], `${PAPER}: 4.82, ±5 %`, mean((s) => s.bm3dPercent)],
  ['BM3D RMRE, SD between slices', '%', [2.08, 2.82], `${PAPER}: 2.45, ±15 %`, sdOf((s) => s.bm3dPercent)],
  [
    '2 against N TSLs, slice means: bias',
    'ms',
    [0.3, 1.7],
    'Zhao 2012: 0.89; real slices 0.3–1.7',
    mean((s) => s.biasMs),
  ],
  [
    '2 against N TSLs, slice means: half-width of the limits of agreement',
    'ms',
    [1.3, 3.3],
    'Zhao 2012: 2.56',
    agreementHalfWidth,
  ],
  [
    'scan–rescan of a patient, N TSLs: half-width of the limits of agreement',
    'ms',
    [0.6, 1.8],
    'CUHK 2016, same session: 1.2',
    (slices) => rescanLimits(slices, (s) => s.rescan && s.rescan.targetMs - s.meanMs),
    RESCAN_PATIENTS,
  ],
  [
    'scan–rescan ICC, N TSLs',
    '1',
    [0.93, 1],
    'black blood 2016, same session: 0.977',
    iccOfTarget,
    RESCAN_PATIENTS,
  ],
  [
    'scan–rescan variance, 2 over N TSLs',
    '1',
    [1, 2.5],
    'Zhao 2012: (1 − 0.528)/(1 − 0.755) = 1.9',
    (slices) => (1 - iccOfCoarse(slices)) / (1 - iccOfTarget(slices)),
    RESCAN_PATIENTS,
  ],
];

/** In the order of the table. */
export const PROPERTIES: readonly Property[] = [...SIGNALS, ...IMAGES, ...MAPS, ...FIELDS, ...STUDIES].map(
  ([name, unit, real, source, of, minPatients = 1]) => ({ name, unit, real, source, of, minPatients }),
);
