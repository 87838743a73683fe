/** Table 2: the relative error of every method against the target and, where it is known, against the truth. */
import type {
  ExperimentEvaluation,
  MethodEvaluation,
  RmreEvaluation,
} from '../../../evaluate/experiment-evaluation.ts';
import { fixed } from '../format.ts';
import { PAPER } from '../paper-results.ts';
import type { Cell, Column, ReportTable } from '../report-table.ts';

export function rmreTables({ methods, nFolds, floor }: ExperimentEvaluation): ReportTable[] {
  const [first] = methods;
  const basis = first && `${first.slices.length} slices of ${first.target.interval.nPatients} patients`;
  const target: ReportTable = {
    name: 'table-2-rmre-target',
    title: 'Table 2: RMRE against the target, %',
    columns: [METHOD, { key: 'paper', title: 'Paper', kind: 'spread' }, ...OURS, ...foldColumns(nFolds)],
    rows: [
      ...methods.map(({ method, title, target: rmre }) => [title, PAPER.rmre[method], ...ours(rmre)]),
      ...(floor
        ? [
            [
              'Information floor',
              undefined,
              [floor.mean, floor.standardDeviation],
              undefined,
              ...noFolds(nFolds),
            ],
          ]
        : []),
    ],
    bold: [bestOf(methods, (m) => m.target)],
    notes: [
      `RMRE: mean relative error of the pixels of a slice’s regions, as mean ± standard deviation over ${basis}. The interval (95 %, BCa bootstrap) is for the mean and draws whole patients. Bold: the lowest mean.`,
      ...(floor
        ? [
            `Information floor: no predictor that sees only the two given images can have a lower expected RMRE against this target (standard error ${fixed(floor.standardError, 2)} %).`,
          ]
        : []),
    ],
  };
  const known = methods.filter((m): m is WithTruth => m.truth !== undefined);
  if (known.length === 0) return [target];
  const truth: ReportTable = {
    name: 'table-2-rmre-truth',
    title: 'Table 2, continued: RMRE against the truth, %',
    columns: [METHOD, ...OURS, ...foldColumns(nFolds)],
    rows: known.map(({ title, truth: rmre }) => [title, ...ours(rmre)]),
    bold: [bestOf(known, (m) => m.truth)],
    notes: [
      'The truth is known because the patients are virtual. The target is itself a noisy map that shares the noise of two of its four images with the coarse map, so the order against the truth is the one that matters in use.',
    ],
  };
  return [target, truth];
}

type WithTruth = MethodEvaluation & { readonly truth: RmreEvaluation };

const METHOD: Column = { key: 'method', title: 'Method', kind: 'text' };
const OURS: readonly Column[] = [
  { key: 'rmrePercent', title: 'This run', kind: 'spread' },
  { key: 'intervalPercent', title: '95 % interval', kind: 'interval' },
];

const foldColumns = (nFolds: number): Column[] =>
  Array.from({ length: nFolds }, (_, f) => ({ key: `fold${f + 1}`, title: `Fold ${f + 1}`, kind: 'spread' }));

const noFolds = (nFolds: number): Cell[] => Array.from({ length: nFolds }, () => undefined);

const ours = ({ mean, standardDeviation, interval, byFold }: RmreEvaluation): Cell[] => [
  [mean, standardDeviation],
  interval.bca,
  ...byFold.map((fold) => [fold.mean, fold.standardDeviation]),
];

function bestOf<M>(methods: readonly M[], rmreOf: (method: M) => RmreEvaluation): number {
  const means = methods.map((m) => rmreOf(m).mean);
  return means.indexOf(Math.min(...means));
}
