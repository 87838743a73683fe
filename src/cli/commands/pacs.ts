import { stat } from 'node:fs/promises';
import { Command } from 'commander';
import { DataError, RhomapError } from '../../core/errors.ts';
import { createSummary, jsonFile } from '../../core/summary.ts';
import { readIdentity } from '../../pacs/dicomweb/identity.ts';
import { type FoundSeries, type FoundStudy, findSeries, findStudies } from '../../pacs/dicomweb/query.ts';
import { retrieve } from '../../pacs/dicomweb/retrieve.ts';
import { type FileToStore, type StoreFailure, store } from '../../pacs/dicomweb/store.ts';
import { assertOutputFolder, withOutputFolder } from '../../runtime/node/output-folder.ts';
import { findSources } from '../../runtime/node/sources.ts';
import { addOutputFlags, type CommandDefinition, type CommandGroup, command } from '../command.ts';
import { wholeNumber } from '../flags.ts';
import { addServerFlags, dateArgument, type ServerFlags, serverOf, uidArgument } from '../pacs-flags.ts';
import { textTable } from '../table.ts';
import type { Terminal } from '../terminal.ts';

interface ListFlags extends ServerFlags {
  readonly study?: string;
  readonly patientId?: string;
  readonly patientName?: string;
  readonly date?: string;
  readonly modality?: string;
  readonly limit: number;
}

const listCommand: CommandDefinition = {
  declare: () =>
    addServerFlags(
      command('pacs list', 'Lists the studies of a PACS, or the series of one study.', [
        'rhomap pacs list --server https://pacs.example/dicom-web --date 20260101-20260131 --modality MR',
        'rhomap pacs list --study 1.2.840.1',
      ]),
    )
      .option('--study <uid>', 'list the series of this study', uidArgument)
      .option('--patient-id <id>', 'studies of this patient')
      .option('--patient-name <name>', 'studies of patients of this name, * for anything')
      .option('--date <date>', 'studies of a day or of some: 20260101-20260131', dateArgument)
      .option('--modality <code>', 'studies with images of this modality, e.g. MR')
      .option('--limit <n>', 'list at most so many studies', wholeNumber, 100),
  run: async (_, rawFlags, { terminal }) => {
    const flags = rawFlags as unknown as ListFlags;
    const server = await serverOf(flags);
    if (flags.study !== undefined) {
      const series = await findSeries(server, flags.study);
      terminal.result(seriesTable(series));
      terminal.json({ series });
      return;
    }
    const studies = await findStudies(server, flags);
    terminal.result(studyTable(studies));
    if (studies.length === flags.limit)
      terminal.warn(`there may be more than ${flags.limit} studies; raise --limit [pacs/limit]`);
    terminal.json({ studies });
  },
};

const studyTable = (studies: readonly FoundStudy[]): string =>
  studies.length === 0
    ? 'no study found'
    : textTable(
        ['study', 'date', 'patient', 'ID', 'description', 'modalities', 'series', 'instances'],
        studies.map((s) => [
          ...[s.studyInstanceUid, s.date, s.patientName, s.patientId, s.description, s.modalities],
          ...[String(s.nSeries ?? '?'), String(s.nInstances ?? '?')],
        ]),
        [6, 7],
      );

const seriesTable = (series: readonly FoundSeries[]): string =>
  series.length === 0
    ? 'no series found'
    : textTable(
        ['series', 'number', 'modality', 'description', 'protocol', 'instances'],
        series.map((s) => [
          ...[s.seriesInstanceUid, s.seriesNumber, s.modality, s.description, s.protocol],
          String(s.nInstances ?? '?'),
        ]),
        [1, 5],
      );

interface GetFlags extends ServerFlags {
  readonly output: string;
  readonly force: boolean;
  readonly study: string;
  readonly series?: string;
  readonly maxGb: number;
}

const getCommand: CommandDefinition = {
  declare: () =>
    addOutputFlags(
      addServerFlags(
        command(
          'pacs get',
          'Copies a study or a series from a PACS into a folder, the files as they are there.',
          [
            'rhomap pacs get --study 1.2.840.1 -o scan',
            'rhomap pacs get --study 1.2.840.1 --series 1.2.840.1.5 -o scan',
          ],
        ),
      ),
    )
      .requiredOption('--study <uid>', 'the study', uidArgument)
      .option('--series <uid>', 'only this series of it', uidArgument)
      .option('--max-gb <n>', 'refuse more than so many GiB', wholeNumber, 16),
  run: async (_, rawFlags, { terminal }) => {
    const flags = rawFlags as unknown as GetFlags;
    await assertOutputFolder(flags.output, flags);
    const server = await serverOf(flags);
    const target = { studyInstanceUid: flags.study, seriesInstanceUid: flags.series };
    const summary = await withOutputFolder(flags.output, { force: flags.force }, async (folder) => {
      const files = await retrieve(server, target, folder.gathering, {
        maxBytes: flags.maxGb * 2 ** 30,
      });
      const record = createSummary({
        ...{ command: 'pacs get', inputs: [], warnings: [] },
        options: { server: server.url.href, study: flags.study, series: flags.series ?? null },
        results: { files: files.sort() },
      });
      await folder.write(jsonFile('summary.json', record));
      return record;
    });
    const { length } = summary.results['files'] as readonly string[];
    terminal.result(`${length} file${length === 1 ? '' : 's'} in ${flags.output}`);
    terminal.json(summary);
  },
};

const sendCommand: CommandDefinition = {
  declare: () =>
    addServerFlags(
      command('pacs send', 'Sends DICOM files to a PACS; sending them again does no harm.', [
        'rhomap pacs send maps/dicom --server https://pacs.example/dicom-web',
      ]).argument('<input...>', 'files or folders; what is no DICOM is left out'),
    ),
  run: async (inputs, rawFlags, { terminal }) => {
    const server = await serverOf(rawFlags as unknown as ServerFlags);
    const files = await dicomFiles(inputs, terminal);
    const progress = terminal.progress('sending', files.length);
    const failures = await store(server, files, progress.advance).finally(progress.end);
    const nSent = files.length - failures.length;
    terminal.json({ server: server.url.href, nSent, failures });
    refuseFailures(server.url.origin, failures, nSent);
    terminal.result(`${nSent} file${nSent === 1 ? '' : 's'} sent to ${server.url.origin}`);
  },
};

/** @throws DataError `pacs/nothing-to-send`. */
async function dicomFiles(inputs: readonly string[], terminal: Terminal): Promise<FileToStore[]> {
  const files: FileToStore[] = [];
  for (const { name } of await findSources(inputs)) {
    try {
      const { sopInstanceUid } = await readIdentity(name, name);
      files.push({ path: name, bytes: (await stat(name)).size, sopInstanceUid });
    } catch (error) {
      if (!(error instanceof RhomapError)) throw error;
      terminal.warn(`left out: ${error.message} [${error.code}]`);
    }
  }
  if (files.length > 0) return files;
  throw new DataError('pacs/nothing-to-send', `There is no DICOM file in ${inputs.join(', ')}.`);
}

function refuseFailures(origin: string, failures: readonly StoreFailure[], nSent: number): void {
  const [first] = failures;
  if (first)
    throw new DataError(
      'pacs/not-stored',
      `${origin} did not take ${failures.length} of ${failures.length + nSent} files: ${first.path}: ${first.reason}${failures.length > 1 ? '; …' : ''}.`,
    );
}

export const pacsCommand: CommandGroup = {
  declare: () => new Command('pacs').description('Lists, copies from, and sends to a PACS, by DICOMweb.'),
  parts: [listCommand, getCommand, sendCommand],
};
