/**
 * How large a patient's parts are, drawn once and shared by all organs. Organs are described in the coordinates of a
 * reference cavity (half-width 132 mm, half-depth 88 mm, origin at its centre in the middle slice) and scaled by
 * `scaleX`, `scaleY`, `scaleZ`.
 */
import type { Random } from '../../core/random.ts';
import type { Participant } from '../participants.ts';

export interface Dimensions {
  /** Inner half-width and half-depth of the abdominal cavity at the middle slice. */
  readonly cavityHalfWidthMm: number;
  readonly cavityHalfDepthMm: number;
  readonly scaleX: number;
  readonly scaleY: number;
  readonly scaleZ: number;
  /** Thickness of the fat under the skin at the flank. */
  readonly subcutaneousMm: number;
  /** Scale of the muscles' thickness. */
  readonly muscle: number;
  /** Fat between wall and organs, 0 lean to 1 obese. */
  readonly visceralFat: number;
  /** Distance between the three slices. */
  readonly sliceGapMm: number;
}

const REFERENCE = { halfWidthMm: 132, halfDepthMm: 88, heightCm: 165 } as const;

export function drawDimensions({ sex, bmi, heightCm }: Participant, random: Random): Dimensions {
  const male = sex === 'M';
  const excess = bmi - 25;
  const cavityHalfWidthMm =
    (male ? 130 : 118) + 0.5 * (heightCm - (male ? 169 : 157)) + 1.2 * excess + 4 * random.normal();
  const cavityHalfDepthMm = (male ? 86 : 78) + 1.5 * excess + 5 * random.normal();
  const fatMean = male ? 13 + 1.5 * excess : 19 + 1.7 * excess;
  return {
    cavityHalfWidthMm,
    cavityHalfDepthMm,
    scaleX: cavityHalfWidthMm / REFERENCE.halfWidthMm,
    scaleY: cavityHalfDepthMm / REFERENCE.halfDepthMm,
    scaleZ: (heightCm / REFERENCE.heightCm) * (1 + 0.04 * random.normal()),
    subcutaneousMm: Math.max(4, fatMean * Math.exp(0.15 * random.normal())),
    muscle: (male ? 1.05 : 0.85) * Math.exp(0.1 * random.normal()),
    visceralFat: Math.min(1, Math.max(0, (male ? 0.4 : 0.3) + 0.05 * excess + 0.12 * random.normal())),
    sliceGapMm: Math.round(23 + 3 * random.normal()),
  };
}
