import { type Command, InvalidArgumentError } from 'commander';
import { DataError, EnvironmentError, OptionError } from '../../core/errors.ts';
import { createSummary, jsonFile, textFile } from '../../core/summary.ts';
import { countByCode, failuresCsv } from '../../jobs/failures.ts';
import { assertSameJob, createJob, writeJob } from '../../jobs/job-folder.ts';
import { readJournal } from '../../jobs/journal.ts';
import { poolSize, thisMachine } from '../../jobs/local/pool-size.ts';
import { type RunResult, runLocally } from '../../jobs/local/run-local.ts';
import { type MapDefinition, subjectFolder } from '../../jobs/map/definition.ts';
import { planSubjects } from '../../jobs/map/subjects.ts';
import { type Plan, planJob } from '../../jobs/plan.ts';
import { durationWords, type JobCounts, progressWords } from '../../jobs/progress.ts';
import { openArrays } from '../../jobs/slurm/array.ts';
import { runOnSlurm } from '../../jobs/slurm/run-slurm.ts';
import { readModelRecord } from '../../pipeline/mapping-model.ts';
import { folderStore } from '../../runtime/node/folder-store.ts';
import type { SeriesFlags } from '../../runtime/node/load-series.ts';
import type { OutputFormat } from '../../runtime/node/map-patient.ts';
import { readModelFiles } from '../../runtime/node/models.ts';
import { type CommandDefinition, command } from '../command.ts';
import { INTERRUPTED } from '../exit-code.ts';
import { addFormatFlag, addTimeFlags, wholeNumber } from '../flags.ts';
import { addModelFlags, type ModelFlags } from '../model-flags.ts';
import { addRefineFlags, type RefineFlags, ruleOfFlags } from '../refine-flags.ts';
import { addSlurmFlags, type SlurmFlags, slurmSettings } from '../slurm-flags.ts';
import { textTable } from '../table.ts';
import type { Terminal } from '../terminal.ts';
import { untilInterrupted } from '../until-interrupted.ts';

interface Flags extends SeriesFlags, ModelFlags, RefineFlags, SlurmFlags {
  readonly output: string;
  readonly roi?: string;
  readonly depth: number;
  readonly to?: readonly OutputFormat[];
  readonly report?: boolean;
  readonly previews: boolean;
  readonly dryRun?: boolean;
  readonly retryFailed?: boolean;
  readonly verify?: boolean;
}

/** On one core, before any subject of the cohort was measured: three slices of 256² (`npm run -s bench -- cohort`). */
const SECONDS_PER_SUBJECT = 1;

export const cohortMapCommand: CommandDefinition = {
  declare: (): Command => {
    const begun = command('cohort map', 'Maps every subject as rhomap map does; a stopped run goes on.', [
      'rhomap cohort map study -o mapped --dry-run',
      'rhomap cohort map study -o mapped',
      'rhomap cohort map dicom/ -o mapped --tsl 0,50 --roi rois/{id}.nii.gz',
      'rhomap cohort map subjects.csv -o mapped --tsl 0,50 --retry-failed',
      'rhomap cohort map study -o mapped --on slurm --partition main --time 1:00:00',
    ])
      .argument(
        '<in>',
        'BIDS data set, folder with a folder or NIfTI file per subject, or list (.csv, .tsv: id, input, roi)',
      )
      .requiredOption('-o, --output <dir>', 'folder of the results; a stopped run goes on there');
    const declared = addModelFlags(begun)
      .option(
        '--roi <path>',
        'where masks lie in <in>, with {id} for the subject; none: no regions (default: as in the data set)',
        roiPattern,
      )
      .option('--depth <n>', 'how deep in a folder the subjects lie', wholeNumber, 1)
      .option('--report', "also write each subject's report.html")
      .option('--no-previews', 'no pictures of each subject: a third less time');
    return addSlurmFlags(
      addRefineFlags(addFormatFlag(addTimeFlags(declared))).option(
        '--workers <n>',
        'processes (default: one per core, as far as memory reaches; on Slurm as many as it gives)',
        wholeNumber,
      ),
    )
      .option('--dry-run', 'say what would be done and how long it takes, and stop')
      .option('--retry-failed', 'try again what failed before')
      .option('--verify', 'read results again to see whether they are as they were written');
  },
  run: async ([input], rawFlags, { terminal }) => {
    const flags = rawFlags as unknown as Flags;
    const definition = await definitionOf(input!, flags);
    const job = createJob('map', { ...definition });
    const { output: folder } = flags;
    assertSameJob(folder, job);
    const plan = await planJob(planSubjects(definition), readJournal(folder), {
      outputOf: (id) => subjectFolder(folder, id),
      ...(flags.retryFailed && { retryFailed: true }),
      ...(flags.verify && { verify: true }),
    });
    const nWorkers = workersOf(flags, plan);
    if (flags.dryRun) {
      showPlan(plan, nWorkers, terminal);
      return;
    }
    await writeJob(folder, job);
    const progress = terminal.progress('mapping', plan.todo.length);
    const startedAt = performance.now();
    const onProgress = (counts: JobCounts, nEnded: number): void =>
      progress.advance(nEnded, progressWords(counts, nEnded, (performance.now() - startedAt) / 1000));
    const result = await untilInterrupted(terminal, (signal) => {
      const common = { folder, plan, signal, onProgress };
      if (flags.on === 'slurm')
        return runOnSlurm({ ...common, settings: slurmSettings(flags), warn: terminal.warn });
      assertNoneOnSlurm(folder);
      return runLocally({ ...common, nWorkers });
    });
    progress.end();
    await conclude(folder, definition, result, flags, terminal);
  },
};

