import { mkdirSync, statSync } from 'node:fs';
import { dirname } from 'node:path';

/**
 * Makes a folder and those above it that are missing, level by level. Node's own recursive `mkdir` never returns where
 * the system makes no folders and says of each that its parent is missing (`/proc`); here the second refusal is the end.
 *
 * @param mode permissions of each folder that is made; the system's default where absent.
 * @returns the highest folder that was made; `undefined` if all were there.
 * @throws the system's error, for `orEnvironmentError` to put into words.
 */
export function makeFolder(path: string, mode?: number): string | undefined {
  try {
    return makeOne(path, mode);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT' || dirname(path) === path) throw error;
  }
  const highest = makeFolder(dirname(path), mode);
  const own = makeOne(path, mode);
  return highest ?? own;
}

/** Another process may make the same folder at the same time: what is there is there. */
function makeOne(path: string, mode: number | undefined): string | undefined {
  try {
    mkdirSync(path, mode);
    return path;
  } catch (error) {
    if (statSync(path, { throwIfNoEntry: false })?.isDirectory()) return undefined;
    throw error;
  }
}
