import { createWarningSink } from '../../core/warnings.ts';
import type { SeriesCandidate } from '../../pipeline/inputs/candidate.ts';
import { takeInventory } from '../../pipeline/inputs/inventory.ts';
import { findSources } from '../../runtime/node/sources.ts';
import { type CommandDefinition, command } from '../command.ts';
import { textTable } from '../table.ts';

export const inspectCommand: CommandDefinition = {
  declare: () =>
    command(
      'inspect',
      'Show what is in files or folders, and what would be fitted and why not. Changes nothing.',
      ['rhomap inspect scan/', 'rhomap inspect series.nii.gz --json'],
    ).argument('<input...>', 'files or folders with DICOM or NIfTI images'),
  run: async (inputs, _flags, { terminal }) => {
    const warnings = createWarningSink();
    const { candidates, skipped } = await takeInventory(await findSources(inputs), warnings);
    terminal.result(candidateTable(candidates));
    candidates.forEach((candidate, i) => {
      for (const { message } of candidate.notes) terminal.result(`${i + 1}: note: ${message}`);
      if (candidate.problem) terminal.result(`${i + 1}: cannot be fitted: ${candidate.problem}`);
    });
    if (skipped.length > 0) {
      terminal.result(`\n${skipped.length} file${skipped.length === 1 ? '' : 's'} skipped:`);
      for (const { name, reason } of skipped) terminal.result(`  ${name}: ${reason}`);
    }
    for (const { code, where, message } of warnings.warnings) terminal.warn(`${where}: ${message} [${code}]`);
    terminal.json({ series: candidates.map(describe), skipped, warnings: warnings.warnings });
  },
};

function candidateTable(candidates: readonly SeriesCandidate[]): string {
  if (candidates.length === 0) return 'No series found.';
  const rows = candidates.map((c, i) => [
    String(i + 1),
    c.format,
    c.kind,
    `${c.nColumns}×${c.nRows}`,
    String(c.nSlices),
    String(c.nImages),
    timesText(c),
    c.problem ? 'no' : 'yes',
    c.name,
  ]);
  return textTable(
    ['#', 'format', 'kind', 'matrix', 'slices', 'images', 'times in the files', 'fit', 'name'],
    rows,
    [0, 4, 5],
  );
}

/** What the files offer as times, and under which name it would have to be asked for. */
function timesText({ offeredTslMs }: SeriesCandidate): string {
  const offers = Object.entries(offeredTslMs).map(([source, times]) => `${source}: ${shortList(times)} ms`);
  return offers.length > 0 ? offers.join('; ') : 'none: give --tsl';
}

const shortList = (times: readonly number[]): string =>
  times.length <= 6
    ? times.join(', ')
    : `${times.slice(0, 3).join(', ')}, … ${times.at(-1)} (${times.length})`;

const describe = ({ load: _, ...facts }: SeriesCandidate, index: number): object => ({
  number: index + 1,
  ...facts,
  canBeFitted: facts.problem === undefined,
});
