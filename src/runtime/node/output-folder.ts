import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { readdir, rename, rm, rmdir, writeFile } from 'node:fs/promises';
import { basename, dirname, join, resolve, sep } from 'node:path';
import { OptionError } from '../../core/errors.ts';
import type { OutputFile } from '../../core/summary.ts';
import { makeFolder } from './make-folder.ts';
import { orEnvironmentError, unwritable } from './unwritable.ts';

/** Where a command writes: files gather beside the target and appear there all at once, or not at all. */
export interface OutputFolder {
  /** Where files gather: for what is too large to be written at once. */
  readonly gathering: string;
  write(file: OutputFile): Promise<void>;
  /** Puts the folder in place. */
  commit(): Promise<void>;
  /** Removes what was written. */
  discard(): Promise<void>;
}

export interface OutputFolderOptions {
  /** Replace a folder that rhomap made; one that it did not make is never removed. */
  readonly force?: boolean;
  /** Files that were read: a folder that holds one is not replaced. */
  readonly inputs?: readonly string[];
  /** Where files gather, on the same disk; beside the target where absent. */
  readonly aside?: string;
}

/**
 * Opens an output folder. An existing, non-empty target is refused unless `force`, which replaces it whole at
 * `commit`.
 * @throws OptionError if the target exists; EnvironmentError if it cannot be written.
 */
export async function openOutputFolder(
  path: string,
  options: OutputFolderOptions = {},
): Promise<OutputFolder> {
  const target = resolve(path);
  await assertOutputFolder(path, options);
  const partial = join(
    options.aside ?? dirname(target),
    `.${basename(target)}.${randomBytes(6).toString('hex')}.partial`,
  );
  const made = await orEnvironmentError(path, async () => makeFolder(partial));

  return {
    gathering: partial,
    write: (file) =>
      orEnvironmentError(path, async () => {
        const destination = join(partial, file.path);
        makeFolder(dirname(destination));
        await writeFile(destination, file.bytes);
      }),
    commit: () => orEnvironmentError(path, () => putInPlace(partial, target)),
    discard: async () => {
      await rm(partial, { recursive: true, force: true });
      await removeEmptyFolders(dirname(partial), made ?? partial);
    },
  };
}

/** Times that another process may get in between: a killed run's last worker may still be writing the same folder. */
const MAX_TRIES = 3;

async function putInPlace(partial: string, target: string): Promise<void> {
  const old = `${partial}.old`;
  makeFolder(dirname(target));
  for (let tries = 1; ; tries++) {
    if (existsSync(target)) await rename(target, old).catch(unlessCode('ENOENT'));
    try {
      await rename(partial, target);
      break;
    } catch (error) {
      if (tries === MAX_TRIES) throw error;
      unlessCode('ENOTEMPTY', 'EEXIST')(error as NodeJS.ErrnoException);
    }
    await rm(old, { recursive: true, force: true });
  }
  await rm(old, { recursive: true, force: true });
}

const unlessCode =
  (...codes: readonly string[]) =>
  (error: NodeJS.ErrnoException): void => {
    if (!codes.includes(error.code ?? '')) throw error;
  };

/** Removes `folder` and those above it, up to `highest`, that are empty. */
async function removeEmptyFolders(folder: string, highest: string): Promise<void> {
  for (let at = folder; at.startsWith(highest); at = dirname(at)) {
    const isRemoved = await rmdir(at).then(
      () => true,
      () => false,
    );
    if (!isRemoved) return;
  }
}

/** Runs `body` on an output folder that is committed if it returns and discarded if it throws. */
export async function withOutputFolder<T>(
  path: string,
  options: OutputFolderOptions,
  body: (folder: OutputFolder) => Promise<T>,
): Promise<T> {
  const folder = await openOutputFolder(path, options);
  try {
    const result = await body(folder);
    await folder.commit();
    return result;
  } catch (error) {
    await folder.discard();
    throw error;
  }
}

/** What every output folder of rhomap holds. */
const RECORD = 'summary.json';

/**
 * What an output folder holds; nothing where it is not there.
 * @param shown the folder as the user named it.
 * @throws OptionError `output/not-a-folder`; EnvironmentError where it cannot be read.
 */
export function entriesOf(path: string, shown: string): Promise<string[]> {
  return readdir(path).catch((error: NodeJS.ErrnoException): string[] => {
    if (error.code === 'ENOENT') return [];
    if (error.code === 'ENOTDIR')
      throw new OptionError(
        'output/not-a-folder',
        `${shown} is a file, or lies below one; give a folder with -o.`,
      );
    throw unwritable(shown, error);
  });
}

/**
 * Refuses a target before any work is done for it.
 * @throws OptionError `output/no-name`, `output/exists`, `output/not-a-folder`, `output/foreign`, `output/holds-input`.
 */
export async function assertOutputFolder(
  path: string,
  { force = false, inputs = [] }: OutputFolderOptions = {},
): Promise<void> {
  // An empty name is where the command runs: never what is meant, most often a variable of a script that is not set.
  if (path === '')
    throw new OptionError('output/no-name', 'The output folder has no name; give one with -o.');
  const target = resolve(path);
  const entries = await entriesOf(target, path);
  if (entries.length === 0) return;
  if (!force)
    throw new OptionError(
      'output/exists',
      `${path} exists and is not empty; choose another folder, or pass --force to replace it.`,
    );
  if (!entries.includes(RECORD))
    throw new OptionError(
      'output/foreign',
      `${path} was not made by rhomap (it holds no ${RECORD}), so --force does not replace it; choose another folder.`,
    );
  const input = inputs.find((name) => resolve(name).startsWith(target + sep));
  if (input !== undefined)
    throw new OptionError(
      'output/holds-input',
      `${input} lies in the folder that --force would replace; choose another folder with -o, or move the file.`,
    );
}
