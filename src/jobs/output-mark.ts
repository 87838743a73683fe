/** What an output looked like when it was written, so that a later run knows whether it is still the same. */
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, type Stats, statSync } from 'node:fs';
import { join } from 'node:path';

export interface OutputMark {
  /** Of the record (`summary.json`) of a folder, or of the file. */
  readonly bytes: number;
  readonly modifiedMs: number;
  /** Over the paths and contents of everything in it. */
  readonly sha256: string;
}

const RECORD = 'summary.json';

export function markOutput(path: string): OutputMark | undefined {
  const seen = look(path);
  return seen && { ...seen, sha256: hashTree(path) };
}

/**
 * Whether an output is there and as it was marked. As in git's index, a record of the same size and time is taken to be
 * the same; `thorough` reads everything.
 */
export function isAsMarked(path: string, mark: OutputMark, thorough: boolean): boolean {
  const seen = look(path);
  if (!seen) return false;
  const looksSame = seen.bytes === mark.bytes && seen.modifiedMs === mark.modifiedMs;
  return (looksSame && !thorough) || hashTree(path) === mark.sha256;
}

function look(path: string): Omit<OutputMark, 'sha256'> | undefined {
  const found = stats(path);
  const seen = found?.isDirectory() ? stats(join(path, RECORD)) : found;
  return seen && { bytes: seen.size, modifiedMs: Math.round(seen.mtimeMs) };
}

const stats = (path: string): Stats | undefined => statSync(path, { throwIfNoEntry: false });

/** SHA-256 of a file, or over the paths and hashes of all files of a folder, in order of their paths. */
function hashTree(path: string): string {
  const hash = createHash('sha256');
  if (!statSync(path).isDirectory()) return hash.update(readFileSync(path)).digest('hex');
  const files = readdirSync(path, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(path.length + 1))
    .sort();
  for (const file of files) {
    const content = createHash('sha256').update(readFileSync(join(path, file)));
    hash.update(`${file}\0${content.digest('hex')}\n`);
  }
  return hash.digest('hex');
}
