import { createHash } from 'node:crypto';
import { readdir, readFile, realpath, stat } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { DataError, EnvironmentError, OptionError } from '../../core/errors.ts';
import type { FileSource } from '../../core/source.ts';
import type { InputRecord } from '../../core/summary.ts';
import { isNiftiName, sidecarName } from '../../io/nifti/names.ts';

/**
 * All files under the given files and folders, each once, in the order of their names, numbers by their value. Folders
 * are searched to any depth and links are followed; hidden entries are left out.
 * @throws OptionError if a path does not exist or is neither file nor folder; DataError if there is no file at all.
 */
export async function findSources(paths: readonly string[]): Promise<FileSource[]> {
  const sources: FileSource[] = [];
  for (const path of paths) {
    const info = await stat(path).catch((error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT' || error.code === 'ENOTDIR')
        throw new OptionError('input/not-found', `${path || "''"} does not exist; give a file or a folder.`);
      throw unreadable(path, error);
    });
    if (info.isDirectory()) sources.push(...(await filesUnder(path)));
    else if (info.isFile()) sources.push(fileSource(path, info.size), ...(await sidecarOf(path)));
    else
      throw new OptionError('input/not-a-file', `${path} is neither a file nor a folder; copy it to a file.`);
  }
  if (sources.length === 0)
    throw new DataError(
      'input/empty',
      `There is no file in ${paths.join(', ')}; give a folder with DICOM or NIfTI images.`,
    );
  return [...new Map(sources.map((source) => [resolve(source.name), source])).values()];
}

/** Numbers in names count as numbers: `tsl5` comes before `tsl10`, as a person would list them. */
const BY_NAME = new Intl.Collator('en', { numeric: true });

/** @param visited folders that were searched, by their real path: links lead to each of them once at most. */
async function filesUnder(folder: string, visited: Set<string> = new Set()): Promise<FileSource[]> {
  const here = await realpath(folder);
  if (visited.has(here)) return [];
  visited.add(here);
  const entries = await readdir(folder).catch((error: NodeJS.ErrnoException) => {
    throw unreadable(folder, error);
  });
  const found: FileSource[] = [];
  for (const entry of entries.filter((name) => !name.startsWith('.')).sort(BY_NAME.compare)) {
    const path = join(folder, entry);
    // A link that leads nowhere is a file that cannot be read, and is named as such.
    const info = await stat(path).catch(() => undefined);
    if (info?.isDirectory()) found.push(...(await filesUnder(path, visited)));
    else if (!info || info.isFile()) found.push(fileSource(path, info?.size ?? 0));
  }
  return found;
}

/** The JSON file beside a NIfTI image that was named itself: it belongs to the image. */
async function sidecarOf(path: string): Promise<FileSource[]> {
  if (!isNiftiName(path)) return [];
  const sidecar = sidecarName(path);
  const info = await stat(sidecar).catch(() => undefined);
  return info?.isFile() ? [fileSource(sidecar, info.size)] : [];
}

const fileSource = (name: string, bytes: number): FileSource => ({
  name,
  bytes,
  read: async () => {
    try {
      // A view: the buffer is the file's own, and a copy would double the memory of a large one.
      const { buffer, byteOffset, length } = await readFile(name);
      return new Uint8Array(buffer, byteOffset, length);
    } catch (error) {
      throw unreadable(name, error as NodeJS.ErrnoException);
    }
  },
});

const REASONS: Readonly<Record<string, string>> = {
  EACCES: 'no permission',
  ENOENT: 'the link leads nowhere',
};

/** Why the system refused to read `path`, as the user named it. */
export function unreadable(path: string, error: NodeJS.ErrnoException): EnvironmentError {
  const reason = REASONS[error.code ?? ''] ?? error.message;
  return new EnvironmentError('input/unreadable', `Cannot read ${path}: ${reason}.`, { cause: error });
}

/** Name, size and SHA-256 of an input, for the output's record. */
export async function inputRecord(source: FileSource): Promise<InputRecord> {
  const sha256 = createHash('sha256')
    .update(await source.read())
    .digest('hex');
  return { name: source.name, bytes: source.bytes, sha256 };
}
