import type { Command } from 'commander';
import { InvalidArgumentError } from 'commander';
import { writeJson } from '../../core/file-store.ts';
import { createWarningSink } from '../../core/warnings.ts';
import type { ExperimentEvaluation, RmreEvaluation } from '../../evaluate/experiment-evaluation.ts';
import { METHOD_NAMES } from '../../methods/index.ts';
import type { MethodName } from '../../methods/method.ts';
import { evaluateExperiment } from '../../pipeline/experiment/evaluate.ts';
import { writeExamples } from '../../pipeline/experiment/examples.ts';
import { type ExperimentOptions, planTasks, runExperiment } from '../../pipeline/experiment/run.ts';
import { openDataSetFolder } from '../../runtime/node/data-set.ts';
import { folderStore } from '../../runtime/node/folder-store.ts';
import { threadPlaneStream } from '../../runtime/node/plane-thread.ts';
import { createRunRecorder } from '../../runtime/node/run-record.ts';
import { nodeSessionProvider } from '../../runtime/node/session.ts';
import { type CommandDefinition, command } from '../command.ts';
import { addExperimentFlags, type ExperimentFlags, trainingOptions } from '../experiment-flags.ts';
import { textTable } from '../table.ts';
import { trainingProgress } from '../training-progress.ts';

interface Flags extends ExperimentFlags {
  readonly methods: readonly MethodName[];
  readonly dryRun?: boolean;
}

export const experimentCommand: CommandDefinition = {
  declare: (): Command =>
    addExperimentFlags(
      command(
        'experiment',
        "The paper's experiment: every method on every fold. Only what is missing or stale runs.",
        [
          'rhomap experiment --data cohort -o study',
          'rhomap experiment --data cohort -o trial --preset quick --methods coarse,lbru,lbudr',
          'rhomap experiment --data cohort -o study --dry-run',
        ],
      )
        .option('--methods <names>', `which rows, of ${METHOD_NAMES.join(',')}`, methodList, METHOD_NAMES)
        .option('--dry-run', 'list the tasks and which of them are done, and stop'),
    ),
  run: async (_args, rawFlags, { terminal }) => {
    const flags = rawFlags as unknown as Flags;
    const options: ExperimentOptions = {
      methods: flags.methods,
      nFolds: flags.folds,
      nValidation: flags.validationPatients,
      foldSeed: flags.foldSeed,
      training: trainingOptions(rawFlags),
    };
    const warnings = createWarningSink();
    const progress = trainingProgress(terminal, options.training.steps);
    const ports = {
      dataSet: await openDataSetFolder(flags.data, options.training.imageSize, warnings),
      store: folderStore(flags.output),
      provider: nodeSessionProvider(),
      createStream: threadPlaneStream,
      runRecord: createRunRecorder(),
      onTask: progress.onTask,
      onStep: progress.onStep,
      log: terminal.info,
    };
    const tasks = await planTasks(options, ports);
    if (flags.dryRun) {
      terminal.result(
        textTable(
          ['task', 'state', 'needs'],
          tasks.map((t) => [t.id, t.isDone ? 'done' : 'to do', t.needs.join(', ')]),
        ),
      );
      terminal.json({ tasks });
      return;
    }
    await runExperiment(options, ports);
    progress.end();
    for (const { code, where, message } of warnings.warnings) terminal.warn(`${where}: ${message} [${code}]`);
    const evaluation = await evaluateExperiment(ports.store);
    await writeJson(ports.store, 'evaluation/evaluation.json', evaluation);
    await writeExamples(evaluation, options, ports);
    terminal.result(`${rmreTable(evaluation)}\nthe experiment is in ${flags.output}`);
    terminal.json(evaluation);
  },
};

function methodList(text: string): MethodName[] {
  const names = text.split(',');
  const unknown = names.find((name) => !METHOD_NAMES.includes(name as MethodName));
  if (unknown !== undefined)
    throw new InvalidArgumentError(`There is no method ${unknown}; choose of ${METHOD_NAMES.join(', ')}.`);
  return names as MethodName[];
}

/** Table 2 on the screen: mean ± SD over slices, in percent. */
function rmreTable({ methods }: ExperimentEvaluation): string {
  const text = (rmre: RmreEvaluation | undefined): string =>
    rmre ? `${rmre.mean.toFixed(2)} ± ${rmre.standardDeviation.toFixed(2)}` : '–';
  const rows = methods.map(({ title, target, truth }) => [title, text(target), text(truth)]);
  return textTable(['method', 'RMRE % to target', 'RMRE % to truth'], rows);
}
