/** The regions of another visit, from what was kept of it: a project file, or `summary.json` of the command line. */
import {
  createWarningSink,
  DataError,
  FormatError,
  type RegionReport,
  reportRegions,
} from '../../../src/index.ts';
import type { OpenedProject } from '../save/project-file.ts';
import { ruleOf } from '../state/view.svelte.ts';
import type { ModelName } from './study.ts';

export interface OtherVisit {
  readonly name: string;
  readonly regions: readonly RegionReport[];
  readonly model?: ModelName | undefined;
}

/** @throws FormatError `view/visit` for a file that holds no numbers of regions. */
export function visitOfSummary(text: string, name: string): OtherVisit {
  try {
    const { results } = JSON.parse(text) as {
      readonly results?: { readonly regions?: readonly RegionReport[]; readonly model?: ModelName };
    };
    if (results?.regions?.every(({ label, before }) => label > 0 && Array.isArray(before.intervals)))
      return { name, regions: results.regions, model: results.model };
  } catch {
    // Said below.
  }
  throw new FormatError(
    'view/visit',
    name,
    'it holds no numbers of regions; give a project file, or summary.json of rhomap map with --roi.',
  );
}

/** @throws DataError `view/visit` for a project without a region. */
export function visitOfProject({ study, work }: OpenedProject, name: string): OtherVisit {
  const { labels, regions } = work.rois;
  if (!labels.some((label) => label > 0))
    throw new DataError('view/visit', `${name} holds no region: there is nothing to compare.`);
  const names = new Map(regions.map((region) => [region.label, region.name]));
  const input = {
    ...{ t1rho: study.main, uncertainty: study.doubt?.map, calibration: study.calibration },
    mask: { grid: study.grid, labels, names },
    rule: ruleOf(work.view),
  };
  return { name, regions: reportRegions(input, createWarningSink()).regions, model: study.model };
}
