/** `rhomap cohort report`: the records of mapped subjects in; one page, a table and figures out. */
import { DataError } from '../core/errors.ts';
import { type FileStore, readJson } from '../core/file-store.ts';
import type { Summary } from '../core/summary.ts';
import { VERSION } from '../core/version.ts';
import { createWarningSink } from '../core/warnings.ts';
import { readNifti } from '../io/nifti/read.ts';
import { cohortPage } from '../report/cohort/cohort-page.ts';
import { flagRows } from '../report/cohort/flags.ts';
import { groupFigure } from '../report/cohort/group-figure.ts';
import type { CohortFacts } from '../report/cohort/methods-text.ts';
import { tableParquet } from '../report/cohort/parquet.ts';
import { parseTable, type TextTable } from '../report/cohort/parse-table.ts';
import { rowsOf, type SubjectRow } from '../report/cohort/subject-row.ts';
import { subjectTable } from '../report/cohort/subject-table.ts';
import { type Thumbnail, thumbnail } from '../report/cohort/thumbnail.ts';
import type { Figure } from '../report/experiment/figure.ts';
import { type ReportTable, tableCsv } from '../report/experiment/report-table.ts';

export interface CohortReportPorts {
  /** The cohort's folder. */
  readonly store: FileStore;
  readonly title: string;
  /** Subjects that have a folder there. */
  readonly ids: readonly string[];
  /** Who they are: a column with their ids (`id` or `participant_id`) and others, which are groups. */
  readonly participants?: TextTable | undefined;
  /** PNG of a figure. */
  readonly rasterise: (svg: string) => Uint8Array;
  readonly onProgress: (nDone: number) => void;
}

export interface WrittenCohortReport {
  readonly page: string;
  readonly pageBytes: number;
  readonly nSubjects: number;
  readonly nFlagged: number;
  readonly nFailed: number;
}

/** Subjects with a picture: enough to look through, and the page stays small. */
const MOST_PICTURES = 240;
const MOST_FIGURES = 4;
/** Groups beyond this many are names rather than groups. */
const MOST_LEVELS = 12;
/** Columns that groups are most often compared by. */
const USUAL_GROUPS = ['stage', 'site', 'scanner', 'sex'];
const RANGE_MS = [25, 65] as const;

/** @throws DataError `cohort/no-results` for a folder without mapped subjects. */
export async function writeCohortReport(ports: CohortReportPorts): Promise<WrittenCohortReport> {
  const { store, title, rasterise } = ports;
  const { rows: found, facts } = await readSubjects(ports);
  const rows = flagRows(found);
  const failures = await readFailures(store);
  const groups = groupColumns(ports.participants, found);
  const table = subjectTable(
    rows,
    ports.participants?.columns.filter((name) => !ID_COLUMNS.includes(name)) ?? [],
  );
  const figures: Figure[] = [];
  for (const group of groups.length > 0 ? groups : [undefined])
    if (found.some(({ region }) => region !== undefined))
      figures.push(await groupFigure(found, group, figures.length + 1));
  const worst = [...new Set(rows.map(({ id }) => id))].slice(0, MOST_PICTURES);
  const page = cohortPage({
    ...{ title, rows, groups, figures, failures, range: RANGE_MS },
    facts: { ...facts, nFailed: failures.rows.length },
    thumbnails: await readThumbnails(store, worst),
  });
  const write = (path: string, words: string): Promise<void> =>
    store.write(path, new TextEncoder().encode(words));
  await write('report/subjects.csv', tableCsv(table));
  await store.write('report/subjects.parquet', tableParquet(table));
  for (const { name, svg } of figures) {
    await write(`report/${name}.svg`, svg);
    await store.write(`report/${name}.png`, rasterise(svg));
  }
  await write('report.html', page);
  return {
    ...{ page: 'report.html', pageBytes: new TextEncoder().encode(page).length, nSubjects: facts.nSubjects },
    ...{ nFlagged: rows.filter(({ flags }) => flags.length > 0).length, nFailed: failures.rows.length },
  };
}

const ID_COLUMNS = ['id', 'participant_id', 'input', 'roi'];

