import type { Command } from 'commander';
import { DEFAULT_MODEL } from '../runtime/node/models.ts';
import { numberPair } from './flags.ts';

/** Which network maps, and from which images. */
export interface ModelFlags {
  readonly model: string;
  readonly uncertaintyModel?: string;
  readonly mapFrom?: readonly [number, number];
}

export const addModelFlags = (declared: Command): Command =>
  declared
    .option('--model <name>', 'a shipped model (rhomap models lists them) or an .onnx file', DEFAULT_MODEL)
    .option(
      '--uncertainty-model <name>',
      'a second model that states the uncertainty, for a map of one that states none (LBUDR with its LBRU)',
    )
    .option(
      '--map-from <ms>',
      "the two times to map from (default: those nearest to the model's)",
      numberPair,
    );
