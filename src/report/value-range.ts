/** A colour range for maps without a range of their own (S0, residual): most values, ends on round numbers. */
import type { ParametricMap } from '../core/volume.ts';
import { niceTicks } from './ticks.ts';

/** Share of values left out at either end: noise and vessels must not stretch the colours. */
const TAIL = 0.01;
/** A positive lower end this close to 0, as a part of the upper one, is moved there. */
const NEAR_ZERO = 0.25;

/**
 * From the 1st to the 99th percentile of the finite values, widened to round numbers; [0, 1] where there are none.
 */
export function suggestRange(map: ParametricMap): readonly [number, number] {
  const sorted = map.values.filter(Number.isFinite).sort();
  if (sorted.length === 0) return [0, 1];
  const at = (p: number): number => sorted[Math.round(p * (sorted.length - 1))]!;
  let [low, high] = [at(TAIL), at(1 - TAIL)];
  if (low >= 0 && low <= NEAR_ZERO * high) low = 0;
  if (!(high > low)) high = low + (Math.abs(low) || 1);
  const { values } = niceTicks(low, high, 8);
  const step = values.length > 1 ? values[1]! - values[0]! : high - low;
  return [Math.floor(low / step + 1e-9) * step, Math.ceil(high / step - 1e-9) * step];
}
