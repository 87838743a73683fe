/** The studies behind `rhomap simulate --study`: numbers about a cohort, and no images. */
import type { CohortOptions } from '../cohort/simulate-patient.ts';
import { createSummary, jsonFile, type OutputFile, textFile } from '../core/summary.ts';
import { ablateCohort, ablationMarkdown } from '../pipeline/ablation.ts';
import { type CalibrationStep, calibrateCohort } from '../pipeline/calibrate.ts';
import { type MeasurePort, measureCohort, spreadOf } from '../pipeline/measure-cohort.ts';
import { imageFigure } from '../pipeline/realism/image-figure.ts';
import { realismMarkdown, realismTable } from '../pipeline/realism/table.ts';
import { startCohortWorkers } from '../runtime/node/cohort-workers.ts';
import { withOutputFolder } from '../runtime/node/output-folder.ts';
import type { Terminal } from './terminal.ts';

/** A study: files and a result, from a cohort that can be measured. */
type Study = (
  cohort: CohortOptions,
  measure: MeasurePort,
  terminal: Terminal,
) => Promise<{ readonly files: readonly OutputFile[]; readonly results: Record<string, unknown> }>;

export type StudyName = 'calibrate' | 'realism' | 'ablation';

export const STUDIES: Readonly<Record<StudyName, Study>> = { calibrate, realism, ablation };

export async function runStudy(
  name: StudyName,
  cohort: CohortOptions,
  nWorkers: number,
  flags: { readonly output: string; readonly force: boolean },
  terminal: Terminal,
): Promise<void> {
  const workers = startCohortWorkers(nWorkers);
  try {
    await withOutputFolder(flags.output, flags, async (folder) => {
      const { files, results } = await STUDIES[name](cohort, workers.measure, terminal);
      const summary = createSummary({
        command: `simulate --study ${name}`,
        options: { ...cohort },
        inputs: [],
        results,
        warnings: [],
      });
      for (const file of [...files, jsonFile('summary.json', summary)]) await folder.write(file);
      terminal.json(summary);
    });
  } finally {
    await workers.close();
  }
  terminal.info(`the study is in ${flags.output}`);
}

async function calibrate(cohort: CohortOptions, measure: MeasurePort, terminal: Terminal): ReturnType<Study> {
  const tell = (step: CalibrationStep): void => terminal.result(JSON.stringify(step));
  const { parameters, best, log } = await calibrateCohort(cohort, measure, tell);
  return {
    files: [
      textFile('calibration.jsonl', `${log.map((step) => JSON.stringify(step)).join('\n')}\n`),
      jsonFile('parameters.json', parameters),
    ],
    results: { ...best },
  };
}

async function realism(cohort: CohortOptions, measure: MeasurePort, terminal: Terminal): ReturnType<Study> {
  const slices = await measureCohort(measure, cohort, cohort.nPatients, {
    bm3d: true,
    floorDraws: 8,
    contents: true,
  });
  const rows = realismTable(slices);
  const table = realismMarkdown(rows);
  const floor = spreadOf(slices, (s) => s.floorPercent);
  terminal.result(table);
  terminal.result(
    `information floor ${floor.mean.toFixed(2)} ± ${floor.sd.toFixed(2)} % (s.e. ${floor.standardError.toFixed(2)})`,
  );
  return {
    files: [
      textFile('realism.md', table),
      textFile('image-statistics.svg', await imageFigure(slices)),
      jsonFile('slices.json', slices),
    ],
    results: { rows, floorPercent: floor, nOff: rows.filter(({ inside }) => inside === false).length },
  };
}

async function ablation(cohort: CohortOptions, measure: MeasurePort, terminal: Terminal): ReturnType<Study> {
  const progress = terminal.progress('ablation', 11);
  let done = 0;
  const rows = await ablateCohort(cohort, measure, cohort.nPatients, () => progress.advance(++done));
  progress.end();
  const table = ablationMarkdown(rows);
  terminal.result(table);
  return { files: [textFile('ablation.md', table)], results: { rows } };
}
