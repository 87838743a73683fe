/**
 * Splits patients into folds: every patient is tested once, whole patients stay together, and each part has about the
 * same share of every stratum (fibrosis stage). The paper: 51 patients, three folds, 17 test, 30 training, 4 validation.
 */
import { DataError } from '../core/errors.ts';
import { createRandom, type Random } from '../core/random.ts';

export interface Stratified {
  readonly id: string;
  /** Patients of one stratum are spread evenly; e.g. `F1`. */
  readonly stratum: string;
}

export interface Fold {
  readonly train: readonly string[];
  readonly validation: readonly string[];
  readonly test: readonly string[];
}

export interface FoldOptions {
  readonly nFolds: number;
  /** Validation patients taken from each fold's non-test patients. */
  readonly nValidation: number;
  readonly seed: number;
}

/**
 * @throws DataError `folds/duplicate` for two patients of one id, `folds/too-few` where a fold would have an empty part.
 */
export function makeFolds(patients: readonly Stratified[], options: FoldOptions): Fold[] {
  const { nFolds, nValidation, seed } = options;
  assertDistinct(patients);
  const random = createRandom(seed).fork('folds');
  const dealt = byStratum(patients, random);
  const folds = Array.from({ length: nFolds }, (_, f): Fold => {
    const test = dealt.filter((_, i) => i % nFolds === f);
    const rest = dealt.filter((_, i) => i % nFolds !== f);
    const validation = spread(byStratum(rest, random.fork(`validation-${f}`)), nValidation);
    const train = rest.filter((patient) => !validation.includes(patient));
    return { train: ids(train), validation: ids(validation), test: ids(test) };
  });
  if (
    folds.some(
      (fold) => fold.train.length === 0 || fold.test.length === 0 || fold.validation.length < nValidation,
    )
  )
    throw new DataError(
      'folds/too-few',
      `${patients.length} patients are too few for ${nFolds} folds with ${nValidation} validation patients each; add patients or lower the numbers.`,
    );
  return folds;
}

const ids = (patients: readonly Stratified[]): string[] => patients.map(({ id }) => id).sort();

/** Patients ordered by stratum, at random within it: neighbours in this order are alike. */
function byStratum(patients: readonly Stratified[], random: Random): Stratified[] {
  const keyed = [...patients]
    .sort((a, b) => (a.id < b.id ? -1 : 1))
    .map((patient) => ({ patient, key: random.uniform() }));
  keyed.sort((a, b) => a.patient.stratum.localeCompare(b.patient.stratum, 'en') || a.key - b.key);
  return keyed.map(({ patient }) => patient);
}

/** `n` elements at even steps through an ordered list. */
const spread = <T>(ordered: readonly T[], n: number): T[] =>
  Array.from(
    { length: Math.min(n, ordered.length) },
    (_, i) => ordered[Math.floor(((i + 0.5) * ordered.length) / n)]!,
  );

function assertDistinct(patients: readonly Stratified[]): void {
  const seen = new Set<string>();
  for (const { id } of patients) {
    if (seen.has(id))
      throw new DataError(
        'folds/duplicate',
        `Two patients are called ${id}; give each patient its own name.`,
      );
    seen.add(id);
  }
}
