/** `rhomap report`: an experiment's evaluation and examples in; one page, and every table and figure as files out. */
import { z } from 'zod';
import { DataError, FormatError } from '../core/errors.ts';
import { type FileStore, readJson, writeJson } from '../core/file-store.ts';
import { decodeExample } from '../evaluate/example-file.ts';
import type { ExampleSlice, ExperimentEvaluation } from '../evaluate/experiment-evaluation.ts';
import { experimentPage, type RunFacts } from '../report/experiment/experiment-page.ts';
import { allTables, experimentReport } from '../report/experiment/experiment-report.ts';
import { tableCsv, tableJson } from '../report/experiment/report-table.ts';
import type { ExperimentRecord } from './experiment/run.ts';
import { trainingOptionsSchema } from './experiment/training-options.ts';

export interface ReportPorts {
  /** The experiment's folder. */
  readonly store: FileStore;
  /** Names of the example files, without folder and ending. */
  readonly exampleNames: readonly string[];
  /** PNG of a figure. */
  readonly rasterise: (svg: string) => Uint8Array;
  readonly facts: Omit<RunFacts, 'foldSeed' | 'optionWords'>;
}

export interface WrittenReport {
  readonly page: string;
  readonly nFigures: number;
  readonly nTables: number;
  readonly pageBytes: number;
}

const EVALUATION = 'evaluation/evaluation.json';
const PAGE = 'report.html';
const FOLDER = 'report';

/**
 * Writes `report.html` and the files in `report/`.
 * @throws DataError `report/no-evaluation` if the folder holds no evaluated experiment; FormatError for a damaged
 *   or newer evaluation, and for a damaged example.
 */
export async function writeExperimentReport({
  store,
  exampleNames,
  rasterise,
  facts,
}: ReportPorts): Promise<WrittenReport> {
  const evaluation = await readEvaluation(store, facts.folder);
  const experiment = await readJson<ExperimentRecord>(store, 'experiment.json');
  const report = await experimentReport(evaluation, await readExamples(store, exampleNames));
  const foldSeed = experiment?.options.foldSeed;
  const page = experimentPage(report, {
    ...facts,
    optionWords: optionWords(),
    ...(foldSeed !== undefined && { foldSeed }),
  });
  const text = (path: string, words: string): Promise<void> =>
    store.write(path, new TextEncoder().encode(words));
  const tables = allTables(report);
  for (const table of tables) await text(`${FOLDER}/${table.name}.csv`, tableCsv(table));
  await writeJson(store, `${FOLDER}/tables.json`, {
    schemaVersion: 1,
    rhomap: evaluation.rhomap,
    verdicts: report.verdicts,
    tables: Object.fromEntries(tables.map((table) => [table.name, tableJson(table)])),
    methods: report.methods,
  });
  for (const { name, svg } of report.figures) {
    await text(`${FOLDER}/${name}.svg`, svg);
    await store.write(`${FOLDER}/${name}.png`, rasterise(svg));
  }
  await text(PAGE, page);
  return { page: PAGE, nFigures: report.figures.length, nTables: tables.length, pageBytes: page.length };
}

async function readEvaluation(store: FileStore, folder: string): Promise<ExperimentEvaluation> {
  const where = `${folder}/${EVALUATION}`;
  let evaluation: ExperimentEvaluation | undefined;
  try {
    evaluation = await readJson<ExperimentEvaluation>(store, EVALUATION);
  } catch (cause) {
    if (!(cause instanceof SyntaxError)) throw cause;
    throw new FormatError('report/damaged', where, 'it is no JSON; run rhomap experiment again.', { cause });
  }
  if (!evaluation)
    throw new DataError(
      'report/no-evaluation',
      `${folder} has no ${EVALUATION}; run rhomap experiment to its end first.`,
    );
  if (evaluation.schemaVersion !== 1)
    throw new FormatError(
      'report/version',
      where,
      `its version ${evaluation.schemaVersion} is not known; report it with the rhomap that made it.`,
    );
  return evaluation;
}

async function readExamples(store: FileStore, names: readonly string[]): Promise<ExampleSlice[]> {
  const examples: ExampleSlice[] = [];
  for (const name of names) {
    const path = `evaluation/examples/${name}.arrays`;
    const bytes = await store.read(path);
    if (bytes) examples.push(decodeExample(bytes, path));
  }
  return examples;
}

/** What the options' schema says about each of them. */
function optionWords(): Record<string, string> {
  const { properties = {} } = z.toJSONSchema(trainingOptionsSchema, { io: 'input' });
  return Object.fromEntries(
    Object.entries(properties).map(([name, property]) => [
      name,
      (typeof property === 'object' && property.description) || name,
    ]),
  );
}
