/**
 * Bootstrap by patient of statistics that depend on sums over pixels: each patient is one row of sums, a draw adds the
 * rows of the patients drawn, so thousands of draws over millions of pixels take a moment.
 */
import type { Random } from '../core/random.ts';
import type { Interval } from './agreement.ts';

/** A statistic and its 95 % interval over draws of patients; the interval is absent for fewer than two patients. */
export interface Estimate {
  readonly value: number;
  readonly interval?: Interval;
}

const N_DRAWS = 1000;

/**
 * @param rows a row of sums per patient.
 * @param statistics numbers from added rows.
 */
export function estimateByPatient(
  rows: readonly Float64Array[],
  statistics: (sums: Float64Array) => readonly number[],
  random: Random,
): Estimate[] {
  const values = statistics(added(rows));
  if (rows.length < 2) return values.map((value) => ({ value }));
  const draws = Array.from({ length: N_DRAWS }, () =>
    statistics(added(rows.map(() => rows[random.integer(rows.length)]!))),
  );
  return values.map((value, k) => {
    const sorted = Float64Array.from(draws, (draw) => draw[k]!)
      .filter(Number.isFinite)
      .sort();
    if (sorted.length === 0) return { value };
    const at = (p: number): number => sorted[Math.round(p * (sorted.length - 1))]!;
    return { value, interval: [at(0.025), at(0.975)] };
  });
}

function added(rows: readonly Float64Array[]): Float64Array {
  const total = new Float64Array(rows[0]?.length ?? 0);
  for (const row of rows) for (let i = 0; i < total.length; i++) total[i]! += row[i]!;
  return total;
}
