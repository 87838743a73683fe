/** A pixel's signals and the decays that maps say for it. */
import { imageAt } from '../../../src/index.ts';
import type { Study } from './study.ts';

export interface DecayCurve {
  readonly label: string;
  readonly timeMs: number;
  /** Signal at time 0 that fits the pixel's signals best for this time (least squares). */
  readonly s0: number;
}

export interface PixelDecay {
  readonly points: readonly (readonly [tslMs: number, signal: number])[];
  readonly curves: readonly DecayCurve[];
}

/** `undefined` where the images are not at hand. */
export function pixelDecay({ series, decays }: Study, index: number): PixelDecay | undefined {
  if (!series) return undefined;
  const points = series.tslMs.map((tslMs, t) => [tslMs, imageAt(series, t)[index]!] as const);
  const curves = decays.flatMap(({ label, map }) => {
    const timeMs = map.values[index]!;
    if (!Number.isFinite(timeMs)) return [];
    let [signalDecay, decaySquared] = [0, 0];
    for (const [tslMs, signal] of points) {
      const decay = Math.exp(-tslMs / timeMs);
      signalDecay += signal * decay;
      decaySquared += decay * decay;
    }
    return [{ label, timeMs, s0: signalDecay / decaySquared }];
  });
  return { points, curves };
}
