/**
 * Realism of the look of images: spectrum, borders, texture, and the shape of the target's histogram. No real image of
 * this kind is public, so most intervals say what must hold of any image of this resolution.
 */
import { mean, type Property } from './property.ts';

const RESOLUTION = 'assumption: 2 mm acquired, 7 mm thick, a border that slants';
const ONE_SLICE = 'one real slice: percentiles 33/36/40/42/45/52/60 ms';

/** Percentiles of `MapMeasures.percentilesMs` that have no row elsewhere, with the real slice's over its median. */
const PERCENTILES = [
  [0, '1st', [0.73, 0.84]],
  [2, '25th', [0.92, 0.97]],
  [4, '75th', [1.04, 1.1]],
  [6, '99th', [1.2, 1.5]],
] as const;

export const IMAGE_PROPERTIES: readonly Property[] = [
  {
    name: 'fall of the power spectrum at TSL 0: exponent',
    unit: '1',
    real: [2.6, 3.4],
    source: 'images made of edges: 3; breast images about 3 (Burgess 2001, doi:10.1118/1.1355308)',
    of: mean((s) => s.image?.spectrumExponent),
  },
  {
    name: 'border liver–lung, 90–10 %',
    unit: 'mm',
    real: [2.5, 9],
    source: RESOLUTION,
    of: mean((s) => s.image?.lungEdge?.widthMm),
  },
  {
    name: 'border liver–fat, 90–10 %',
    unit: 'mm',
    real: [2, 6],
    source: RESOLUTION,
    of: mean((s) => s.image?.fatEdge?.widthMm),
  },
  {
    name: 'overshoot at the border liver–lung',
    unit: '1',
    real: [-0.02, 0.09],
    source: 'Gibbs: 0.09 without a filter',
    of: mean((s) => s.image?.lungEdge?.overshoot),
  },
  {
    name: "largest peak of the target's texture over its ring",
    unit: '1',
    real: [4, 11],
    source: 'texture without a pattern',
    of: mean((s) => s.image?.texturePeak),
  },
  ...PERCENTILES.map(
    ([p, name, real]): Property => ({
      name: `${name} percentile of the target, relative to its median`,
      unit: '1',
      real,
      source: ONE_SLICE,
      of: mean((s) => s.percentilesMs[p]! / s.percentilesMs[3]!),
    }),
  ),
];
