import { fitSignal } from '../fit/fit-signal.ts';
import { resolveFitOptions } from '../fit/options.ts';
import { createFitPlan } from '../fit/plan.ts';

/**
 * T1rho of the slow magnetisation (ms) with which a tissue of two components maps to `mappedMs` in a noise-free
 * least-squares fit of all TSLs. Published liver values are such fits, so they must not be taken for the slow part.
 */
export function slowT1rhoMs(
  mappedMs: number,
  fastShare: number,
  fastT1rhoMs: number,
  tslMs: readonly number[],
): number {
  const plan = createFitPlan(tslMs, resolveFitOptions({ cutoffMs: null }));
  const mapped = (slowMs: number): number => {
    const signal = tslMs.map(
      (t) => (1 - fastShare) * Math.exp(-t / slowMs) + fastShare * Math.exp(-t / fastT1rhoMs),
    );
    return fitSignal(plan, signal).timeMs;
  };
  let [low, high] = [mappedMs, 3 * mappedMs];
  for (let i = 0; i < 40; i++) {
    const middle = (low + high) / 2;
    if (mapped(middle) < mappedMs) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
}
