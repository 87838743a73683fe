/** Mean and standard deviation of a few numbers, as tables print them. */
import type { Values } from './roi-pixels.ts';

export interface MeanAndSd {
  readonly n: number;
  /** NaN for no values. */
  readonly mean: number;
  /** Of the sample (divided by n − 1); NaN for fewer than two values. */
  readonly standardDeviation: number;
}

export function meanAndSd(values: Values): MeanAndSd {
  const n = values.length;
  let sum = 0;
  for (let i = 0; i < n; i++) sum += values[i];
  const mean = sum / n;
  let squares = 0;
  for (let i = 0; i < n; i++) squares += (values[i] - mean) ** 2;
  return { n, mean, standardDeviation: n > 1 ? Math.sqrt(squares / (n - 1)) : Number.NaN };
}
