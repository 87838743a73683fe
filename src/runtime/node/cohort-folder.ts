/**
 * A folder in which a cohort grows patient by patient, and goes on where it was stopped. A patient's files are
 * gathered aside and moved into place part by part, its images last: a patient with images is whole. What defines the
 * cohort is kept in `simulation.json`; a folder that holds another cohort is refused.
 */
import { existsSync } from 'node:fs';
import { readFile, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { OptionError } from '../../core/errors.ts';
import type { OutputFile } from '../../core/summary.ts';
import type { PatientOutput, SliceRecord } from '../../pipeline/make-patient.ts';
import { slicesPath } from '../../pipeline/virtual-files.ts';
import { makeFolder } from './make-folder.ts';
import { entriesOf } from './output-folder.ts';
import { orEnvironmentError } from './unwritable.ts';
import { writeWhole } from './write-whole.ts';

export interface CohortFolder {
  /** Slices of a patient that is there, whole. */
  find(id: string): Promise<readonly SliceRecord[] | undefined>;
  store(patient: PatientOutput): Promise<void>;
  /** Writes files of the cohort itself, while no patient is being stored. */
  write(files: readonly OutputFile[]): Promise<void>;
}

const IDENTITY = 'simulation.json';
const PARTIAL = '.partial';

/**
 * Opens or continues a cohort. `identity` is everything that defines it.
 * @throws OptionError if the folder holds something else; EnvironmentError if it cannot be written.
 */
export async function openCohortFolder(path: string, identity: OutputFile): Promise<CohortFolder> {
  const root = resolve(path);
  await assertOurs(root, path, identity);
  const write = async (files: readonly OutputFile[]): Promise<void> => {
    await orEnvironmentError(path, async () => {
      for (const file of files) await writeWhole(join(root, file.path), file.bytes);
      // No patient is being stored then: what is left here is of a run that was stopped.
      await rm(join(root, PARTIAL), { recursive: true, force: true });
    });
  };
  await write([identity]);

  return {
    write,
    find: async (id) => {
      if (!existsSync(join(root, id))) return undefined;
      const text = await readFile(join(root, slicesPath(id)), 'utf8').catch(unlessMissing);
      return text === undefined ? undefined : (JSON.parse(text) as SliceRecord[]);
    },
    store: (patient) => orEnvironmentError(path, () => storePatient(root, patient)),
  };
}

async function storePatient(root: string, { id, files }: PatientOutput): Promise<void> {
  const aside = join(root, PARTIAL, id);
  try {
    await writeFiles(aside, files);
    const parts = [...new Set(files.map((file) => file.path.slice(0, file.path.indexOf(id) + id.length)))];
    // The images' own folder comes last: `parts` sorted by depth, deepest first.
    parts.sort((a, b) => b.split('/').length - a.split('/').length || a.localeCompare(b));
    for (const part of parts) {
      const target = join(root, part);
      await rm(target, { recursive: true, force: true });
      makeFolder(dirname(target));
      await rename(join(aside, part), target);
    }
  } finally {
    await rm(aside, { recursive: true, force: true });
  }
}

async function writeFiles(root: string, files: readonly OutputFile[]): Promise<void> {
  for (const file of files) {
    const target = join(root, file.path);
    makeFolder(dirname(target));
    await writeFile(target, file.bytes);
  }
}

async function assertOurs(root: string, shown: string, identity: OutputFile): Promise<void> {
  const entries = await entriesOf(root, shown);
  if (entries.length === 0) return;
  const kept = await readFile(join(root, IDENTITY), 'utf8').catch(() => undefined);
  if (kept === undefined)
    throw new OptionError(
      'output/exists',
      `${shown} exists and holds no cohort; choose another folder with -o.`,
    );
  if (kept !== new TextDecoder().decode(identity.bytes))
    throw new OptionError(
      'output/other-cohort',
      `${shown} holds a cohort with other options (see its ${IDENTITY}); choose another folder with -o, or the same options to go on.`,
    );
}

/** A patient whose truth was deleted is made again. */
function unlessMissing(error: NodeJS.ErrnoException): undefined {
  if (error.code !== 'ENOENT') throw error;
}
