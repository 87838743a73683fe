/** Every slice with every method: the numbers behind all means. */
import type { ExperimentEvaluation } from '../../../evaluate/experiment-evaluation.ts';
import type { ReportTable } from '../report-table.ts';

export const slicesTable = ({ methods }: ExperimentEvaluation): ReportTable => ({
  name: 'slices',
  title: 'Every slice and method',
  columns: [
    { key: 'method', title: 'Method', kind: 'text' },
    { key: 'slice', title: 'Slice', kind: 'text' },
    { key: 'patient', title: 'Patient', kind: 'text' },
    { key: 'fold', title: 'Fold', kind: 'number', digits: 0 },
    { key: 'nPixels', title: 'Pixels', kind: 'number', digits: 0 },
    { key: 'targetPercent', title: 'RMRE to target (%)', kind: 'number' },
    { key: 'truthPercent', title: 'RMRE to truth (%)', kind: 'number' },
    { key: 'errorMs', title: 'Mean absolute error (ms)', kind: 'number' },
    { key: 'uncertaintyMs', title: 'Mean uncertainty (ms)', kind: 'number' },
  ],
  rows: methods.flatMap(({ method, slices }) =>
    slices.map((s) => [
      method,
      s.id,
      s.patient,
      s.fold + 1,
      s.nPixels,
      s.targetPercent,
      s.truthPercent,
      s.errorMs,
      s.uncertaintyMs,
    ]),
  ),
});
