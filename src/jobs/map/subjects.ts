/**
 * The subjects of a cohort, one after the other: of a BIDS data set (`sub-…/[ses-…/]anat/*_spinlock.nii.gz`), of a tree
 * with a folder or file per subject, or of a list (CSV or TSV with the columns `id`, `input`, and maybe `roi`). Only
 * names, sizes and times are looked at: a hundred thousand subjects take seconds.
 */
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { dirname, extname, join, relative } from 'node:path';
import { DataError, OptionError } from '../../core/errors.ts';
import { isNiftiName, sidecarName } from '../../io/nifti/names.ts';
import { roiPath } from '../../pipeline/bids.ts';
import { parseTable } from '../../report/cohort/parse-table.ts';
import type { Planned } from '../task.ts';
import type { MapDefinition, SubjectPayload } from './definition.ts';

/** A subject as it was found. */
interface Subject extends SubjectPayload {
  readonly id: string;
}

interface Refused {
  readonly id: string;
  readonly input: string;
  readonly code: string;
  readonly reason: string;
}

/**
 * @throws OptionError for an input that does not exist or is no list; DataError `cohort/no-subjects`.
 */
export function* planSubjects(definition: MapDefinition): Generator<Planned> {
  const options = createHash('sha256').update(JSON.stringify({ ...definition, input: null }));
  const base = options.digest('hex').slice(0, 16);
  let n = 0;
  for (const found of findSubjects(definition)) {
    n++;
    if ('code' in found) yield { kind: 'refused', failure: found };
    else yield planned(found, definition, base);
  }
  if (n === 0)
    throw new DataError(
      'cohort/no-subjects',
      `${definition.input} holds no subject: give a BIDS data set, a folder with one folder or NIfTI file per subject, or a list.`,
    );
}

function planned({ id, inputs, roi }: Subject, { input }: MapDefinition, base: string): Planned {
  const files = [...inputs, ...inputs.filter(isNiftiName).map(sidecarName), ...(roi ? [roi] : [])];
  const stamp = createHash('sha256').update(base);
  for (const file of files) {
    const seen = statSync(file, { throwIfNoEntry: false });
    if (!seen && inputs.includes(file))
      return refused(id, file, 'input/not-found', `${file} does not exist; give a file or a folder.`);
    if (seen) stamp.update(`\n${relative(input, file)} ${seen.isFile() ? seen.size : ''} ${seen.mtimeMs}`);
  }
  const payload: SubjectPayload = { inputs, ...(roi !== undefined && { roi }) };
  const task = { id, needs: [], input: inputs.join('; '), payload };
  return { kind: 'task', task: { ...task, stamp: stamp.digest('hex').slice(0, 24) } };
}

const refused = (id: string, input: string, code: string, reason: string): Planned => ({
  kind: 'refused',
  failure: { id, input, code, reason },
});

function* findSubjects(definition: MapDefinition): Generator<Subject | Refused> {
  const { input } = definition;
  const info = statSync(input, { throwIfNoEntry: false });
  if (!info)
    throw new OptionError('input/not-found', `${input || "''"} does not exist; give a folder or a list.`);
  if (!info.isDirectory()) {
    yield* listed(definition);
    return;
  }
  const names = readdirSync(input).sort();
  if (names.some((name) => BIDS_SUBJECT.test(name))) yield* bidsSubjects(definition, names);
  else yield* treeSubjects(definition, input, [], definition.depth);
}

const BIDS_SUBJECT = /^sub-[A-Za-z0-9]+$/;

function* bidsSubjects(definition: MapDefinition, names: readonly string[]): Generator<Subject | Refused> {
  for (const name of names) {
    if (!BIDS_SUBJECT.test(name)) continue;
    const folder = join(definition.input, name);
    const entries = namesIn(folder);
    if (typeof entries === 'string') yield unreadable(name, folder, entries);
    else {
      const sessions = entries.filter((entry) => /^ses-[A-Za-z0-9]+$/.test(entry));
      if (sessions.length === 0) yield bidsSubject(definition, name, [name]);
      for (const session of sessions) yield bidsSubject(definition, `${name}_${session}`, [name, session]);
    }
  }
}

