/**
 * Bootstrap intervals by patient: whole patients are drawn with replacement, so that the likeness of slices and pixels
 * within a patient is respected (Efron and Tibshirani 1993). Percentile intervals, and BCa (Efron 1987,
 * doi:10.1080/01621459.1987.10478410), which corrects for bias and skew.
 */
import { DataError, OptionError } from '../core/errors.ts';
import type { Random } from '../core/random.ts';
import { quantileOfSorted } from '../core/statistics.ts';
import type { Interval } from './agreement.ts';
import { normalCdf, normalQuantile } from './distributions.ts';

export interface BootstrapOptions {
  readonly random: Random;
  /** 2000 where absent. */
  readonly nRepeats?: number;
  /** Confidence, 0 to 1; 0.95 where absent. */
  readonly level?: number;
}

export interface BootstrapInterval {
  readonly estimate: number;
  readonly level: number;
  readonly percentile: Interval;
  readonly bca: Interval;
  readonly nPatients: number;
  readonly nRepeats: number;
}

/**
 * Interval of a statistic of slices. `statistic` receives slice numbers, with repeats where a patient was drawn more
 * than once, and returns a number.
 * @param patients patient of each slice.
 * @throws DataError for fewer than two patients; OptionError for a level outside (0, 1).
 */
export function bootstrapByPatient(
  patients: readonly string[],
  statistic: (slices: readonly number[]) => number,
  options: BootstrapOptions,
): BootstrapInterval {
  const { random, nRepeats = 2000, level = 0.95 } = options;
  if (!(level > 0 && level < 1))
    throw new OptionError('bootstrap/level', `A confidence level lies between 0 and 1, got ${level}.`);
  const groups = [...Map.groupBy(patients.keys(), (s) => patients[s]).values()];
  const nPatients = groups.length;
  if (nPatients < 2)
    throw new DataError('bootstrap/patients', `A bootstrap by patient needs two patients, got ${nPatients}.`);
  const estimate = statistic(groups.flat());
  const replicates = Float64Array.from({ length: nRepeats }, () =>
    statistic(groups.flatMap(() => groups[random.integer(nPatients)])),
  ).sort();
  const jackknife = Float64Array.from(groups, (_, left) =>
    statistic(groups.filter((__, g) => g !== left).flat()),
  );
  const tail = (1 - level) / 2;
  return {
    estimate,
    level,
    percentile: [quantileOfSorted(replicates, tail), quantileOfSorted(replicates, 1 - tail)],
    bca: bcaInterval(estimate, replicates, jackknife, level),
    nPatients,
    nRepeats,
  };
}

/** BCa interval from sorted replicates and the estimates with one patient left out each. */
export function bcaInterval(
  estimate: number,
  replicates: Float64Array,
  jackknife: Float64Array,
  level: number,
): Interval {
  const n = replicates.length;
  const below = replicates.reduce((sum, r) => sum + (r < estimate ? 1 : r === estimate ? 0.5 : 0), 0);
  // Where all replicates lie on one side, the bias is known only to be large: half a replicate stands for none.
  const bias = normalQuantile(Math.min(n - 0.5, Math.max(0.5, below)) / n);
  const mean = jackknife.reduce((sum, j) => sum + j, 0) / jackknife.length;
  const squares = jackknife.reduce((sum, j) => sum + (mean - j) ** 2, 0);
  const cubes = jackknife.reduce((sum, j) => sum + (mean - j) ** 3, 0);
  const acceleration = squares > 0 ? cubes / (6 * squares ** 1.5) : 0;
  const end = (p: number): number => {
    const z = bias + normalQuantile(p);
    return quantileOfSorted(replicates, normalCdf(bias + z / (1 - acceleration * z)));
  };
  return [end((1 - level) / 2), end((1 + level) / 2)];
}
