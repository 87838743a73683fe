/** What the uncertainty is worth: calibration, ranking, coverage, and what refinement gains. */
import type { MethodEvaluation } from '../../../evaluate/experiment-evaluation.ts';
import { fixed } from '../format.ts';
import { hasUncertainty, type JudgedMethod } from '../judged.ts';
import { PAPER } from '../paper-results.ts';
import type { ReportTable } from '../report-table.ts';

export function uncertaintyTables(methods: readonly MethodEvaluation[]): ReportTable[] {
  const judged = methods.filter(hasUncertainty);
  if (judged.length === 0) return [];
  return [calibrationTable(judged), rankingTable(judged), coverageTable(judged), refinementTable(judged)];
}

const METHOD = { key: 'method', title: 'Method', kind: 'text' } as const;

const calibrationTable = (judged: readonly JudgedMethod[]): ReportTable => ({
  name: 'table-3-calibration',
  title: 'Table 3: Uncertainty calibration error (UCE) over slices',
  columns: [
    METHOD,
    { key: 'stdMs', title: 'std, primary (ms)', kind: 'number' },
    { key: 'perfectMs', title: 'Perfect calibration (ms)', kind: 'spread' },
    { key: 'scaleMs', title: 'scale (ms)', kind: 'number' },
    { key: 'stdMeanDifferenceMs', title: 'std, difference of means (ms)', kind: 'number' },
    { key: 'varianceMs2', title: 'variance (ms²)', kind: 'number' },
  ],
  rows: [
    ...judged.map(({ title, uncertainty: { uce } }) => [
      title,
      uce.std,
      [uce.perfect.mean, uce.perfect.standardDeviation],
      uce.scale,
      uce.stdMeanDifference,
      uce.variance,
    ]),
    ['LBRU in the paper', PAPER.uceMs, undefined, undefined, undefined, undefined],
  ],
  notes: [
    'std: mean u = √2·σ against the mean absolute pixel error of a slice, seven bins of equal width, as in the paper. Perfect calibration: what std gets on as many slices when every slice’s error equals its uncertainty on average; a UCE near it cannot be told from perfect. scale: σ instead of u (0 for a Laplace that is exactly right). Difference of means: the error as the paper’s equation 9 is printed. Variance: u² against the squared error, after Laves.',
  ],
});

const rankingTable = (judged: readonly JudgedMethod[]): ReportTable => ({
  name: 'table-4-ranking',
  title: 'Table 4: How well the uncertainty ranks errors',
  columns: [
    METHOD,
    { key: 'auseOfRandom', title: 'AUSE, share of random', kind: 'number', digits: 3 },
    { key: 'ausePerfect', title: 'Perfect Laplace', kind: 'number', digits: 3 },
    { key: 'ausePercent', title: 'AUSE (%)', kind: 'number', digits: 3 },
    { key: 'aurgPercent', title: 'AURG (%)', kind: 'number', digits: 3 },
    { key: 'ausePerSlicePercent', title: 'AUSE within slices (%)', kind: 'number', digits: 3 },
    { key: 'spearman', title: 'Spearman ρ', kind: 'number' },
  ],
  rows: judged.map(({ title, uncertainty: { ause, sparsification, pixels } }) => [
    title,
    ause.relative,
    ause.perfect,
    100 * sparsification.pooled.ause,
    100 * sparsification.pooled.aurg,
    100 * sparsification.perSlice.ause,
    pixels.spearman,
  ]),
  notes: [
    'AUSE: area between the sparsification curve and the oracle (lower is better); AURG: area between random removal and the curve (higher is better). Perfect Laplace: the AUSE that these very scales reach when the errors are drawn from them; knowing a pixel’s distribution does not tell its error, so it is far from 0. Spearman ρ: rank correlation of u and |error| over all pixels.',
  ],
});

const coverageTable = (judged: readonly JudgedMethod[]): ReportTable => {
  const levels = judged[0]!.uncertainty.pixels.coverage.map(({ level }) => level);
  return {
    name: 'table-5-pixels',
    title: 'Table 5: The stated Laplace distribution of single pixels',
    columns: [
      METHOD,
      ...levels.map((level) => ({
        key: `covered${Math.round(100 * level)}Percent`,
        title: `Inside ${Math.round(100 * level)} %`,
        kind: 'number' as const,
        digits: 1,
      })),
      { key: 'sigmaScaling', title: 'Mean |error|/\u2060σ', kind: 'number' },
      { key: 'nll', title: 'NLL (nats)', kind: 'number', digits: 3 },
      { key: 'ence', title: 'ENCE', kind: 'number', digits: 3 },
      { key: 'sharpnessMs', title: 'Sharpness (ms)', kind: 'number' },
    ],
    rows: judged.map(({ title, uncertainty: { pixels } }) => [
      title,
      ...pixels.coverage.map(({ covered }) => 100 * covered),
      pixels.sigmaScaling,
      pixels.nll,
      pixels.ence,
      pixels.sharpness,
    ]),
    notes: [
      'Inside: share of errors within the central interval of that level, in percent; it should equal the level. Mean |error|/σ is 1 for scales of the right size, above 1 for too small ones. NLL: mean negative log likelihood. ENCE: expected normalised calibration error. Sharpness: root mean square of u.',
    ],
  };
};

function refinementTable(judged: readonly JudgedMethod[]): ReportTable {
  const { beforeMs, afterMs, p, reductionPercent } = PAPER.refinement;
  const thresholds = judged.map(
    ({ title, uncertainty: { refinement } }) =>
      `${title} ${refinement.thresholdsMs.map((t) => fixed(t, 2)).join(', ')} ms`,
  );
  return {
    name: 'table-6-refinement',
    title: 'Table 6: Absolute error of slices before and after refinement of the regions',
    columns: [
      METHOD,
      { key: 'beforeMs', title: 'Before (ms)', kind: 'spread' },
      { key: 'afterMs', title: 'After (ms)', kind: 'spread' },
      { key: 'keptPercent', title: 'Kept (%)', kind: 'number', digits: 1 },
      { key: 'reductionPercent', title: 'Fall (%)', kind: 'number', digits: 1 },
      { key: 'reductionIntervalPercent', title: '95 % interval', kind: 'interval', digits: 1 },
      { key: 'pBySlice', title: 'p by slice', kind: 'p' },
      { key: 'pByPatient', title: 'p by patient', kind: 'p' },
    ],
    rows: [
      ...judged.map(({ title, uncertainty: { refinement: r } }) => [
        title,
        [r.before.mean, r.before.standardDeviation],
        [r.after.mean, r.after.standardDeviation],
        100 * r.keptShare,
        r.reductionPercent.estimate,
        r.reductionPercent.bca,
        r.bySlice.p,
        r.byPatient.p,
      ]),
      ['LBRU in the paper', beforeMs, afterMs, undefined, reductionPercent, undefined, p, undefined],
    ],
    notes: [
      `Pixels with u above mean + SD of the validation patients’ regions are left out; thresholds by fold: ${thresholds.join('; ')}. p: paired t-test, by slice as in the paper, and by patient. Slices of one patient are alike, so only the test by patient is valid. The interval is a bootstrap by patient.`,
    ],
  };
}
