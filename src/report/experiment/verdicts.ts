/** What came out, in plain sentences: each says what was expected, what was found, and whether it holds. */
import type { ExperimentEvaluation, MethodEvaluation } from '../../evaluate/experiment-evaluation.ts';
import { fixed, interval, list, pEquals, spread } from './format.ts';
import { hasUncertainty } from './judged.ts';

export interface Verdict {
  readonly question: string;
  readonly holds: boolean;
  readonly answer: string;
}

/** Learned refinement that needs only the coarse map; LBMC and rows beyond the paper are judged elsewhere. */
const REFINEMENTS = ['lbr', 'lbru', 'lbudr'];
/** Expectations, set before the experiment. */
const GOAL = {
  rmrePercent: 3,
  timesFloor: 1.15,
  truthFall: 0.25,
  uceMarginMs: 0.05,
  auseTimesPerfect: 1.15,
  auseOfRandom: 0.9,
  fallPercent: 5,
};

/** Only questions that the record can answer. */
export function verdicts(evaluation: ExperimentEvaluation): Verdict[] {
  const find = (name: string): MethodEvaluation | undefined =>
    evaluation.methods.find(({ method }) => method === name);
  const refinements = REFINEMENTS.map(find).filter((m) => m !== undefined);
  return [
    ...errorVerdicts(evaluation, refinements, find('coarse')),
    ...orderVerdict(evaluation),
    ...uncertaintyVerdicts(find('lbru')),
  ];
}

function errorVerdicts(
  { floor }: ExperimentEvaluation,
  refinements: readonly MethodEvaluation[],
  coarse: MethodEvaluation | undefined,
): Verdict[] {
  if (refinements.length === 0) return [];
  const worst = refinements.reduce((a, b) => (b.target.mean > a.target.mean ? b : a));
  const all = list(refinements.map(({ title, target }) => `${title} ${fixed(target.mean, 2)} %`));
  const start = coarse ? `; coarse fitting has ${fixed(coarse.target.mean, 2)} %` : '';
  const out: Verdict[] = [
    {
      question: `Is the error against the target below ${GOAL.rmrePercent} % with learned refinement?`,
      holds: worst.target.mean < GOAL.rmrePercent,
      answer: `RMRE: ${all}${start}.`,
    },
  ];
  if (floor) {
    const ratio = worst.target.mean / floor.mean;
    out.push({
      question: `Is that within ${GOAL.timesFloor} times the information floor?`,
      holds: ratio <= GOAL.timesFloor,
      answer: `The floor is ${fixed(floor.mean, 2)} %; the highest of these is ${fixed(ratio, 2)} times that (${worst.title}).`,
    });
  }
  const withTruth = refinements.filter((m) => m.truth !== undefined);
  if (coarse?.truth && withTruth.length > 0) {
    const falls = withTruth.map((m) => 1 - m.truth!.mean / coarse.truth!.mean);
    const words = withTruth.map(({ title }, i) => `${title} ${percentChange(falls[i]!)}`);
    out.push({
      question: `Is the error against the truth at least ${100 * GOAL.truthFall} % below coarse fitting?`,
      holds: Math.min(...falls) >= GOAL.truthFall,
      answer: `Coarse fitting has ${fixed(coarse.truth.mean, 2)} %; against that, ${list(words)}.`,
    });
  }
  return out;
}

const percentChange = (fall: number): string =>
  `${fixed(100 * Math.abs(fall), 1)} % ${fall >= 0 ? 'lower' : 'higher'}`;

/** The paper's order of methods, best first. */
const PAPER_ORDER = ['lbudr', 'lbr', 'lbru', 'lbmc', 'bm3d', 'coarse'];

function orderVerdict({ methods }: ExperimentEvaluation): Verdict[] {
  const known = methods.filter(({ method }) => PAPER_ORDER.includes(method));
  if (known.length < 3) return [];
  const sorted = [...known].sort((a, b) => a.target.mean - b.target.mean);
  const expected = [...known].sort((a, b) => PAPER_ORDER.indexOf(a.method) - PAPER_ORDER.indexOf(b.method));
  const holds = sorted.every((m, i) => m === expected[i]);
  const names = (ms: readonly MethodEvaluation[]): string => ms.map((m) => m.title).join(', ');
  const there = holds ? '' : ` The paper’s order: ${names(expected)}.`;
  return [
    {
      question: 'Do the methods come in the paper’s order?',
      holds,
      answer: `From the lowest error to the highest: ${names(sorted)}.${there}`,
    },
  ];
}

function uncertaintyVerdicts(lbru: MethodEvaluation | undefined): Verdict[] {
  if (!lbru || !hasUncertainty(lbru)) return [];
  const { uce, ause, refinement: r } = lbru.uncertainty;
  const fall = r.reductionPercent;
  return [
    {
      question: 'Does the uncertainty of LBRU state the error it makes?',
      holds: uce.std <= uce.perfect.mean + GOAL.uceMarginMs,
      answer: `UCE ${fixed(uce.std, 2)} ms; a perfectly calibrated model would get ${spread(uce.perfect.mean, uce.perfect.standardDeviation, 2)} ms on as many slices (allowed: ${fixed(GOAL.uceMarginMs, 2)} ms more).`,
    },
    {
      question: 'Does it find the pixels that are wrong?',
      // Where the scale hardly varies, a perfect one is as bad as random: being as good as that is no answer.
      holds: ause.relative <= Math.min(GOAL.auseTimesPerfect * ause.perfect, GOAL.auseOfRandom),
      answer: `AUSE is ${fixed(ause.relative, 2)} of that of random removal; a perfect Laplace scale of the same spread would reach ${fixed(ause.perfect, 2)} (allowed: ${fixed(100 * (GOAL.auseTimesPerfect - 1), 0)} % more, and at most ${fixed(GOAL.auseOfRandom, 1)}).`,
    },
    {
      question: `Does leaving out uncertain pixels lower the error of slices by ${GOAL.fallPercent} % or more?`,
      holds: fall.estimate >= GOAL.fallPercent && fall.bca[0] > 0,
      answer: `From ${fixed(r.before.mean, 2)} to ${fixed(r.after.mean, 2)} ms, ${fixed(Math.abs(fall.estimate), 1)} % ${fall.estimate >= 0 ? 'lower' : 'higher'} (95 % interval by patient: ${interval(fall.bca, 1)} %; p by patient ${pEquals(r.byPatient.p)}, by slice ${pEquals(r.bySlice.p)}), with ${fixed(100 * r.keptShare, 0)} % of the pixels kept.`,
    },
  ];
}
