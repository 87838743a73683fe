import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { FileStore } from '../../core/file-store.ts';
import { unreadable } from './sources.ts';
import { orEnvironmentError } from './unwritable.ts';
import { appendWhole, writeWhole } from './write-whole.ts';

/**
 * A folder on disk as a store.
 * @throws EnvironmentError `output/unwritable` from `write` and `appendLine`, `input/unreadable` from `read`, in words
 *   for the user.
 */
export function folderStore(folder: string): FileStore {
  const full = (path: string): string => join(folder, path);
  return {
    read: async (path) => {
      try {
        return new Uint8Array(await readFile(full(path)));
      } catch (error) {
        const { code = '' } = error as NodeJS.ErrnoException;
        if (code === 'ENOENT' || code === 'ENOTDIR') return undefined;
        throw unreadable(full(path), error as NodeJS.ErrnoException);
      }
    },
    write: (path, bytes) => orEnvironmentError(full(path), () => writeWhole(full(path), bytes)),
    appendLine: (path, line) => orEnvironmentError(full(path), () => appendWhole(full(path), `${line}\n`)),
    remove: (path) => rm(full(path), { recursive: true, force: true }),
  };
}
