import { readdir, realpath } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { Argument } from 'commander';
import { DataError, OptionError } from '../../core/errors.ts';
import type { FileStore } from '../../core/file-store.ts';
import { createWarningSink } from '../../core/warnings.ts';
import { resolveFitOptions } from '../../fit/options.ts';
import {
  derivativeDataSetFiles,
  derivativeFiles,
  groupTable,
  rawImagePath,
  roiPath,
  subjectId,
  tablePath,
} from '../../pipeline/bids.ts';
import { countFit } from '../../pipeline/fit.ts';
import { refuseEmptyMap } from '../../pipeline/refuse-empty-map.ts';
import { fitSeriesOnThreads } from '../../runtime/node/fit-pool.ts';
import { folderStore } from '../../runtime/node/folder-store.ts';
import { loadMask, loadSeries } from '../../runtime/node/load-series.ts';
import { type CommandDefinition, command } from '../command.ts';
import { printWarnings } from '../print-warnings.ts';
import type { Terminal } from '../terminal.ts';

interface AppFlags {
  readonly participantLabel?: readonly string[];
}

export const bidsAppCommand: CommandDefinition = {
  declare: () =>
    command('bids-app', 'Least-squares maps of a BIDS data set, in seconds, as BIDS derivatives.', [
      'rhomap bids-app study study/derivatives/rhomap participant',
      'rhomap bids-app study study/derivatives/rhomap participant --participant-label 001 002',
      'rhomap bids-app study study/derivatives/rhomap group',
    ])
      .argument('<in>', 'folder of the data set')
      .argument('<out>', 'folder of the derivatives')
      .addArgument(
        new Argument('<level>', 'participant: maps of each subject; group: one table of all').choices([
          'participant',
          'group',
        ]),
      )
      .option('--participant-label <labels...>', 'only these subjects, with or without sub-'),
  run: async ([input, output, level], rawFlags, { terminal }) => {
    const { participantLabel } = rawFlags as AppFlags;
    const [folder, store] = [input!, folderStore(output!)];
    const there = resolve(output!);
    if ((await realpath(folder).catch(() => resolve(folder))) === there)
      throw new OptionError(
        'bids/same-folder',
        'Derivatives need a folder of their own, e.g. IN/derivatives/rhomap.',
      );
    const ids = await subjectsOf(folder, participantLabel);
    for (const file of derivativeDataSetFiles()) await store.write(file.path, file.bytes);
    if (level === 'participant') for (const id of ids) await mapSubject(folder, store, id, terminal);
    else await writeGroup(store, ids);
    terminal.result(`${level}: ${ids.length} subject${ids.length === 1 ? '' : 's'} in ${output}`);
    terminal.json({ level, subjects: ids });
  },
};

async function subjectsOf(folder: string, labels: readonly string[] | undefined): Promise<string[]> {
  const entries = await readdir(folder).catch(() => {
    throw new OptionError(
      'input/not-found',
      `${folder} is no folder that can be read; give a BIDS data set.`,
    );
  });
  const all = entries.filter((name) => /^sub-[A-Za-z0-9]+$/.test(name)).sort();
  if (labels === undefined) {
    if (all.length > 0) return all;
    throw new DataError(
      'bids/no-subjects',
      `${folder} has no sub-… folder; rhomap bids makes such a data set.`,
    );
  }
  const ids = labels.flatMap((label) => label.split(',')).map(subjectId);
  const missing = ids.find((id) => !all.includes(id));
  if (missing)
    throw new DataError(
      'bids/no-subject',
      `${folder} has no ${missing}; it has ${all.join(', ') || 'none'}.`,
    );
  return ids;
}

async function mapSubject(folder: string, store: FileStore, id: string, terminal: Terminal): Promise<void> {
  const warnings = createWarningSink();
  const { series, name } = await loadSeries([join(folder, rawImagePath(id))], {}, 't1rho', warnings);
  const hasRoi = (await folderStore(folder).read(roiPath(id))) !== undefined;
  const roi = hasRoi ? await loadMask(join(folder, roiPath(id)), series, warnings) : undefined;
  const fit = await fitSeriesOnThreads(series, resolveFitOptions(), {});
  refuseEmptyMap(countFit(fit).status, name);
  for (const file of derivativeFiles(id, fit, series, roi?.mask)) await store.write(file.path, file.bytes);
  printWarnings(terminal, warnings.warnings);
}

async function writeGroup(store: FileStore, ids: readonly string[]): Promise<void> {
  const tables = [];
  for (const id of ids) {
    const bytes = await store.read(tablePath(id));
    if (bytes) tables.push({ id, tsv: new TextDecoder().decode(bytes) });
  }
  if (tables.length === 0)
    throw new DataError(
      'bids/no-tables',
      'No subject has numbers of regions yet; run the level participant first, on a data set with masks.',
    );
  await store.write('group_T1rho.tsv', new TextEncoder().encode(groupTable(tables)));
}
