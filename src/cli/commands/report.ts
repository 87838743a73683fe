import { existsSync, readdirSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import { DataError } from '../../core/errors.ts';
import { folderStore } from '../../runtime/node/folder-store.ts';
import { describeMachine } from '../../runtime/node/run-record.ts';
import { type CommandDefinition, command } from '../command.ts';

export const reportCommand: CommandDefinition = {
  declare: () =>
    command('report', 'Tables, figures and a page from a finished experiment.', [
      'rhomap report study',
      'rhomap report study --json',
    ]).argument('<dir>', 'folder of the experiment'),
  run: async ([folder], _flags, { terminal }) => {
    if (!existsSync(folder!))
      throw new DataError('report/no-folder', `There is no folder ${folder}; give one of rhomap experiment.`);
    // Vega is large: other commands start without it.
    const [{ writeExperimentReport }, { rasterise }] = await Promise.all([
      import('../../pipeline/report.ts'),
      import('../../runtime/node/rasterise.ts'),
    ]);
    const written = await writeExperimentReport({
      store: folderStore(folder!),
      exampleNames: exampleNames(join(folder!, 'evaluation/examples')),
      rasterise,
      facts: {
        folder: basename(resolve(folder!)),
        madeAt: new Date().toISOString(),
        machine: describeMachine(),
      },
    });
    const { page, nFigures, nTables } = written;
    terminal.result(
      `${join(folder!, page)}: ${nFigures} figures, ${nTables} tables; all as files in ${join(folder!, 'report')}`,
    );
    terminal.json(written);
  },
};

/** The median slice comes first: figures of a single slice show that one. */
function exampleNames(folder: string): string[] {
  const files = existsSync(folder) ? readdirSync(folder) : [];
  const names = files
    .filter((file) => file.endsWith('.arrays'))
    .map((file) => file.slice(0, -'.arrays'.length));
  const rank = (name: string): string => `${name === 'median' ? 0 : 1} ${name}`;
  return names.sort((a, b) => rank(a).localeCompare(rank(b)));
}
