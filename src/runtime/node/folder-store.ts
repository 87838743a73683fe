import { appendFile, mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { EnvironmentError } from '../../core/errors.ts';
import type { FileStore } from '../../core/file-store.ts';

/**
 * A folder on disk as a store.
 * @throws EnvironmentError `store/unwritable` from `write` and `appendLine`, in words for the user.
 */
export function folderStore(folder: string): FileStore {
  const orExplain = async (path: string, body: () => Promise<unknown>): Promise<void> => {
    try {
      await mkdir(dirname(join(folder, path)), { recursive: true });
      await body();
    } catch (cause) {
      throw new EnvironmentError(
        'store/unwritable',
        `Cannot write ${join(folder, path)}: ${(cause as Error).message}.`,
        { cause },
      );
    }
  };
  return {
    read: async (path) => {
      try {
        return new Uint8Array(await readFile(join(folder, path)));
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
        throw error;
      }
    },
    write: (path, bytes) =>
      orExplain(path, async () => {
        const aside = join(folder, `${path}.partial`);
        await writeFile(aside, bytes, { flush: true });
        await rename(aside, join(folder, path));
      }),
    appendLine: (path, line) => orExplain(path, () => appendFile(join(folder, path), `${line}\n`)),
    remove: (path) => rm(join(folder, path), { recursive: true, force: true }),
  };
}
