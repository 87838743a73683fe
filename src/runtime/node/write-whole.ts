/** Files on disk that are whole or not there, whatever the disk does. */
import { appendFile, rename, rm, stat, truncate, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { makeFolder } from './make-folder.ts';

/** Writes a file aside and moves it into place: readers and a stopped run never see a part of it. */
export async function writeWhole(path: string, bytes: Uint8Array): Promise<void> {
  makeFolder(dirname(path));
  const aside = `${path}.partial`;
  try {
    await writeFile(aside, bytes, { flush: true });
    await rename(aside, path);
  } catch (error) {
    await rm(aside, { force: true });
    throw error;
  }
}

/** Adds text to a file, all of it or nothing. */
export async function appendWhole(path: string, text: string): Promise<void> {
  makeFolder(dirname(path));
  const size = await stat(path).then(
    (found) => found.size,
    () => 0,
  );
  try {
    await appendFile(path, text);
  } catch (error) {
    await (size > 0 ? truncate(path, size) : rm(path, { force: true })).catch(() => {});
    throw error;
  }
}
