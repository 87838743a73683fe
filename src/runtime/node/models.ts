import { readdir, readFile } from 'node:fs/promises';
import { basename, join, resolve } from 'node:path';
import { EnvironmentError, OptionError } from '../../core/errors.ts';
import { pairModels } from '../../pipeline/pair-models.ts';

/** Shipped models lie beside `src` and `dist`, in a clone and in the installed package alike. */
const MODELS_FOLDER = resolve(import.meta.dirname, '../../../models');

/** The model that `rhomap map` takes unless another one is named. */
export const DEFAULT_MODEL = 'liver-lbru';

/** Names of the shipped models. */
export async function shippedModels(): Promise<string[]> {
  const files = await readdir(MODELS_FOLDER).catch(() => []);
  return files
    .filter((file) => file.endsWith('.onnx'))
    .map((file) => basename(file, '.onnx'))
    .sort();
}

/** Where a shipped model lies. */
export const shippedModelPath = (name: string): string => join(MODELS_FOLDER, `${name}.onnx`);

export interface ModelFile {
  /** Name of a shipped model, or the path that was given. */
  readonly name: string;
  readonly bytes: Uint8Array;
}

/**
 * Reads a shipped model by its name, or a user's own by its path.
 * @throws OptionError `model/not-found`; EnvironmentError `model/unreadable`.
 */
export async function readModelFile(nameOrPath: string): Promise<ModelFile> {
  const names = await shippedModels();
  const isShipped = names.includes(nameOrPath);
  const path = isShipped ? shippedModelPath(nameOrPath) : nameOrPath;
  try {
    return { name: nameOrPath, bytes: new Uint8Array(await readFile(path)) };
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code !== 'ENOENT')
      throw new EnvironmentError(
        'model/unreadable',
        `Cannot read the model ${path} (${(cause as Error).message}).`,
        { cause },
      );
    const shipped = names.length > 0 ? `shipped are ${names.join(', ')}` : 'no model is shipped yet';
    throw new OptionError(
      'model/not-found',
      `There is no model ${nameOrPath}: ${shipped}; or give the path of an .onnx file with --model.`,
      { cause },
    );
  }
}

/**
 * Reads a model, and pairs it with the one that its uncertainty is to come from where that is named.
 * @throws what `readModelFile` and `pairModels` throw.
 */
export async function readModelFiles(model: string, uncertaintyModel?: string): Promise<ModelFile> {
  const file = await readModelFile(model);
  if (uncertaintyModel === undefined) return file;
  return { name: file.name, bytes: await pairModels(file, await readModelFile(uncertaintyModel)) };
}
