/** Table 2, continued: which differences between methods are more than chance. */
import type { ExperimentEvaluation } from '../../../evaluate/experiment-evaluation.ts';
import { type Difference, pairedDifferences } from '../../../evaluate/paired-differences.ts';
import type { Cell, Column, ReportTable } from '../report-table.ts';

/** None where no two methods are to be compared. */
export function differenceTables({ methods }: ExperimentEvaluation): ReportTable[] {
  const pairs = pairedDifferences(methods);
  if (pairs.length === 0) return [];
  const hasTruth = pairs.some(({ truth }) => truth);
  return [
    {
      name: 'table-2-differences',
      title: 'Table 2, continued: paired differences of RMRE, percentage points',
      columns: [
        { key: 'difference', title: 'Difference', kind: 'text' },
        ...columns('target', 'To target'),
        ...(hasTruth ? columns('truth', 'To truth') : []),
      ],
      rows: pairs.map(({ method, than, target, truth }) => [
        `${method.title} − ${than.title === 'Coarse fitting' ? 'coarse' : than.title}`,
        ...cells(target),
        ...(hasTruth ? cells(truth) : []),
      ]),
      notes: [
        'Both methods on the same slices; below 0 the first is better. Mean over slices; interval of the mean (95 %, BCa bootstrap by patient); p of the paired t-test by patient. No correction for the number of comparisons.',
      ],
    },
  ];
}

const columns = (key: string, title: string): Column[] => [
  { key: `${key}Points`, title, kind: 'number' },
  { key: `${key}IntervalPoints`, title: '95 % interval', kind: 'interval' },
  { key: `${key}PByPatient`, title: 'p by patient', kind: 'p' },
];

const cells = (difference: Difference | undefined): Cell[] =>
  difference
    ? [difference.mean, difference.interval.bca, difference.byPatient.p]
    : [undefined, undefined, undefined];
