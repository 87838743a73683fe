/**
 * One owner of a folder at a time. The lock is that of an open SQLite file: the system lets go of it when its process ends,
 * however it ends.
 */
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { EnvironmentError } from '../../core/errors.ts';
import { makeFolder } from '../../runtime/node/make-folder.ts';
import { unwritable } from '../../runtime/node/unwritable.ts';

export interface FolderLock {
  release(): void;
}

/** @throws EnvironmentError `gateway/locked`, `output/unwritable`. */
export function lockFolder(folder: string): FolderLock {
  try {
    makeFolder(folder);
  } catch (error) {
    throw unwritable(folder, error as NodeJS.ErrnoException);
  }
  const database = new DatabaseSync(join(folder, 'lock'));
  try {
    database.exec('PRAGMA locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE');
  } catch (cause) {
    database.close();
    throw new EnvironmentError(
      'gateway/locked',
      `Another gateway has ${folder}; stop it first, or give this one a folder of its own.`,
      { cause },
    );
  }
  return { release: () => database.close() };
}
