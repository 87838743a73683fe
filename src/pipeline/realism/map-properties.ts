/** Realism of the maps: residuals of the fit, the difference of coarse and target, and the target in the ROI. */
import { spreadOf } from '../measure-cohort.ts';
import type { SliceMeasures } from '../patient-measures.ts';
import { type Figure, mean, type Property, REAL_SLICES } from './property.ts';
import { pooledKurtosis } from './statistics.ts';

export const MAP_PROPERTIES: readonly Property[] = [
  {
    name: 'residual autocorrelation, lag 1',
    unit: '1',
    real: [0.2, 0.4],
    source: REAL_SLICES,
    of: mean((s) => s.residualLag1),
  },
  {
    name: 'R², median',
    unit: '1',
    real: [0.986, 0.998],
    source: `${REAL_SLICES}: 0.993`,
    of: mean((s) => s.r2Median),
  },
  {
    name: 'R², 5th percentile',
    unit: '1',
    real: [0.92, 0.975],
    source: `${REAL_SLICES}: 0.949`,
    of: mean((s) => s.r2Low),
  },
  {
    name: 'excess kurtosis of coarse − target',
    unit: '1',
    real: [2, 6],
    source: `${REAL_SLICES}: 4`,
    of: pooledKurtosis,
  },
  {
    name: 'coarse − target over a slice',
    unit: 'ms',
    real: [0.3, 1.7],
    source: REAL_SLICES,
    of: mean((s) => s.biasMs),
  },
  {
    name: 'RMRE without that mean difference, relative to coarse',
    unit: '1',
    real: [0.7, 0.98],
    source: REAL_SLICES,
    of: mean((s) => s.shiftedPercent / s.coarsePercent),
  },
  {
    name: 'RMRE of images smoothed by σ 0.5–0.7 pixel, relative to coarse',
    unit: '1',
    real: [0.88, 0.97],
    source: REAL_SLICES,
    of: bestOfMeanCurve,
  },
  {
    name: 'the same at σ 1 pixel',
    unit: '1',
    real: [1, 1.2],
    source: `${REAL_SLICES}: above coarse`,
    of: mean((s) => s.smoothed10),
  },
  {
    name: 'mean of the target in the ROI',
    unit: 'ms',
    real: [39.9, 44.9],
    source: 'CUHK 2016 … Xie 2017',
    of: mean((s) => s.meanMs),
  },
  {
    name: 'pixel SD of the target in the ROI',
    unit: 'ms',
    real: [4, 6],
    source: REAL_SLICES,
    of: mean((s) => s.pixelSdMs),
  },
  {
    name: 'correlation of the target at lag 3',
    unit: '1',
    real: [0.4, 0.7],
    source: REAL_SLICES,
    of: mean((s) => s.lag3),
  },
  {
    name: '5th percentile of the target, relative to its median',
    unit: '1',
    real: [0.82, 0.9],
    source: `${REAL_SLICES}: 36/42`,
    of: mean((s) => s.percentilesMs[1]! / s.percentilesMs[3]!),
  },
  {
    name: '95th percentile of the target, relative to its median',
    unit: '1',
    real: [1.12, 1.28],
    source: `${REAL_SLICES}: 52/42`,
    of: mean((s) => s.percentilesMs[5]! / s.percentilesMs[3]!),
  },
  {
    name: 'coarse RMRE, 95th over 5th percentile of slices',
    unit: '1',
    real: [2.5, 5],
    source: `${REAL_SLICES}: slices differ by a factor of three`,
    of: (slices) => {
      const sorted = slices.map((s) => s.coarsePercent).sort((a, b) => a - b);
      return sorted[Math.floor(0.95 * sorted.length)]! / sorted[Math.floor(0.05 * sorted.length)]!;
    },
  },
];

/** Of both widths the one that is better on average: the better one of every slice would flatter smoothing. */
function bestOfMeanCurve(slices: readonly SliceMeasures[]): Figure {
  const [narrow, wide] = [spreadOf(slices, (s) => s.smoothed05), spreadOf(slices, (s) => s.smoothed07)];
  return narrow.mean < wide.mean ? narrow : wide;
}
