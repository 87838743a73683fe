/** Realism of the images: signals of tissues against liver, and noise. */
import { mean, type Property, REAL_SLICES } from './property.ts';

export const SIGNAL_PROPERTIES: readonly Property[] = [
  ...(
    [
      ['spleen', 1.5, 'spleen'],
      ['bile', 2.3, 'gallbladder'],
      ['muscle', 0.5, 'muscle'],
      ['fat', 0.45, 'subcutaneous fat'],
    ] as const
  ).map(
    ([tissue, value, name]): Property => ({
      name: `signal at TSL 0 relative to liver: ${name}`,
      unit: '1',
      real: [0.75 * value, 1.25 * value],
      source: `${REAL_SLICES}, ±25 %`,
      of: mean((s) => s.contents?.relativeSignal[tissue]),
    }),
  ),
  {
    name: 'signal at TSL 0 relative to liver: vessel lumen',
    unit: '1',
    real: [0.3, 0.6],
    source: REAL_SLICES,
    of: mean((s) => s.contents?.relativeSignal['vena-cava'] ?? s.contents?.relativeSignal.artery),
  },
  {
    name: 'signal at TSL 0 relative to liver: air',
    unit: '1',
    real: [0, 0.01],
    source: `${REAL_SLICES}, vendor masking`,
    of: mean((s) => s.contents?.relativeSignal.air),
  },
  {
    name: 'SNR at TSL 0, by residuals',
    unit: '1',
    real: [22, 45],
    source: REAL_SLICES,
    of: mean((s) => s.snrFirst),
  },
  {
    name: 'SNR at TSL 50, by residuals',
    unit: '1',
    real: [8, 15],
    source: REAL_SLICES,
    of: mean((s) => s.snrLast),
  },
];
