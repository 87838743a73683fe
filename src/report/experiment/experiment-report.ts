/**
 * The report of an experiment: its tables, figures and words, from the evaluation and the example slices. A pure function;
 * `experiment-page.ts` sets it as a page, and `pipeline/report.ts` writes it to files.
 */
import type { ExampleSlice, ExperimentEvaluation } from '../../evaluate/experiment-evaluation.ts';
import type { Figure } from './figure.ts';
import { blandAltmanFigure } from './figures/bland-altman.ts';
import { coarseAndTargetFigure } from './figures/coarse-and-target.ts';
import { distributionFigure } from './figures/distributions.ts';
import { methodMapsFigures } from './figures/method-maps.ts';
import { pipelineFigure } from './figures/pipeline-diagram.ts';
import { refinementFigure } from './figures/refinement-maps.ts';
import { reliabilityFigure } from './figures/reliability.ts';
import { scatterFigure } from './figures/scatter.ts';
import { sparsificationFigure } from './figures/sparsification.ts';
import { trainingFigure } from './figures/training-curves.ts';
import { uncertaintyFigure } from './figures/uncertainty-map.ts';
import { methodsText } from './methods-text.ts';
import type { ReportTable } from './report-table.ts';
import { cohortTable } from './tables/cohort-table.ts';
import { differenceTables } from './tables/difference-table.ts';
import { rmreTables } from './tables/rmre-tables.ts';
import { slicesTable } from './tables/slices-table.ts';
import { uncertaintyTables } from './tables/uncertainty-tables.ts';
import { type Verdict, verdicts } from './verdicts.ts';

export interface ExperimentReport {
  readonly evaluation: ExperimentEvaluation;
  readonly verdicts: readonly Verdict[];
  readonly cohort: ReportTable;
  readonly rmre: readonly ReportTable[];
  readonly uncertainty: readonly ReportTable[];
  /** Too long for the page; a file only. */
  readonly slices: ReportTable;
  readonly figures: readonly Figure[];
  readonly methods: readonly string[];
}

export async function experimentReport(
  evaluation: ExperimentEvaluation,
  examples: readonly ExampleSlice[],
): Promise<ExperimentReport> {
  const figures = [
    pipelineFigure(evaluation.trainingOptions),
    coarseAndTargetFigure(examples),
    await blandAltmanFigure(evaluation),
    ...methodMapsFigures(evaluation, examples),
    await scatterFigure(evaluation),
    await reliabilityFigure(evaluation),
    uncertaintyFigure(examples),
    refinementFigure(examples),
    await sparsificationFigure(evaluation),
    await distributionFigure(evaluation),
    await trainingFigure(evaluation),
  ];
  return {
    evaluation,
    verdicts: verdicts(evaluation),
    cohort: cohortTable(evaluation.participants),
    rmre: [...rmreTables(evaluation), ...differenceTables(evaluation)],
    uncertainty: uncertaintyTables(evaluation.methods),
    slices: slicesTable(evaluation),
    figures: figures.filter((figure) => figure !== undefined),
    methods: methodsText(evaluation),
  };
}

/** Every table of a report, those of figures too. */
export const allTables = (report: ExperimentReport): ReportTable[] => [
  report.cohort,
  ...report.rmre,
  ...report.uncertainty,
  report.slices,
  ...report.figures.flatMap(({ values }) => values ?? []),
];
