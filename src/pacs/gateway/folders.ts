/**
 * Where images are on their way through a gateway. They move from folder to folder by renaming, so that a kill at any
 * moment leaves each in one place:
 *
 *     incoming/          being received; emptied at a start
 *     groups/UID--RULE/  a series (or study) that is being collected
 *     ready/JOB/         complete, to be mapped
 *     results/JOB/       mapped, to be sent
 *     parked/CODE/       what cannot be mapped, each with its reason
 *     seen/UID           series that were copied from a watched server
 */
import { createHash } from 'node:crypto';
import { readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { makeFolder } from '../../runtime/node/make-folder.ts';
import { writeWhole } from '../../runtime/node/write-whole.ts';
import type { JobData, Reason } from './queue.ts';

export interface Folders {
  readonly incoming: string;
  readonly groups: string;
  readonly ready: string;
  readonly results: string;
  readonly parked: string;
  readonly seen: string;
}

/** @param isOwner nobody else is receiving: what was being received is gone for good. */
export async function openFolders(root: string, isOwner: boolean): Promise<Folders> {
  const at = (name: string): string => join(root, name);
  if (isOwner) await rm(at('incoming'), { recursive: true, force: true });
  const folders: Folders = {
    ...{ incoming: at('incoming'), groups: at('groups'), ready: at('ready') },
    ...{ results: at('results'), parked: at('parked'), seen: at('seen') },
  };
  for (const folder of Object.values(folders)) makeFolder(folder, 0o700);
  return folders;
}

/** Hidden, so that it is no image: what a group is. */
const RECORD = '.group.json';

export const writeRecord = (folder: string, record: JobData): Promise<void> =>
  writeWhole(join(folder, RECORD), Buffer.from(JSON.stringify(record)));

/** Absent where a kill came between. */
export async function readRecord(folder: string): Promise<JobData | undefined> {
  try {
    return JSON.parse(await readFile(join(folder, RECORD), 'utf8')) as JobData;
  } catch {
    return undefined;
  }
}

const isImage = (name: string): boolean => name.endsWith('.dcm');

export const imagesIn = async (folder: string): Promise<string[]> =>
  (await readdir(folder)).filter(isImage).sort();

/** What is parked, for people: the reason, not the image. */
export interface Parked extends Reason {
  readonly name: string;
  readonly at: string;
}

/** Puts a file or a folder away with its reason; the same bytes again are the same entry. */
export async function park(folders: Folders, path: string, reason: Reason): Promise<void> {
  const folder = join(folders.parked, reason.code.replace(/[^a-z0-9]+/g, '-'));
  makeFolder(folder, 0o700);
  const isFolder = (await stat(path)).isDirectory();
  const hash = createHash('sha256').update(isFolder ? `${path}/${Date.now()}` : await readFile(path));
  const name = hash.digest('hex').slice(0, 32);
  const record: Omit<Parked, 'name'> = { ...reason, at: new Date().toISOString() };
  await rename(path, join(folder, isFolder ? name : `${name}.dcm`));
  await writeFile(join(folder, `${name}.json`), `${JSON.stringify(record)}\n`);
}

export async function listParked({ parked }: Folders): Promise<Parked[]> {
  const found: Parked[] = [];
  for (const code of (await readdir(parked)).sort())
    for (const entry of (await readdir(join(parked, code))).filter((name) => name.endsWith('.json')).sort()) {
      const record = JSON.parse(await readFile(join(parked, code, entry), 'utf8')) as Omit<Parked, 'name'>;
      found.push({ name: join(code, entry.replace(/\.json$/, '')), ...record });
    }
  return found;
}

/** Removes what was parked longer ago. */
export async function forgetParked(folders: Folders, days: number, now: number = Date.now()): Promise<void> {
  for (const { name, at } of await listParked(folders)) {
    if (now - Date.parse(at) < days * 86_400_000) continue;
    for (const ending of ['', '.dcm', '.json'])
      await rm(join(folders.parked, name + ending), { recursive: true, force: true });
  }
}