function bidsSubject(definition: MapDefinition, id: string, path: readonly string[]): Subject | Refused {
  const folder = join(definition.input, ...path, 'anat');
  const entries = namesIn(folder);
  const images =
    typeof entries === 'string' ? [] : entries.filter((name) => /_spinlock\.nii(\.gz)?$/.test(name));
  if (typeof entries === 'string' && entries !== 'ENOENT') return unreadable(id, folder, entries);
  if (images.length === 0)
    return {
      ...{ id, input: folder, code: 'cohort/no-images' },
      reason: `${folder} holds no image whose name ends in _spinlock.nii.gz.`,
    };
  if (images.length > 1)
    return {
      ...{ id, input: folder, code: 'cohort/several-images' },
      reason: `${folder} holds ${images.length} spin-lock images (${images.join(', ')}); name one per subject in a list.`,
    };
  return withRoi(definition, { id, inputs: [join(folder, images[0]!)] }, roiPath(id));
}

/** Folders and NIfTI files at a depth; ids are the names on the way, joined by `_`. */
function* treeSubjects(
  definition: MapDefinition,
  folder: string,
  path: readonly string[],
  depth: number,
): Generator<Subject | Refused> {
  const entries = namesIn(folder);
  if (typeof entries === 'string') {
    yield unreadable(path.join('_') || folder, folder, entries);
    return;
  }
  for (const name of entries.filter((entry) => !entry.startsWith('.'))) {
    const here = join(folder, name);
    const isFolder = statSync(here, { throwIfNoEntry: false })?.isDirectory() ?? false;
    if (isFolder && depth > 1) yield* treeSubjects(definition, here, [...path, name], depth - 1);
    else if (isFolder || isNiftiName(name)) {
      const id = [...path, name.replace(/\.nii(\.gz)?$/, '')].join('_');
      yield withRoi(definition, { id, inputs: [here] });
    }
  }
}

/** @throws OptionError `cohort/list` for a file that is no list. */
function* listed(definition: MapDefinition): Generator<Subject | Refused> {
  const { input } = definition;
  const here = dirname(input);
  const separator = { '.csv': ',', '.tsv': '\t' }[extname(input).toLowerCase()];
  const table = separator === undefined ? undefined : parseTable(readFileSync(input, 'utf8'), separator);
  if (!table?.columns.includes('id') || !table.columns.includes('input'))
    throw new OptionError(
      'cohort/list',
      `${input} is no list: give a .csv or .tsv file with the columns id and input.`,
    );
  for (const { id = '', input: paths = '', roi } of table.rows) {
    const inputs = paths.split(';').map((path) => join(here, path.trim()));
    if (!/^[^./\\][^/\\]*$/.test(id) || paths.trim() === '')
      yield {
        ...{ id: id || '(none)', input: paths, code: 'cohort/row' },
        reason: 'a row needs an id that can name a folder, and an input.',
      };
    else yield roi ? { id, inputs, roi: join(here, roi) } : withRoi(definition, { id, inputs });
  }
}

/** With its mask, where there is one at the place that the definition, or else the data set, has for it. */
function withRoi({ input, roi }: MapDefinition, subject: Subject, usual?: string): Subject {
  const place = roi === 'none' ? undefined : (roi?.replaceAll('{id}', subject.id) ?? usual);
  if (place === undefined) return subject;
  const isList = !statSync(input).isDirectory();
  const path = join(isList ? dirname(input) : input, place);
  return statSync(path, { throwIfNoEntry: false }) ? { ...subject, roi: path } : subject;
}

/** Names in a folder in order, or why it cannot be read. */
function namesIn(folder: string): string[] | string {
  try {
    return readdirSync(folder).sort();
  } catch (error) {
    return (error as NodeJS.ErrnoException).code ?? String(error);
  }
}

const unreadable = (id: string, input: string, reason: string): Refused => ({
  ...{ id, input, code: 'input/unreadable' },
  reason: `Cannot read ${input}: ${reason === 'EACCES' ? 'no permission' : reason}.`,
});
