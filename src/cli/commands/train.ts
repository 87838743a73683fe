import { readFile } from 'node:fs/promises';
import type { Command } from 'commander';
import { Option } from 'commander';
import { OptionError } from '../../core/errors.ts';
import { createWarningSink } from '../../core/warnings.ts';
import { METHOD_NAMES, METHODS } from '../../methods/index.ts';
import { isLearned, type MethodName } from '../../methods/method.ts';
import { taskId } from '../../pipeline/experiment/plan.ts';
import { runOne } from '../../pipeline/experiment/run.ts';
import { openDataSetFolder } from '../../runtime/node/data-set.ts';
import { folderStore } from '../../runtime/node/folder-store.ts';
import { threadPlaneStream } from '../../runtime/node/plane-thread.ts';
import { createRunRecorder } from '../../runtime/node/run-record.ts';
import { nodeSessionProvider } from '../../runtime/node/session.ts';
import { type CommandDefinition, command } from '../command.ts';
import { addExperimentFlags, type ExperimentFlags, trainingOptions } from '../experiment-flags.ts';
import { wholeNumber } from '../flags.ts';
import { trainingProgress } from '../training-progress.ts';

interface Flags extends ExperimentFlags {
  readonly method: MethodName;
  readonly fold: number;
  readonly init?: string;
}

const LEARNED = METHOD_NAMES.filter((name) => isLearned(METHODS[name]));

export const trainCommand: CommandDefinition = {
  declare: (): Command =>
    addExperimentFlags(
      command('train', 'Train one network on one fold; a stopped training goes on.', [
        'rhomap train --data cohort -o study --method lbru --fold 1',
        'rhomap train --data mine -o tuned --method lbru --fold 1 --init study/fold-1/lbru/model.onnx',
      ])
        .addOption(new Option('--method <name>', 'which network').choices(LEARNED).makeOptionMandatory())
        .option('--fold <n>', 'which fold, from 1', wholeNumber, 1)
        .option('--init <model>', 'go on from the weights of this model (fine-tuning)'),
    ),
  run: async (_args, rawFlags, { terminal }) => {
    const flags = rawFlags as unknown as Flags;
    const training = trainingOptions(rawFlags);
    if (flags.fold > flags.folds)
      throw new OptionError('option/invalid', `--fold: there are ${flags.folds} folds, got ${flags.fold}.`);
    const warnings = createWarningSink();
    const progress = trainingProgress(terminal, training.steps);
    const id = taskId(flags.fold - 1, flags.method);
    const result = await runOne(
      { method: flags.method, fold: flags.fold - 1 },
      {
        methods: [flags.method],
        nFolds: flags.folds,
        nValidation: flags.validationPatients,
        foldSeed: flags.foldSeed,
        training,
      },
      {
        dataSet: await openDataSetFolder(flags.data, training.imageSize, warnings),
        store: folderStore(flags.output),
        provider: nodeSessionProvider(),
        createStream: threadPlaneStream,
        runRecord: createRunRecorder(),
        onTask: progress.onTask,
        onStep: progress.onStep,
        log: terminal.info,
        ...(flags.init !== undefined && { init: await readModel(flags.init) }),
      },
    );
    progress.end();
    for (const { code, where, message } of warnings.warnings) terminal.warn(`${where}: ${message} [${code}]`);
    terminal.result(
      `best at step ${result.training!.bestStep}; the model is ${flags.output}/${id}/model.onnx`,
    );
    terminal.json(result);
  },
};

async function readModel(path: string): Promise<Uint8Array> {
  try {
    return new Uint8Array(await readFile(path));
  } catch (cause) {
    throw new OptionError('option/invalid', `--init: cannot read ${path} (${(cause as Error).message}).`, {
      cause,
    });
  }
}
