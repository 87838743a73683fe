import { type Command, Option } from 'commander';
import {
  TRAINING_PRESETS,
  type TrainingOptions,
  type TrainingPreset,
  trainingOptionsSchema,
} from '../pipeline/experiment/training-options.ts';
import { wholeNumber } from './flags.ts';
import { addSchemaOptions, parseSchemaOptions } from './schema-options.ts';

/** Flags that `train` and `experiment` share: the data, the folds, and how networks are trained. */
export interface ExperimentFlags {
  readonly data: string;
  readonly output: string;
  readonly preset: TrainingPreset;
  readonly folds: number;
  readonly validationPatients: number;
  readonly foldSeed: number;
}

export function addExperimentFlags(declared: Command): Command {
  declared
    .requiredOption('--data <dir>', 'data set: participants.tsv, images, regions')
    .requiredOption('-o, --output <dir>', 'folder of the experiment; a stopped run goes on there')
    .addOption(
      new Option('--preset <name>', 'how networks are trained; flags below change single choices')
        .choices(Object.keys(TRAINING_PRESETS))
        .default('paper'),
    )
    .option('--folds <n>', 'number of folds', wholeNumber, 3)
    .option('--validation-patients <n>', 'validation patients per fold', wholeNumber, 4)
    .option('--fold-seed <n>', 'seed of the folds', wholeNumber, 1);
  addSchemaOptions(declared, trainingOptionsSchema);
  return declared;
}

/** The preset's choices with those of single flags over them. */
export function trainingOptions(rawFlags: Readonly<Record<string, unknown>>): TrainingOptions {
  const preset = TRAINING_PRESETS[(rawFlags as unknown as ExperimentFlags).preset];
  return parseSchemaOptions(trainingOptionsSchema, { ...preset, ...rawFlags });
}
