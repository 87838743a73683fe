/** Realism of the fields: ΔB0 and b1. */
import { mean, type Property, REAL_SLICES } from './property.ts';

export const FIELD_PROPERTIES: readonly Property[] = [
  {
    name: 'ΔB0 over the body, SD',
    unit: 'Hz',
    real: [74, 111],
    source: REAL_SLICES,
    of: mean((s) => s.contents?.b0BodySdHz),
  },
  {
    name: 'ΔB0 over the liver in the shim box, SD',
    unit: 'Hz',
    real: [5, 40],
    source: 'assumption: 20–40 with a linear shim, less with a second-order one',
    of: mean((s) => s.contents?.b0BoxSdHz),
  },
  {
    name: 'ΔB0 gradient, median',
    unit: 'Hz/mm',
    real: [1, 3],
    source: `${REAL_SLICES}: 2`,
    of: mean((s) => s.contents?.b0GradientHzPerMm[0]),
  },
  {
    name: 'ΔB0 gradient, 95th percentile',
    unit: 'Hz/mm',
    real: [6, 14],
    source: `${REAL_SLICES}: 10`,
    of: mean((s) => s.contents?.b0GradientHzPerMm[1]),
  },
  {
    name: 'b1 over the body, mean',
    unit: '1',
    real: [0.91, 1.12],
    source: REAL_SLICES,
    of: mean((s) => s.contents?.b1Mean),
  },
  {
    name: 'b1 over the body, SD',
    unit: '1',
    real: [0.1, 0.12],
    source: REAL_SLICES,
    of: mean((s) => s.contents?.b1Sd),
  },
  {
    name: 'b1, 1st percentile of all bodies',
    unit: '1',
    real: [0.55, 0.8],
    source: `${REAL_SLICES}: 0.63`,
    of: mean((s) => s.contents?.b1Percentiles[0]),
  },
  {
    name: 'b1, 99th percentile of all bodies',
    unit: '1',
    real: [1.2, 1.4],
    source: `${REAL_SLICES}: 1.35`,
    of: mean((s) => s.contents?.b1Percentiles[1]),
  },
];
