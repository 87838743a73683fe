import { type Command, InvalidArgumentError } from 'commander';
import { DataError } from '../../core/errors.ts';
import { PUBLISHED_WCV, regionChanges } from '../../roi/change.ts';
import type { RegionReport } from '../../roi/region-report.ts';
import { readSummary } from '../../runtime/node/read-summary.ts';
import { type CommandDefinition, command } from '../command.ts';
import { textTable } from '../table.ts';

interface ChangeFlags {
  readonly wcv: number;
  readonly unrefined?: boolean;
}

export const changeCommand: CommandDefinition = {
  declare: (): Command =>
    command('change', "Change of regions' means between two visits, and whether it can be real.", [
      'rhomap change visit1 visit2',
      'rhomap change visit1 visit2 --wcv 2.1',
    ])
      .argument('<first>', 'folder that rhomap map or roi wrote, with --roi')
      .argument('<second>', 'the same of the later visit')
      .option(
        '--wcv <percent>',
        'within-subject coefficient of variation of your site, percent',
        percent,
        100 * PUBLISHED_WCV,
      )
      .option('--unrefined', 'compare all pixels of the regions, not the refined ones'),
  run: async ([first, second], rawFlags, { terminal }) => {
    const flags = rawFlags as unknown as ChangeFlags;
    const [before, after] = [await readRegions(first!), await readRegions(second!)];
    if (before.model !== after.model)
      terminal.warn('the two visits were mapped by different models: their difference is part of the change');
    const only = (a: VisitRegions, b: VisitRegions): RegionReport[] =>
      a.regions.filter(({ label }) => !b.regions.some((other) => other.label === label));
    for (const [folder, regions] of [
      [first!, only(before, after)] as const,
      [second!, only(after, before)] as const,
    ])
      for (const { label } of regions)
        terminal.warn(`region ${label} is only in ${folder}: there is no change of it`);
    const changes = regionChanges(before.regions, after.regions, {
      wcv: flags.wcv / 100,
      unrefined: flags.unrefined,
    }).map(({ label, change }) => ({ label, ...change }));
    for (const { label, exceedsRepeatability } of changes)
      if (exceedsRepeatability === null)
        terminal.warn(`region ${label} has no pixel left in one of the visits: there is no change of it`);
    if (changes.length === 0)
      throw new DataError('change/no-region', `${first} and ${second} have no region (label) in common.`);
    const ms = (value: number): string => (Number.isFinite(value) ? value.toFixed(2) : '–');
    const rows = changes.map(
      ({ label, changeMs, changePercent, levels, repeatabilityMs, exceedsRepeatability }) => {
        const range = levels.find(({ level }) => level === 0.95)?.rangeMs;
        return [
          String(label),
          ms(changeMs),
          ms(changePercent),
          range ? `${ms(range[0])} to ${ms(range[1])}` : '–',
          ms(repeatabilityMs),
          exceedsRepeatability === null ? '–' : exceedsRepeatability ? 'yes' : 'no',
        ];
      },
    );
    terminal.result(
      textTable(['region', 'change ms', '%', '95 %', '2.77·wCV ms', 'exceeds it'], rows, [1, 2, 3, 4]),
    );
    terminal.json({ wcvPercent: flags.wcv, changes });
  },
};

function percent(text: string): number {
  const number = Number(text);
  if (!(number > 0 && number < 100)) throw new InvalidArgumentError('Give percent, between 0 and 100.');
  return number;
}

/** A visit's regions, over all slices each. */
interface VisitRegions {
  /** SHA-256 of the model. */
  readonly model: string;
  readonly regions: readonly RegionReport[];
}

async function readRegions(folder: string): Promise<VisitRegions> {
  const results = (await readSummary(folder))?.results as
    | { readonly regions?: readonly RegionReport[]; readonly model?: { readonly sha256?: string } }
    | undefined;
  if (!Array.isArray(results?.regions))
    throw new DataError(
      'change/no-regions',
      `${folder} holds no numbers of regions; give a folder that rhomap map or roi wrote, with --roi.`,
    );
  return {
    model: results.model?.sha256 ?? '',
    regions: results.regions.filter(({ slice }: RegionReport) => slice === undefined),
  };
}
