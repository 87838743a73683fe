/**
 * Who is in the cohort: sex, age, fibrosis stage, build and liver fat of each virtual patient.
 *
 * The default composition is the paper's Table 1: 27 men (54.79±8.95 years), 24 women (60.29±9.88), F0 25, F1 13. Its
 * stages add up to 52 for 51 patients (F2: 14), so F2 is 13 here, which makes the sum right. Build is that of patients
 * with fatty liver disease in Hong Kong (BMI about 27): an assumption, as the paper does not report it.
 */
import { OptionError } from '../core/errors.ts';
import type { Random } from '../core/random.ts';

export type FibrosisStage = 0 | 1 | 2 | 3 | 4;

export interface Participant {
  /** `sub-001`, … */
  readonly id: string;
  readonly sex: 'M' | 'F';
  readonly ageYears: number;
  readonly stage: FibrosisStage;
  readonly heightCm: number;
  /** Body mass index, kg/m². */
  readonly bmi: number;
  /** Proton density fat fraction of the liver, 0–0.4. */
  readonly liverFatFraction: number;
}

export interface Composition {
  /** Weights of women and men; scaled to the number asked for. */
  readonly sex: { readonly M: number; readonly F: number };
  /** Weights of F0, F1, F2, F3, F4; scaled likewise. */
  readonly stages: readonly [number, number, number, number, number];
}

export const PAPER_COMPOSITION: Composition = { sex: { M: 27, F: 24 }, stages: [25, 13, 13, 0, 0] };

/** Age (mean, SD; years) by sex from the paper's Table 1; height (cm) and BMI by sex are assumptions, see above. */
const BUILD = {
  M: { age: [54.79, 8.95], height: [169, 6], bmi: [27, 3.3] },
  F: { age: [60.29, 9.88], height: [156.5, 5.8], bmi: [26.6, 3.8] },
} as const;

type Range = readonly [number, number];

const AGE_RANGE = [25, 85] as const;
const BMI_RANGE = [18.5, 38] as const;

/**
 * Draws `n` participants. Sexes and stages have exactly the composition's shares (largest remainder), in random order
 * and independent of each other. Each participant's other draws depend on its number and the seed alone.
 * @throws OptionError if `n` is not a positive whole number or the weights are negative or all zero.
 */
export function drawParticipants(n: number, composition: Composition, random: Random): Participant[] {
  if (!Number.isSafeInteger(n) || n < 1)
    throw new OptionError('cohort/size', `The number of patients must be a positive whole number, got ${n}.`);
  const sexes = deal(n, [composition.sex.M, composition.sex.F], 'sex', random.fork('sex'));
  const stages = deal(n, composition.stages, 'stage', random.fork('stage'));
  return sexes.map((sex, i) =>
    drawParticipant(i, sex === 0 ? 'M' : 'F', stages[i] as FibrosisStage, random.fork(i)),
  );
}

function drawParticipant(i: number, sex: 'M' | 'F', stage: FibrosisStage, random: Random): Participant {
  const build = BUILD[sex];
  const inRange = ([mean, sd]: Range, [low, high]: Range): number => {
    for (;;) {
      const value = mean + sd * random.normal();
      if (value >= low && value <= high) return value;
    }
  };
  const ageYears = Math.round(inRange(build.age, AGE_RANGE));
  const heightCm = Math.round(inRange(build.height, [140, 198]));
  const bmi = inRange(build.bmi, BMI_RANGE);
  // Log-normal fat fraction with median 9 %, higher in the overweight; cirrhotic livers have lost most of theirs.
  const logMedian = Math.log(stage === 4 ? 0.05 : 0.09) + 0.05 * (bmi - 26);
  const liverFatFraction = Math.min(0.4, Math.exp(logMedian + 0.6 * random.normal()));
  return {
    id: `sub-${String(i + 1).padStart(3, '0')}`,
    sex,
    ageYears,
    stage,
    heightCm,
    bmi: Math.round(bmi * 10) / 10,
    liverFatFraction: Math.round(liverFatFraction * 1000) / 1000,
  };
}

/** `n` category numbers in the proportions of `weights`, shuffled. */
function deal(n: number, weights: readonly number[], what: string, random: Random): number[] {
  const total = weights.reduce((a, b) => a + b, 0);
  if (!(total > 0) || weights.some((w) => !(w >= 0)))
    throw new OptionError(
      'cohort/composition',
      `The ${what} weights must be zero or more and not all zero, got ${weights.join(', ')}.`,
    );
  const exact = weights.map((w) => (n * w) / total);
  const counts = exact.map(Math.floor);
  const byRemainder = exact
    .map((_, i) => i)
    .sort((a, b) => exact[b]! - counts[b]! - (exact[a]! - counts[a]!));
  const missing = n - counts.reduce((a, b) => a + b, 0);
  for (let k = 0; k < missing; k++) counts[byRemainder[k]!]!++;
  const cards = counts.flatMap((count, category) => new Array<number>(count).fill(category));
  for (let i = n - 1; i > 0; i--) {
    const j = random.integer(i + 1);
    [cards[i], cards[j]] = [cards[j]!, cards[i]!];
  }
  return cards;
}
