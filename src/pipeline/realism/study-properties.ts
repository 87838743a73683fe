/** Realism of what studies report: Table 2, agreement of two and N spin-lock times, scan and rescan. */
import { spreadOf } from '../measure-cohort.ts';
import { mean, type Property, sdOf } from './property.ts';
import { icc, rescanLimits } from './statistics.ts';

const PAPER = 'paper, Table 2';

export const STUDY_PROPERTIES: readonly Property[] = [
  {
    name: 'coarse RMRE, mean',
    unit: '%',
    real: [4.63, 5.13],
    source: `${PAPER}: 4.88, ±5 %`,
    of: mean((s) => s.coarsePercent),
  },
  {
    name: 'coarse RMRE, SD between slices',
    unit: '%',
    real: [1.8, 2.45],
    source: `${PAPER}: 2.12, ±15 %`,
    of: sdOf((s) => s.coarsePercent),
  },
  {
    name: 'BM3D RMRE, mean',
    unit: '%',
    real: [4.58, 5.06],
    source: `${PAPER}: 4.82, ±5 %`,
    of: mean((s) => s.bm3dPercent),
  },
  {
    name: 'BM3D RMRE, SD between slices',
    unit: '%',
    real: [2.08, 2.82],
    source: `${PAPER}: 2.45, ±15 %`,
    of: sdOf((s) => s.bm3dPercent),
  },
  {
    name: '2 against N TSLs, slice means: bias',
    unit: 'ms',
    real: [0.3, 1.7],
    source: 'Zhao 2012: 0.89; real slices 0.3–1.7',
    of: mean((s) => s.biasMs),
  },
  {
    name: '2 against N TSLs, slice means: half-width of the limits of agreement',
    unit: 'ms',
    real: [1.3, 3.3],
    source: 'Zhao 2012: 2.56',
    of: (slices) => 1.96 * spreadOf(slices, (s) => s.biasMs).sd,
  },
  {
    name: 'scan–rescan of a patient, N TSLs: half-width of the limits of agreement',
    unit: 'ms',
    real: [0.6, 1.8],
    source: 'CUHK 2016, same session: 1.2',
    of: (slices) => rescanLimits(slices, (s) => s.rescan && s.rescan.targetMs - s.meanMs),
  },
  {
    name: 'scan–rescan ICC, N TSLs',
    unit: '1',
    real: [0.93, 1],
    source: 'black blood 2016, same session: 0.977',
    of: (slices) => icc(slices, (s) => [s.meanMs, s.rescan?.targetMs]),
  },
  {
    name: 'scan–rescan variance, 2 over N TSLs',
    unit: '1',
    real: [1, 2.5],
    source: 'Zhao 2012: (1 − 0.528)/(1 − 0.755) = 1.9',
    of: (slices) =>
      (1 - icc(slices, (s) => [s.meanMs + s.biasMs, s.rescan?.coarseMs])) /
      (1 - icc(slices, (s) => [s.meanMs, s.rescan?.targetMs])),
  },
];
