import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, readdir, rename, rm, writeFile } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { EnvironmentError, OptionError } from '../../core/errors.ts';
import type { OutputFile } from '../../core/summary.ts';

/** Where a command writes: files gather beside the target and appear there all at once, or not at all. */
export interface OutputFolder {
  write(file: OutputFile): Promise<void>;
  /** Puts the folder in place. */
  commit(): Promise<void>;
  /** Removes what was written. */
  discard(): Promise<void>;
}

/**
 * Opens an output folder. An existing, non-empty target is refused unless `force`, which replaces it whole at
 * `commit`.
 * @throws OptionError if the target exists; EnvironmentError if it cannot be written.
 */
export async function openOutputFolder(path: string, options: { force: boolean }): Promise<OutputFolder> {
  const target = resolve(path);
  await refuseExisting(target, path, options.force);
  const partial = join(dirname(target), `.${basename(target)}.${randomBytes(6).toString('hex')}.partial`);
  await orEnvironmentError(path, () => mkdir(partial, { recursive: true }));

  return {
    write: (file) =>
      orEnvironmentError(path, async () => {
        const destination = join(partial, file.path);
        await mkdir(dirname(destination), { recursive: true });
        await writeFile(destination, file.bytes);
      }),
    commit: () =>
      orEnvironmentError(path, async () => {
        const old = `${partial}.old`;
        const replaces = existsSync(target);
        if (replaces) await rename(target, old);
        await rename(partial, target);
        if (replaces) await rm(old, { recursive: true, force: true });
      }),
    discard: () => rm(partial, { recursive: true, force: true }),
  };
}

/** Runs `body` on an output folder that is committed if it returns and discarded if it throws. */
export async function withOutputFolder<T>(
  path: string,
  options: { force: boolean },
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

async function refuseExisting(target: string, shown: string, force: boolean): Promise<void> {
  const entries = await readdir(target).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return [];
    if (error.code === 'ENOTDIR')
      throw new OptionError('output/not-a-folder', `${shown} is a file; give a folder with -o.`);
    throw unwritable(shown, error);
  });
  if (entries.length > 0 && !force)
    throw new OptionError(
      'output/exists',
      `${shown} exists and is not empty; choose another folder, or pass --force to replace it.`,
    );
}

async function orEnvironmentError<T>(path: string, body: () => Promise<T>): Promise<T> {
  try {
    return await body();
  } catch (error) {
    throw unwritable(path, error as NodeJS.ErrnoException);
  }
}

const REASONS: Readonly<Record<string, string>> = {
  EACCES: 'no permission to write there',
  EPERM: 'no permission to write there',
  EROFS: 'the disk is read-only',
  ENOSPC: 'the disk is full',
  EDQUOT: 'the disk quota is used up',
};

function unwritable(path: string, error: NodeJS.ErrnoException): EnvironmentError {
  const reason = REASONS[error.code ?? ''] ?? error.message;
  return new EnvironmentError('output/unwritable', `Cannot write ${path}: ${reason}.`, { cause: error });
}
