import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { basename, extname, join, resolve } from 'node:path';
import { DataError, OptionError } from '../../core/errors.ts';
import { readJob } from '../../jobs/job-folder.ts';
import type { MapDefinition } from '../../jobs/map/definition.ts';
import { parseTable, type TextTable } from '../../report/cohort/parse-table.ts';
import { folderStore } from '../../runtime/node/folder-store.ts';
import { type CommandDefinition, command } from '../command.ts';

export const cohortReportCommand: CommandDefinition = {
  declare: () =>
    command(
      'cohort report',
      'A page on a mapped cohort: groups, outliers, pictures, methods; and its table.',
      ['rhomap cohort report mapped', 'rhomap cohort report mapped --participants participants.csv'],
    )
      .argument('<dir>', 'output folder of rhomap cohort map')
      .option(
        '--participants <file>',
        'table (.csv, .tsv) with the ids and groups of the subjects: stage, site, scanner, … (default: of the data set or list)',
      ),
  run: async ([folder], rawFlags, { terminal }) => {
    const subjects = join(folder!, 'subjects');
    if (!existsSync(subjects))
      throw new DataError(
        'cohort/no-results',
        `${folder} holds no mapped subjects; give the output folder of rhomap cohort map.`,
      );
    const { participants } = rawFlags as { readonly participants?: string };
    const ids = readdirSync(subjects)
      .filter((name) => !name.startsWith('.'))
      .sort();
    // Vega is large: other commands start without it.
    const [{ writeCohortReport }, { rasterise }] = await Promise.all([
      import('../../pipeline/cohort-report.ts'),
      import('../../runtime/node/rasterise.ts'),
    ]);
    const progress = terminal.progress('reading', ids.length);
    const written = await writeCohortReport({
      ...{ store: folderStore(folder!), title: basename(resolve(folder!)), ids, rasterise },
      participants: participants === undefined ? usualTable(folder!) : readTable(participants),
      onProgress: (n) => progress.advance(n),
    });
    progress.end();
    const { page, nSubjects, nFlagged, nFailed } = written;
    terminal.result(
      `${join(folder!, page)}: ${nSubjects} subjects, ${nFlagged} to look at, ${nFailed} without a result; the table is in ${join(folder!, 'report')}`,
    );
    terminal.json(written);
  },
};

/** What the data set or the list that was mapped tells of its subjects. */
function usualTable(folder: string): TextTable | undefined {
  const { input } = (readJob(folder)?.definition ?? {}) as Partial<MapDefinition>;
  if (input === undefined) return undefined;
  const path = isTable(input) ? input : join(input, 'participants.tsv');
  return existsSync(path) ? readTable(path) : undefined;
}

const isTable = (path: string): boolean => ['.csv', '.tsv'].includes(extname(path).toLowerCase());

/** @throws OptionError `cohort/participants`. */
function readTable(path: string): TextTable {
  try {
    const table = parseTable(readFileSync(path, 'utf8'), path.toLowerCase().endsWith('.tsv') ? '\t' : ',');
    if (table.columns.some((name) => name === 'id' || name === 'participant_id')) return table;
  } catch {
    // Told below.
  }
  throw new OptionError(
    'cohort/participants',
    `${path} is no table of participants: give a .csv or .tsv file with a column id or participant_id.`,
  );
}
