/** Functions of angle and height from which thicknesses are made. */
import type { Random } from '../../core/random.ts';

/** A smooth random function of the angle, SD about `sd`. */
export function drawAngular(random: Random, sd: number, orders = 6): (angle: number) => number {
  const terms = Array.from({ length: orders }, (_, k) => ({
    order: k + 1,
    phase: 2 * Math.PI * random.uniform(),
    amplitude: (sd * Math.SQRT2 * random.normal()) / Math.sqrt(orders),
  }));
  return (angle) => terms.reduce((sum, t) => sum + t.amplitude * Math.cos(t.order * angle + t.phase), 0);
}

/** 1 at the centre angle, falling as a Gaussian of the given width (degrees). */
export function bump(angle: number, centreDegrees: number, widthDegrees: number): number {
  const d = Math.abs((((angle * 180) / Math.PI - centreDegrees + 540) % 360) - 180) / widthDegrees;
  return Math.exp(-d * d);
}

export const bothSides = (angle: number, degreesFromFront: number, width: number): number =>
  bump(angle, 90 - degreesFromFront, width) + bump(angle, 90 + degreesFromFront, width);

/** 0 below `from`, 1 above `to`, smooth between (either order). */
export function smoothStep(v: number, from: number, to: number): number {
  const t = Math.min(1, Math.max(0, (v - from) / (to - from)));
  return t * t * (3 - 2 * t);
}
