import { createWarningSink } from '../../core/warnings.ts';
import { type SeriesCandidate, type SkippedFile, shortList } from '../../pipeline/inputs/candidate.ts';
import { takeInventory } from '../../pipeline/inputs/inventory.ts';
import { findSources } from '../../runtime/node/sources.ts';
import { type CommandDefinition, command } from '../command.ts';
import { printWarnings } from '../print-warnings.ts';
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
      for (const line of remarks(candidate)) terminal.result(`${i + 1}: ${line}`);
    });
    if (skipped.length > 0) terminal.result(`\n${skippedList(skipped)}`);
    printWarnings(terminal, warnings.warnings);
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
    c.voxelSizeMm.map((mm) => String(+mm.toFixed(2))).join('×'),
    String(c.nSlices),
    String(c.nImages),
    timesText(c),
    c.problem ? 'no' : 'yes',
    c.name,
  ]);
  return textTable(
    ['#', 'format', 'kind', 'matrix', 'voxel mm', 'slices', 'images', 'times in the files', 'fit', 'name'],
    rows,
    [0, 5, 6],
  );
}

/** More are of use to a program only. */
const MAX_SKIPPED_LINES = 30;

function skippedList(skipped: readonly SkippedFile[]): string {
  const lines = skipped.slice(0, MAX_SKIPPED_LINES).map(({ name, reason }) => `  ${name}: ${reason}`);
  const rest = skipped.length - lines.length;
  return [
    `${skipped.length} file${skipped.length === 1 ? '' : 's'} skipped:`,
    ...lines,
    ...(rest > 0 ? [`  … and ${rest} more; --json lists all`] : []),
  ].join('\n');
}

function remarks({ problem, images, files, notes }: SeriesCandidate): string[] {
  const said = notes.map(({ message }) => message.replace(/\.$/, ''));
  if (problem !== undefined) return [...said, `cannot be fitted: ${problem}`];
  // In a single file the order of the volumes speaks for itself.
  const pairing =
    files.length > 1 && files.includes(images[0]!) ? [`in the order of the times: ${inFolder(images)}`] : [];
  return [...pairing, ...said];
}

/** File names, the folder that they share said once. */
function inFolder(names: readonly string[]): string {
  const folder = names[0]!.slice(0, names[0]!.lastIndexOf('/') + 1);
  const isShared = folder !== '' && names.every((name) => name.startsWith(folder));
  if (!isShared) return shortList(names);
  return `${shortList(names.map((name) => name.slice(folder.length)))} in ${folder}`;
}

/** What the files offer as times, and under which name it would have to be asked for. */
function timesText({ offeredTslMs }: SeriesCandidate): string {
  const offers = Object.entries(offeredTslMs).map(([source, times]) => `${source}: ${shortList(times)} ms`);
  return offers.length > 0 ? offers.join('; ') : 'none: give --tsl';
}

const describe = ({ load: _, ...facts }: SeriesCandidate, index: number): object => ({
  number: index + 1,
  ...facts,
  canBeFitted: facts.problem === undefined,
});
