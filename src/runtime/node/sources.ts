import { createHash } from 'node:crypto';
import { glob, readFile, stat } from 'node:fs/promises';
import { join, relative, resolve } from 'node:path';
import { DataError, EnvironmentError, OptionError } from '../../core/errors.ts';
import type { FileSource } from '../../core/source.ts';
import type { InputRecord } from '../../core/summary.ts';
import { isNiftiName, sidecarName } from '../../io/nifti/names.ts';

/**
 * All files under the given files and folders, each once, in a stable order (folders are searched to any depth; hidden
 * entries are left out).
 * @throws OptionError if a path does not exist; DataError if there is no file at all.
 */
export async function findSources(paths: readonly string[]): Promise<FileSource[]> {
  const sources: FileSource[] = [];
  for (const path of paths) {
    const info = await stat(path).catch((error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT' || error.code === 'ENOTDIR')
        throw new OptionError('input/not-found', `${path} does not exist; give a file or a folder.`);
      throw unreadable(path, error);
    });
    if (info.isDirectory()) sources.push(...(await filesUnder(path)));
    else sources.push(fileSource(path, info.size), ...(await sidecarOf(path)));
  }
  if (sources.length === 0)
    throw new DataError(
      'input/empty',
      `There is no file in ${paths.join(', ')}; give a folder with DICOM or NIfTI images.`,
    );
  return [...new Map(sources.map((source) => [resolve(source.name), source])).values()];
}

async function filesUnder(folder: string): Promise<FileSource[]> {
  const names: string[] = [];
  for await (const entry of glob('**/*', { cwd: folder, withFileTypes: true }))
    if (entry.isFile() && !entry.name.startsWith('.'))
      names.push(join(folder, relative(resolve(folder), join(entry.parentPath, entry.name))));
  names.sort(BY_NAME.compare);
  return Promise.all(names.map(async (name) => fileSource(name, (await stat(name)).size)));
}

/** Numbers in names count as numbers: `tsl5` comes before `tsl10`, as a person would list them. */
const BY_NAME = new Intl.Collator('en', { numeric: true });

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
      return new Uint8Array(await readFile(name));
    } catch (error) {
      throw unreadable(name, error as NodeJS.ErrnoException);
    }
  },
});

function unreadable(path: string, error: NodeJS.ErrnoException): EnvironmentError {
  const reason = error.code === 'EACCES' ? 'no permission' : error.message;
  return new EnvironmentError('input/unreadable', `Cannot read ${path}: ${reason}.`, { cause: error });
}

/** Name, size and SHA-256 of an input, for the output's record. */
export async function inputRecord(source: FileSource): Promise<InputRecord> {
  const sha256 = createHash('sha256')
    .update(await source.read())
    .digest('hex');
  return { name: source.name, bytes: source.bytes, sha256 };
}
