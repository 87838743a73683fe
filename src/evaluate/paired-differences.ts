/**
 * Methods against one another on the same slices: the difference of their RMRE, which has far less spread than either,
 * because what makes a slice hard is hard for both. Mean over slices as in Table 2, its interval by drawing patients, and
 * the paired t-test by patient.
 */
import { createRandom } from '../core/random.ts';
import { type BootstrapInterval, bootstrapByPatient } from './bootstrap.ts';
import type { MethodEvaluation, SliceEvaluation } from './experiment-evaluation.ts';
import { type PairedTTest, pairedTTest, patientMeans } from './paired-t-test.ts';

/** `method − than`, in percentage points of RMRE: negative where `method` is better. */
export interface PairedDifference {
  readonly method: MethodEvaluation;
  readonly than: MethodEvaluation;
  readonly target: Difference;
  /** Virtual patients only. */
  readonly truth?: Difference;
}

export interface Difference {
  readonly mean: number;
  /** Of the mean, drawing patients. */
  readonly interval: BootstrapInterval;
  readonly byPatient: PairedTTest;
}

/** The row that the other networks change one thing of, and the one that all have to beat. */
const REFERENCES = ['lbr', 'coarse'] as const;

/**
 * Every network against LBR, and every method against the coarse map, as far as both are there.
 * @throws DataError `bootstrap/patients` for fewer than two patients.
 */
export function pairedDifferences(methods: readonly MethodEvaluation[]): PairedDifference[] {
  return REFERENCES.flatMap((reference) => {
    const than = methods.find(({ method }) => method === reference);
    if (!than) return [];
    return methods
      .filter(({ method, training }) =>
        reference === 'lbr' ? method !== 'lbr' && training.length > 0 : method !== 'coarse',
      )
      .map((method) => compare(method, than));
  });
}

function compare(method: MethodEvaluation, than: MethodEvaluation): PairedDifference {
  const others = new Map(than.slices.map((slice) => [slice.id, slice]));
  const pairs = method.slices.flatMap((first) => {
    const second = others.get(first.id);
    return second ? [[first, second] as const] : [];
  });
  const patients = pairs.map(([{ patient }]) => patient);
  const difference = (percentOf: (slice: SliceEvaluation) => number): Difference => {
    const [own, other] = ([0, 1] as const).map((k) => Float64Array.from(pairs, (pair) => percentOf(pair[k])));
    const interval = bootstrapByPatient(
      patients,
      (slices) => slices.reduce((sum, s) => sum + own![s]! - other![s]!, 0) / slices.length,
      { random: createRandom('paired difference') },
    );
    const byPatient = pairedTTest(patientMeans(other!, patients), patientMeans(own!, patients));
    return { mean: interval.estimate, interval, byPatient };
  };
  const hasTruth = pairs.every((pair) => pair.every(({ truthPercent }) => truthPercent !== undefined));
  return {
    method,
    than,
    target: difference(({ targetPercent }) => targetPercent),
    ...(hasTruth && { truth: difference(({ truthPercent }) => truthPercent!) }),
  };
}