async function readSubjects({
  store,
  ids,
  participants,
  onProgress,
}: CohortReportPorts): Promise<{ rows: SubjectRow[]; facts: Omit<CohortFacts, 'nFailed'> }> {
  const people = new Map(
    participants?.rows.map(({ id, participant_id, input: _, roi: __, ...groups }) => [
      id ?? participant_id!,
      groups,
    ]),
  );
  const rows: SubjectRow[] = [];
  let first: Summary | undefined;
  let nSubjects = 0;
  for (const [i, id] of ids.entries()) {
    const summary = await readJson<Summary>(store, `subjects/${id}/summary.json`);
    onProgress(i + 1);
    if (summary?.command !== 'map') continue;
    first ??= summary;
    nSubjects++;
    // A session belongs to its participant.
    rows.push(...rowsOf(id, summary, people.get(id) ?? people.get(id.replace(/_ses-.*$/, '')) ?? {}));
  }
  if (!first)
    throw new DataError(
      'cohort/no-results',
      'There is no mapped subject in the folder; give the output folder of rhomap cohort map.',
    );
  return { rows, facts: { nSubjects, ...factsOf(first) } };
}

interface MapResults {
  readonly model: NonNullable<CohortFacts['model']>;
  readonly calibration?: { readonly nPatients: number };
  readonly refinement?: { readonly thresholdMs?: number } | null;
}

function factsOf({ rhomap, options, results }: Summary): Omit<CohortFacts, 'nFailed' | 'nSubjects'> {
  const { model, calibration, refinement } = results as unknown as MapResults;
  const usedTslMs = options['mapFromMs'] as readonly number[] | undefined;
  return {
    ...{ rhomap: rhomap ?? VERSION, model, ...(usedTslMs && { usedTslMs }) },
    ...(calibration && { nCalibrationPatients: calibration.nPatients }),
    ...(refinement?.thresholdMs !== undefined && { thresholdMs: refinement.thresholdMs }),
  };
}

async function readFailures(store: FileStore): Promise<ReportTable> {
  const bytes = await store.read('failures.csv');
  const { rows } = parseTable(new TextDecoder().decode(bytes ?? new Uint8Array()), ',');
  return {
    ...{ name: 'failures', title: 'Subjects without a result' },
    columns: [
      { key: 'id', title: 'Subject', kind: 'text' },
      { key: 'code', title: 'Code', kind: 'text' },
      { key: 'reason', title: 'Reason', kind: 'text' },
    ],
    rows: rows.map(({ id = '', code = '', reason = '' }) => [id, code, reason]),
  };
}

/** Columns with a few different values, the usual ones first. */
function groupColumns(participants: TextTable | undefined, rows: readonly SubjectRow[]): string[] {
  const isGroup = (name: string): boolean => {
    const levels = new Set(rows.map(({ groups }) => groups[name] ?? ''));
    return levels.size > 1 && levels.size <= MOST_LEVELS;
  };
  const rank = (name: string): number => {
    const at = USUAL_GROUPS.indexOf(name.toLowerCase());
    return at < 0 ? USUAL_GROUPS.length : at;
  };
  return (participants?.columns ?? [])
    .filter((name) => !ID_COLUMNS.includes(name) && isGroup(name))
    .sort((a, b) => rank(a) - rank(b))
    .slice(0, MOST_FIGURES);
}

async function readThumbnails(store: FileStore, ids: readonly string[]): Promise<Map<string, Thumbnail>> {
  const pictures = new Map<string, Thumbnail>();
  const warnings = createWarningSink();
  for (const id of ids) {
    const image = async (name: string) => {
      const path = `subjects/${id}/${name}.nii.gz`;
      const bytes = await store.read(path);
      return bytes && readNifti(bytes, path, warnings);
    };
    const [map, status, region] = [
      await image('T1rho_ms'),
      await image('status'),
      await image('roi_removed'),
    ];
    if (!map || !status) continue;
    const parametric = {
      ...{ grid: map.grid, name: 'T1rho', unit: 'ms' },
      ...{ values: Float32Array.from(map.values), status: Uint8Array.from(status.values) },
    };
    pictures.set(id, thumbnail(parametric, region?.values, RANGE_MS));
  }
  return pictures;
}