/** On Slurm, all chunks at once unless there is a limit. */
const workersOf = ({ on, workers, chunk }: Flags, { todo }: Plan): number =>
  on === 'slurm'
    ? Math.max(1, Math.min(workers ?? Number.POSITIVE_INFINITY, Math.ceil(todo.length / chunk)))
    : (workers ?? poolSize(thisMachine()));

function assertNoneOnSlurm(folder: string): void {
  if (openArrays(folder).length > 0)
    throw new OptionError(
      'jobs/running',
      `${folder} was begun on Slurm, whose jobs may still be at it; go on with --on slurm, or end them by rhomap jobs cancel.`,
    );
}

async function definitionOf(input: string, flags: Flags): Promise<MapDefinition> {
  const file = await readModelFiles(flags.model, flags.uncertaintyModel);
  const { sha256 } = await readModelRecord(file.bytes, file.name);
  return {
    ...{ input, depth: flags.depth, tsl: flags.tsl, tslFrom: flags.tslFrom, mapFromMs: flags.mapFrom },
    ...{ model: { name: file.name, uncertaintyName: flags.uncertaintyModel, sha256 } },
    ...{ roi: flags.roi, rule: ruleOfFlags(flags) },
    ...{ formats: flags.to ?? ['nifti'], report: flags.report ?? false },
    previews: flags.previews,
  };
}

function showPlan(plan: Plan, nWorkers: number, terminal: Terminal): void {
  const { todo, nDone, failures, secondsPerTask = SECONDS_PER_SUBJECT } = plan;
  const expectedSeconds = (todo.length * secondsPerTask) / nWorkers;
  terminal.result(
    textTable(
      ['subjects', ''],
      [
        ['to do', String(todo.length)],
        ['done', String(nDone)],
        ['failed', String(failures.length)],
      ],
      [1],
    ),
  );
  for (const { id, code, reason } of failures.slice(0, MAX_LINES))
    terminal.result(`${id}: ${reason} [${code}]`);
  if (failures.length > MAX_LINES) terminal.result(`… and ${failures.length - MAX_LINES} more`);
  terminal.result(
    `about ${durationWords(expectedSeconds)} on ${nWorkers} ${nWorkers === 1 ? 'worker' : 'workers'} (${secondsPerTask.toFixed(2)} s a subject${plan.secondsPerTask === undefined ? ', not yet measured here' : ''})`,
  );
  terminal.json({
    ...{ nTodo: todo.length, nDone, nFailed: failures.length, nWorkers, secondsPerTask, expectedSeconds },
    failures,
  });
}

/** Failures that are told on the screen; `failures.csv` has all. */
const MAX_LINES = 5;

/** Files of the cohort as a whole, and how it ended. */
async function conclude(
  folder: string,
  definition: MapDefinition,
  { end, nDone, failures }: RunResult,
  { on }: Flags,
  terminal: Terminal,
): Promise<void> {
  const store = folderStore(folder);
  if (end.kind === 'stopped')
    throw new EnvironmentError(
      end.code,
      `${end.reason} ${nDone} subjects are done; run the same command to go on.`,
    );
  const failuresFile = textFile('failures.csv', failuresCsv(failures));
  await store.write(failuresFile.path, failuresFile.bytes);
  if (end.kind === 'interrupted')
    throw new EnvironmentError(
      INTERRUPTED,
      on === 'slurm'
        ? `${nDone} subjects are done, and the jobs on Slurm go on. The same command follows them again; rhomap jobs cancel ends them.`
        : `Stopped; ${nDone} subjects are done. Run the same command to go on.`,
    );
  const nSubjects = nDone + failures.length;
  const { input: _, ...options } = definition;
  const summary = createSummary({
    command: 'cohort map',
    options,
    inputs: [],
    results: {
      nSubjects,
      nDone,
      nFailed: failures.length,
      failures: Object.fromEntries(countByCode(failures)),
    },
    warnings: [],
  });
  const file = jsonFile('summary.json', summary);
  await store.write(file.path, file.bytes);
  if (failures.length > 0) {
    for (const { id, code, reason } of failures.slice(0, MAX_LINES))
      terminal.warn(`${id}: ${reason} [${code}]`);
    throw new DataError(
      'cohort/failures',
      `${failures.length} of ${nSubjects} subjects failed, ${nDone} are done; the reasons are in ${folder}/failures.csv, and --retry-failed tries them again.`,
    );
  }
  terminal.result(`${nDone} subjects are mapped in ${folder}`);
  terminal.json(summary);
}

function roiPattern(text: string): string {
  if (text === 'none' || text.includes('{id}')) return text;
  throw new InvalidArgumentError('Give a path with {id} in it, e.g. rois/{id}.nii.gz, or none.');
}
